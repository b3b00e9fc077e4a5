"""A rule out of the fields of its form, and the fields out of a rule. Raises BadRule."""

import re
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from bot import rules, waking
from bot.kinds import Mode
from bot.rules import CONDITIONS, BadRule, Rule
from bot.rules.case_fields import FIELDS
from cases.language import gettext as _

MOST_NAMES, LONGEST = 200, 4000
_BETWEEN = re.compile(r"[,\n]")
_NAME = re.compile(r"[^\s@'\"<>][^@'\"<>\n]{0,79}")


def read(form: MultiDict[str, str], name: str = "") -> Rule:
    """The rule that was typed; `name` is that of a rule that exists and keeps it."""
    chosen = (name or form.get("name", "")).strip()
    if not _NAME.fullmatch(chosen):
        raise BadRule(_("A rule needs a name of up to 80 letters, without quotes and @."))
    table: dict[str, Any] = {
        "name": chosen,
        "mode": form.get("mode", Mode.SHADOW.value),
        "when": {one: value for one in CONDITIONS if (value := _condition(form, one)) is not None},
        "only_for": _texts(form.get("only_for", "")),
        "reply": form.get("reply", "").strip(),
        "assign": form.get("assign", "").strip(),
        "tag": _texts(form.get("tag", "")),
        "note": form.get("note", "").strip()[:LONGEST],
        "set": _set(form),
        "escalate": form.get("escalate") == "yes",
        "stop": form.get("stop") == "yes",
        "quiet_hours": _hours(form.get("quiet_hours", "").strip()),
        "most_a_day": _whole(form.get("most_a_day", ""), _("Answers a day")) or 0,
    }
    return rules.of(table, chosen)


def _set(form: MultiDict[str, str]) -> dict[str, Any]:
    """The fields of the case that were chosen; what cannot be is told by the rule."""
    chosen = {name: form.get(f"set_{name}", "").strip() for name in FIELDS}
    yes_no: dict[str, Any] = {"yes": True, "no": False}
    plain = {name: value for name, value in chosen.items() if value}
    return {
        name: yes_no.get(value, value) if name == "complaint" else value
        for name, value in plain.items()
    }


def _hours(typed: str) -> str:
    try:
        waking.quiet_hours(typed)
    except waking.BadQuietHours as wrong:
        raise BadRule(_("Quiet hours are written as 21:00-08:00.")) from wrong
    return typed


def _condition(form: MultiDict[str, str], name: str) -> Any:
    """What was typed for a condition; None if it was left empty."""
    typed = form.getlist(f"when_{name}")
    kind = CONDITIONS[name].kind
    said = typed[0].strip() if typed else ""
    if kind is list:
        return [one for text in typed for one in _texts(text)] or None
    if kind is bool:
        return {"yes": True, "no": False}.get(said)
    return _number(said) if kind is float else _whole(said, name)


def _texts(typed: str) -> list[str]:
    found = [one.strip() for one in _BETWEEN.split(typed[:20_000]) if one.strip()]
    if len(found) > MOST_NAMES:
        raise BadRule(_("That are too many values: {number} at the most.", number=MOST_NAMES))
    return found


def _whole(typed: str, name: str) -> int | None:
    if not typed.strip():
        return None
    if not re.fullmatch(r"[0-9]{1,6}", typed.strip()):
        raise BadRule(_("{name}: write a whole number.", name=name))
    return int(typed)


def _number(typed: str) -> float | None:
    if not typed:
        return None
    if not re.fullmatch(r"[01]([.,][0-9]{1,4})?", typed) or float(typed.replace(",", ".")) > 1:
        raise BadRule(_("Write how sure it must be as a number from 0 to 1."))
    return float(typed.replace(",", "."))


def shown(rule: Rule) -> dict[str, Any]:
    """The fields of the form as they begin."""
    when: Mapping[str, Any] = rule.when
    return {
        "name": rule.name,
        "mode": rule.mode,
        "only_for": "\n".join(rule.only_for),
        "reply": rule.reply,
        "assign": rule.assign,
        "tag": ", ".join(rule.tag),
        "note": rule.note,
        "set": {name: _plain(value) for name, value in rule.set.items()},
        "escalate": rule.escalate,
        "stop": rule.stop,
        "quiet_hours": rule.quiet_hours,
        "most_a_day": rule.most_a_day or "",
        "when": {name: _plain(value) for name, value in when.items()},
    }


def _plain(value: Any) -> Any:
    """A condition's value as its field shows it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value


def typed(form: MultiDict[str, str]) -> dict[str, Any]:
    """The fields as they were typed, to be shown again beside what is wrong."""
    when: dict[str, Any] = {}
    for name, condition in CONDITIONS.items():
        said = [one for one in form.getlist(f"when_{name}") if one.strip()]
        if said:
            when[name] = said if condition.kind is list else said[0]
    plain = {one: form.get(one, "") for one in _PLAIN}
    return {
        **plain,
        "mode": form.get("mode", Mode.SHADOW.value),
        "escalate": form.get("escalate") == "yes",
        "stop": form.get("stop") == "yes",
        "when": when,
        "set": {name: form.get(f"set_{name}", "") for name in FIELDS},
    }


def flat(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields by the names they bear in the form, to compare two versions."""
    plain = {name: fields[name] for name in (*_PLAIN, "mode", "escalate", "stop")}
    when = {f"when_{name}": fields["when"].get(name) for name in CONDITIONS}
    kept = {f"set_{name}": fields["set"].get(name) for name in FIELDS}
    del plain["name"]
    return {**plain, **when, **kept}


_PLAIN = (
    *("name", "only_for", "reply", "assign", "tag", "note", "quiet_hours", "most_a_day"),
    "position",
)
