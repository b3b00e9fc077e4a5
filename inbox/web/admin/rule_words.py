"""An admin's rules in words: what their conditions are called, what they do, what they may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.kinds import Mode
from bot.rules import CONDITIONS, Rule
from bot.rules.rulebook import RuleRow
from cases.language import current
from cases.language import gettext as _
from cases.mail import Origin
from cases.retelling import retold
from classifiers import taxonomy
from inbox.web import words
from inbox.web.words import field_words, reasons


@dataclass(frozen=True, slots=True)
class Field:
    """One condition as a form asks for it."""

    name: str
    label: str
    kind: str
    """choices, texts, number, whole or yesno."""
    choices: tuple[tuple[str, str], ...] = ()


def mode(value: Mode) -> str:
    return {
        Mode.OFF: _("Off"),
        Mode.SHADOW: _("Only tried"),
        Mode.DRAFT: _("Draft"),
        Mode.SEND: _("Sends"),
    }[value]


def mode_named(value: str) -> str:
    """A mode as a change of a switch keeps it; "" where nothing was set before."""
    return mode(Mode(value)) if value in frozenset(Mode) else "–"


def labels() -> dict[str, str]:
    """What each condition is called."""
    return {
        "origin": _("Who writes"),
        "type": _("Complaint type"),
        "confidence_at_least": _("The classifier is at least so sure (0 to 1)"),
        "sentiment": _("Mood"),
        "course": _("Course of the mood"),
        "language": _("Language"),
        "mailbox": _("Mailbox"),
        "team": _("Team"),
        "tier": _("Customer tier"),
        "open": _("Within opening hours"),
        "contacts_at_least": _("Mails in the case, at least"),
        "contacts_at_most": _("Mails in the case, at most"),
        "sla": _("What we owe"),
        "tags": _("Tags"),
        "attachments": _("With attachments"),
        "first": _("First mail of the case"),
        "bots_spoke": _("A bot wrote within a day"),
    }


def fields(mailboxes: list[str], chosen: Mapping[str, Any]) -> list[Field]:
    """All conditions, in the order in which the form asks for them."""
    known, named = _choices(mailboxes), labels()
    for name, choices in known.items():
        # What is no longer there to be chosen stays chosen until somebody takes it out.
        gone = [one for one in chosen.get(name) or () if one not in dict(choices)]
        known[name] = (*choices, *((one, one) for one in gone))
    kinds = {bool: "yesno", int: "whole", float: "number", list: "texts"}
    return [
        Field(
            name,
            named[name],
            "choices" if name in known else kinds[CONDITIONS[name].kind],
            known.get(name, ()),
        )
        for name in CONDITIONS
    ]


def _origins() -> dict[str, str]:
    return {
        Origin.CUSTOMER: _("A customer"),
        Origin.AGENT: _("An agent"),
        Origin.BOT: _("A bot of ours"),
        Origin.MARKETING: _("A marketing tool"),
        Origin.AUTO_REPLY: _("An automatic reply"),
        Origin.BOUNCE: _("A report that a mail did not arrive"),
        Origin.FEEDBACK_REPORT: _("A report that a mail was taken for spam"),
        Origin.RECEIPT: _("A confirmation that a mail was read"),
        Origin.BULK: _("A newsletter or list"),
        Origin.SPAM: _("Spam"),
        Origin.CHALLENGE: _("A question whether we are people"),
        Origin.OWN: _("We ourselves"),
    }


def types() -> tuple[tuple[str, str], ...]:
    """Every branch and leaf of the complaint tree, the leaves behind their branch."""
    found: list[tuple[str, str]] = []
    for branch in taxonomy.parents():
        found.append((branch.code, f"{branch.label(current())} · {_('all')}"))
        leaves = (leaf for leaf in taxonomy.leaves() if leaf.parent == branch.code)
        found += ((leaf.code, leaf.label(current())) for leaf in leaves)
    return tuple(found)


def _choices(mailboxes: list[str]) -> dict[str, tuple[tuple[str, str], ...]]:
    return {
        "origin": tuple(_origins().items()),
        "type": types(),
        "sentiment": tuple((one, words.mood(one)) for one in ("negative", "neutral", "positive")),
        "course": (("better", _("better")), ("same", _("same")), ("worse", _("worse"))),
        "language": words.tongues(),
        "sla": (("none", _("nothing")), ("running", _("in time")), ("late", _("late"))),
        "mailbox": tuple((one, one) for one in mailboxes),
    }


def compared(fields: list[Field]) -> tuple[dict[str, str], dict[str, str]]:
    """What the fields of the form are called and what their codes mean, to compare two versions."""
    settable = field_words.settable()
    named = {f"when_{one.name}": one.label for one in fields}
    named |= {f"set_{one.name}": f"{_('Then')}: {one.label}" for one in settable}
    means = {code: said for one in fields for code, said in one.choices}
    means |= {code: said for one in settable for code, said in one.choices}
    return named | _plain_labels(), means | {one.value: mode(one) for one in Mode}


def _plain_labels() -> dict[str, str]:
    return {
        "mode": _("Mode"),
        "position": _("Place in the order"),
        "quiet_hours": _("Quiet hours"),
        "most_a_day": _("Answers a day to one person, at most"),
        "only_for": _("Test list"),
        "reply": _("Answer with the template"),
        "assign": _("Assign to"),
        "tag": _("Tags"),
        "note": _("Internal note"),
        "escalate": _("Make it urgent"),
        "stop": _("Stop: no later rule is looked at"),
    }


def unread(row: RuleRow) -> str:
    """Said in the place of what a rule does, if this version of the program cannot read it."""
    why = retold(row.unreadable).removeprefix(f"rule {row.name}: ")
    return _("This version of the program cannot read it, so it does nothing: {why}.", why=why)


def conditions(rule: Rule) -> list[str]:
    """Each condition as one line; a rule without any is for every mail."""
    named = labels()
    said = [f"{named[name]}: {_value(name, wanted)}" for name, wanted in rule.when.items()]
    return said or [_("every mail")]


def _value(name: str, wanted: Any) -> str:
    if isinstance(wanted, bool):
        return _("yes") if wanted else _("no")
    if not isinstance(wanted, list):
        return str(wanted)
    known: dict[str, str] = dict(_choices([]).get(name, ()))
    return ", ".join(known.get(str(one), str(one)) for one in wanted)


def actions(rule: Rule) -> list[str]:
    """Each thing it does as one line."""
    said = {
        _("Answer: {name}", name=reasons.reply(rule.reply)): rule.reply,
        _("Set: {what}", what=", ".join(field_words.all_of(rule.set))): rule.set,
        _("Assign: {name}", name=rule.assign): rule.assign,
        _("Tags: {names}", names=", ".join(rule.tag)): rule.tag,
        _("Note"): rule.note,
        _("Make it urgent"): rule.escalate,
        _("Stop: no later rule is looked at"): rule.stop,
    }
    return [line for line, so in said.items() if so] or [_("nothing")]
