"""An admin's own rules: when they fit and what they do; read from TOML. Pure."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from bot import waking
from bot.kinds import Mode
from bot.rules import case_fields
from cases.tag import key


class BadRule(Exception):
    """A rule cannot be understood; the sentence says which, where and why."""


class Seen(Protocol):
    """What a rule looks at, beside what its conditions name: the policy's Situation has it."""

    @property
    def sender(self) -> str: ...

    @property
    def tagged(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: all its conditions have to be true."""

    name: str
    mode: Mode = Mode.SHADOW
    when: Mapping[str, Any] = field(default_factory=dict)
    only_for: tuple[str, ...] = ()
    """The test list: the rule is for those senders alone."""
    reply: str = ""
    """Name of a template."""
    assign: str = ""
    """Address of an agent."""
    tag: tuple[str, ...] = ()
    note: str = ""
    set: Mapping[str, Any] = field(default_factory=dict)
    """Fields of the case, each with what it becomes."""
    escalate: bool = False
    stop: bool = False
    """No later rule is looked at, and nothing is answered unless this one does."""
    quiet_hours: str = ""
    """When its answers wait, as 21:00-08:00; "" for the usual hours."""
    most_a_day: int = 0
    """So many answers of it to one person within 24 hours; 0 for no limit of its own."""
    version: int = 0

    @property
    def label(self) -> str:
        """How decisions name it."""
        return f"rule:{self.name}@{self.version}"

    @property
    def speaks(self) -> bool:
        """Whether it decides if something is answered."""
        return bool(self.reply) or self.stop

    @property
    def needs_labels(self) -> bool:
        """Whether it can fit only after the mail was classified."""
        return bool(_OF_LABELS & set(self.when))

    def fits(self, seen: Seen) -> bool:
        """Whether all conditions are true of that mail and its case."""
        if self.only_for and seen.sender not in self.only_for:
            return False
        if self.needs_labels and not seen.tagged:
            return False
        return all(CONDITIONS[name].holds(seen, wanted) for name, wanted in self.when.items())

    def as_row(self) -> dict[str, Any]:
        """The rule as it is kept."""
        row = {name: value for name, value in asdict(self).items() if name not in _APART}
        return row | {
            "when": dict(self.when),
            "set": dict(self.set),
            "only_for": list(self.only_for),
            "tag": list(self.tag),
        }


_APART = {"name", "mode", "version"}


@dataclass(frozen=True, slots=True)
class Condition:
    """A word that may stand under `when`, and what it asks of a mail."""

    kind: type
    holds: Callable[[Any, Any], bool]


def _one_of(field_: str) -> Condition:
    return Condition(list, lambda seen, wanted: str(getattr(seen, field_)) in wanted)


def _is(field_: str) -> Condition:
    return Condition(bool, lambda seen, wanted: bool(getattr(seen, field_)) is wanted)


def _of_type(seen: Any, wanted: Sequence[str]) -> bool:
    """A leaf, or a branch with all its leaves."""
    return bool({seen.type, seen.type.partition(".")[0]} & set(wanted) - {""})


def _with_tag(seen: Any, wanted: Sequence[str]) -> bool:
    return bool({key(one) for one in seen.tags} & {key(one) for one in wanted})


CONDITIONS: dict[str, Condition] = {
    "origin": _one_of("origin"),
    "type": Condition(list, _of_type),
    "confidence_at_least": Condition(float, lambda seen, least: seen.confidence >= least),
    "sentiment": _one_of("sentiment"),
    "course": _one_of("course"),
    "language": _one_of("language"),
    "mailbox": _one_of("mailbox"),
    "team": _one_of("team"),
    "tier": _one_of("tier"),
    "open": _is("open_now"),
    "contacts_at_least": Condition(int, lambda seen, least: seen.contacts >= least),
    "contacts_at_most": Condition(int, lambda seen, most: seen.contacts <= most),
    "sla": _one_of("sla"),
    "tags": Condition(list, _with_tag),
    "attachments": _is("attachments"),
    "first": _is("opened"),
    "bots_spoke": _is("bots_spoke"),
}
_OF_LABELS = frozenset({"type", "confidence_at_least", "sentiment", "course"})


def that_fit(seen: Seen, rules: Sequence[Rule]) -> list[Rule]:
    """The rules that fit, in order, up to the first that says stop."""
    found: list[Rule] = []
    for rule in rules:
        if rule.mode is not Mode.OFF and rule.fits(seen):
            found.append(rule)
            if rule.stop and rule.mode is not Mode.SHADOW:
                break
    return found


def read(path: Path) -> tuple[Rule, ...]:
    """The `[[rule]]` tables of a TOML file, in their order. Raises BadRule."""
    try:
        return parsed(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as failure:
        why = failure.strerror if isinstance(failure, OSError) else failure
        raise BadRule(f"{path}: cannot be read ({why})") from failure


def parsed(text: str, where: str) -> tuple[Rule, ...]:
    """The `[[rule]]` tables of a TOML text, in their order. Raises BadRule."""
    try:
        tables = tomllib.loads(text).get("rule", [])
    except tomllib.TOMLDecodeError as failure:
        raise BadRule(f"{where}: not valid TOML ({failure})") from failure
    if not isinstance(tables, list):
        raise BadRule(f"{where}: rules are written as [[rule]] tables")
    return tuple(of(table, f"{where}: rule {n}") for n, table in enumerate(tables, 1))


def of(table: object, where: str = "rule") -> Rule:
    """A rule as TOML or a row says it. Raises BadRule."""
    if not isinstance(table, Mapping):
        raise BadRule(f"{where}: is not a table")
    if strange := sorted(set(table) - set(_KEYS)):
        raise BadRule(f"{where}: nobody knows the key {strange[0]!r}")
    said = {key: _value(table[key], _KEYS[key], f"{where}: {key}") for key in table}
    if not said.get("name"):
        raise BadRule(f"{where}: has no name")
    if said.get("mode", "shadow") not in set(Mode):
        raise BadRule(f"{where}: mode must be one of {', '.join(Mode)}")
    said["mode"] = Mode(said.get("mode", "shadow"))
    said["only_for"] = tuple(one.lower() for one in said.get("only_for", ()))
    said["tag"] = tuple(said.get("tag", ()))
    _check_when(said.get("when", {}), where)
    if wrong := case_fields.wrong(said.get("set", {})):
        raise BadRule(f"{where}: {wrong}")
    _check_limits(said, where)
    return Rule(**said)


_KEYS: dict[str, type] = {
    "name": str,
    "mode": str,
    "when": dict,
    "only_for": list,
    "reply": str,
    "assign": str,
    "tag": list,
    "note": str,
    "set": dict,
    "escalate": bool,
    "stop": bool,
    "quiet_hours": str,
    "most_a_day": int,
    "version": int,
}


def _check_when(when: Mapping[str, Any], where: str) -> None:
    for name, wanted in when.items():
        if name not in CONDITIONS:
            raise BadRule(f"{where}: nobody knows the condition {name!r}")
        _value(wanted, CONDITIONS[name].kind, f"{where}: when.{name}")


def _check_limits(said: Mapping[str, Any], where: str) -> None:
    try:
        waking.quiet_hours(said.get("quiet_hours", ""))
    except waking.BadQuietHours as wrong:
        raise BadRule(f"{where}: quiet_hours are written as 21:00-08:00") from wrong
    if said.get("most_a_day", 0) < 0:
        raise BadRule(f"{where}: most_a_day cannot be below 0")


def _value(value: Any, kind: type, where: str) -> Any:
    number = kind is float and isinstance(value, int) and not isinstance(value, bool)
    right = isinstance(value, kind) or number
    if not right or (kind is int and isinstance(value, bool)):
        raise BadRule(f"{where} must be {_NAMES[kind]}")
    if kind is list and not all(isinstance(one, str) and one for one in value):
        raise BadRule(f"{where} must be a list of texts")
    return value


_NAMES = {str: "text", bool: "true or false", int: "a whole number", float: "a number"} | {
    list: "a list of texts",
    dict: "a table",
}
