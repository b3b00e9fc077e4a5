"""What an installation knows beforehand: its own addresses, its agents, its registered bots."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

_KINDS = ("bot", "marketing")
_KEYS = frozenset({"name", "addresses", "headers", "subjects", "customer", "kind"})
_PLACES = ("header:", "body:")

# A pattern looks at no more than this of a value, so that a hostile header costs nothing.
_LOOKED_AT = 1000


class BadRules(Exception):
    """The file of bot rules cannot be understood; the sentence says where and why."""


@dataclass(frozen=True, slots=True)
class BotRule:
    """How the mails of one registered bot, or marketing sender, are recognised.

    A pattern is a substring, or a glob where it has `*` or `?`; case never matters. Every kind of
    sign that the rule names has to be there: one of its addresses, all headers, one subject.
    """

    name: str
    addresses: frozenset[str] = frozenset()
    headers: tuple[tuple[str, str], ...] = ()
    subject_patterns: tuple[str, ...] = ()
    customer: str = ""
    """Where the customer's address or order number stands: "to", "header:NAME" or "body:LABEL"."""
    kind: str = "bot"


@dataclass(frozen=True, slots=True)
class Known:
    """The addresses and senders that an installation was told about, all in lower case."""

    own: frozenset[str] = frozenset()
    agents: frozenset[str] = frozenset()
    bots: tuple[BotRule, ...] = ()
    marketing: tuple[BotRule, ...] = ()
    authserv_ids: frozenset[str] = frozenset()
    own_id_domains: frozenset[str] = frozenset()
    """Domains of the Message-IDs that we make: `tregua.m8123.k7f3q9x2b5d1@help.example.com`."""

    @property
    def own_domains(self) -> frozenset[str]:
        return frozenset(address.rpartition("@")[2] for address in self.own)


def fits(pattern: str, value: str) -> bool:
    """Whether the value contains the pattern or, where it is a glob, is what the glob says."""
    pattern, value = pattern.lower(), value[:_LOOKED_AT].lower().strip()
    if "*" in pattern or "?" in pattern:
        return fnmatchcase(value, pattern.replace("[", "[[]"))
    return pattern in value


def read_bot_rules(path: Path) -> tuple[BotRule, ...]:
    """The `[[bot]]` tables of a TOML file, in their order."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("bot", [])
    except OSError as failure:
        raise BadRules(f"{path}: cannot be read ({failure.strerror})") from failure
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise BadRules(f"{path}: not valid TOML ({failure})") from failure
    if not isinstance(tables, list):
        raise BadRules(f"{path}: bots are written as [[bot]] tables")
    return tuple(_rule(table, f"{path}: bot {n}") for n, table in enumerate(tables, 1))


def _rule(table: object, where: str) -> BotRule:
    if not isinstance(table, Mapping):
        raise BadRules(f"{where}: is not a table")
    if strange := sorted(set(table) - _KEYS):
        raise BadRules(f"{where}: nobody knows the key {strange[0]!r}")
    rule = BotRule(
        name=_text(table, "name", where),
        addresses=frozenset(each.lower() for each in _texts(table, "addresses", where)),
        headers=_headers(table, where),
        subject_patterns=_texts(table, "subjects", where),
        customer=_text(table, "customer", where),
        kind=_text(table, "kind", where) or "bot",
    )
    _check(rule, where)
    return rule


def _check(rule: BotRule, where: str) -> None:
    if not rule.name:
        raise BadRules(f"{where}: has no name")
    if rule.kind not in _KINDS:
        raise BadRules(f"{where}: kind is {rule.kind!r}, but must be bot or marketing")
    if not (rule.addresses or rule.headers or rule.subject_patterns):
        raise BadRules(f"{where}: needs addresses, headers or subjects to be known by")
    place, _, rest = rule.customer.partition(":")
    named = f"{place}:" in _PLACES and rest.strip()
    if rule.customer and rule.customer != "to" and not named:
        raise BadRules(f'{where}: customer must be "to", "header:NAME" or "body:LABEL"')
    if wrong := sorted(each for each in rule.addresses if "@" not in each):
        raise BadRules(f"{where}: {wrong[0]!r} is not an address")


def _text(table: Mapping[str, object], key: str, where: str) -> str:
    value = table.get(key, "")
    if not isinstance(value, str):
        raise BadRules(f"{where}: {key} must be text")
    return value.strip()


def _texts(table: Mapping[str, object], key: str, where: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise BadRules(f"{where}: {key} must be a list of texts")
    return tuple(each.strip() for each in value)


def _headers(table: Mapping[str, object], where: str) -> tuple[tuple[str, str], ...]:
    value = table.get("headers", {})
    if not isinstance(value, Mapping) or not all(isinstance(each, str) for each in value.values()):
        raise BadRules(f"{where}: headers must be a table of name = pattern")
    return tuple((name.lower(), str(pattern)) for name, pattern in value.items())
