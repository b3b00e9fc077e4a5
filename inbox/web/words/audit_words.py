"""What the audit log calls things, in words."""

from collections.abc import Mapping
from typing import Any

from cases.agent import Role
from cases.language import gettext as _
from inbox.web import words


def kinds() -> dict[str, str]:
    """The kinds of things that are changed."""
    return {
        "user": _("Users"),
        "second_factor": _("Two-step sign-in"),
        "token": _("API tokens"),
        "mailbox": _("Mailboxes"),
        "rule": _("Rules of bots"),
        "switch": _("Switches"),
        "template": _("Templates"),
        "matrix": _("Reasons for a truce"),
        "hold": _("Truce of a person"),
        "consent": _("Consent"),
        "gate": _("Campaigns"),
        "topic": _("Topics"),
        "type": _("Types"),
        "bot": _("Bots"),
        "promise": _("Promises"),
        "calendar": _("Business hours"),
        "alarm": _("Alarms"),
        "export": _("Exports"),
        "erasure": _("Erasures"),
        "retention": _("How long it is kept"),
        "queue": _("Queues"),
        "example": _("Example data"),
        "backup": _("Backups"),
    }


def what(said: str) -> str:
    """What was done, in words; what has none stays as it is."""
    known = {**_of_access(), **_of_rules()}
    return known.get(said, said.partition(".")[2])


def _of_access() -> dict[str, str]:
    """Who may in, what is read, and what is kept of it."""
    return {
        "user.added": _("let in for the first time"),
        "user.changed": _("changed"),
        "user.password": _("new password"),
        "user.second_factor": _("two-step sign-in set up"),
        "user.second_factor_off": _("two-step sign-in taken away"),
        "user.stopped": _("stopped"),
        "user.let_in": _("let in again"),
        "user.bulk_stopped": _("what they did with many cases was stopped"),
        "second_factor.required": _("who must have one"),
        "token.issued": _("made"),
        "token.rotated": _("new secret"),
        "token.revoked": _("revoked"),
        "mailbox.added": _("added"),
        "mailbox.changed": _("changed"),
        "mailbox.paused": _("paused or resumed"),
        "mailbox.granted": _("signed in at its provider"),
        "export.person": _("a person's file"),
        "export.cases": _("a list of cases"),
        "erasure.person": _("a person is forgotten"),
        "retention.changed": _("changed"),
        "retention.words": _("words and files went"),
        "retention.names": _("names went"),
        "queue.retried": _("tried again"),
        "queue.discarded": _("discarded"),
        "example.loaded": _("loaded"),
        "example.removed": _("removed"),
        "backup.restored": _("put back"),
        "database.moved": _("moved to PostgreSQL"),
    }


def _of_rules() -> dict[str, str]:
    """What the program does by itself, and who is told."""
    return {
        "rule.saved": _("new version"),
        "switch.turned": _("turned"),
        "template.saved": _("new version"),
        "matrix.adopted": _("changed"),
        "hold.lifted": _("lifted"),
        "consent.refused": _("refused"),
        "consent.asked": _("asked back by mail"),
        "gate.overridden": _("answered although mail was not read"),
        "gate.unasked": _("sent around the truce"),
        "gate.released": _("parked mail sent by hand"),
        "gate.dropped": _("parked mail dropped by hand"),
        "topic.saved": _("saved"),
        "promise.saved": _("new version"),
        "calendar.saved": _("new version"),
        "bot.registered": _("added"),
        "bot.changed": _("changed"),
        "type.added": _("added"),
        "type.edited": _("changed"),
        "type.merged": _("merged into another"),
        "type.retired": _("retired"),
        "type.restored": _("in use again"),
        "topic.offered": _("offered or not"),
        "alarm.goal_added": _("somebody is told"),
        "alarm.goal_ended": _("somebody is told no longer"),
    }


def kind(said: str) -> str:
    """The kind of a change, in words."""
    name = said.partition(".")[0]
    return kinds().get(name, name)


def data(said: Mapping[str, Any]) -> str:
    """The details in one line."""
    names = _names()
    some = ((name, value) for name, value in said.items() if value != "")
    return " · ".join(f"{names.get(name, name)}: {_value(name, value)}" for name, value in some)


def _value(name: str, value: Any) -> str:
    """A value in words where it is one of a few, else as it was kept."""
    if name == "mode":
        return _modes().get(value, _plain(value))
    if name == "role" and value in frozenset(Role):
        return words.role(Role(value))
    return _plain(value)


def _modes() -> dict[str, str]:
    return {
        "off": _("Off"),
        "shadow": _("Only tried"),
        "draft": _("Draft"),
        "send": _("Sends"),
    }


def _names() -> dict[str, str]:
    return {
        "before": _("before"),
        "now": _("now"),
        "scopes": _("may"),
        "days": _("days"),
        "role": _("role"),
        "team": _("team"),
        "name": _("name"),
        "language": _("language"),
        "version": _("version"),
        "mode": _("mode"),
        "reason": _("reason"),
        "why": _("why"),
        "cases": _("cases"),
        "done": _("done"),
        "of": _("of"),
        "mails": _("mails"),
        "folder": _("folder"),
        "paused": _("paused"),
        "offered": _("offered"),
        "topic": _("topic"),
        "history_from": _("history from"),
    }


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_plain(one)}" for name, one in value.items())
    return {True: _("yes"), False: _("no")}[value] if isinstance(value, bool) else str(value)
