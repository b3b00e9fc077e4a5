"""What stands in a conversation: mails, notes, the bot's answers and events, as cards to show."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.decided import Decided
from bot.outbox import OutgoingMail
from bot.outbox import State as Sent
from cases.history import Event, What
from cases.language import gettext as _
from cases.mail import Origin
from cases.message import Direction, Message
from cases.retelling import retold
from inbox.spool.taking import Rest
from inbox.web import words
from inbox.web.chips import Chip
from inbox.web.direction import straight
from inbox.web.words import field_words

LONGEST = 40_000
"""Characters of one mail that a page shows; the rest is in the original."""
FAREWELL = 80


@dataclass(frozen=True, slots=True)
class Entry:
    """One card of a conversation."""

    kind: str
    at: datetime
    label: str
    icon: str
    who: str = ""
    to: str = ""
    text: str = ""
    rest: str = ""
    """Quoted text and signature, folded away."""
    message: Message | None = None
    delivery: Chip | None = None
    decision: Decided | None = None
    events: list[Event] = field(default_factory=list)
    subject: str = ""
    case_id: int = 0
    rest_of_mail: Rest | None = None
    """Of a mail that was too large to be fetched whole."""
    template: str = ""
    """What the bot wrote, where it wrote."""

    @property
    def begins(self) -> str:
        """The first words, for a card that is folded."""
        return " ".join(self.text[:500].split())[:160]


_KINDS = {
    Direction.NOTE: ("note", "sticky-note"),
    Direction.OUT: ("agent", "corner-up-right"),
}
_ORIGINS = {
    Origin.CUSTOMER: ("customer", "user"),
    Origin.AGENT: ("agent", "corner-up-right"),
    Origin.BOT: ("bot", "bot"),
    Origin.MARKETING: ("marketing", "megaphone"),
    Origin.BOUNCE: ("bounce", "mail-x"),
    Origin.AUTO_REPLY: ("machine", "palmtree"),
}


def of_message(
    message: Message,
    sent: OutgoingMail | None,
    decision: Decided | None,
    lacking: Rest | None = None,
) -> Entry:
    """The card of a mail or note."""
    kind, icon = _kind(message)
    text, rest = split(message)
    return Entry(
        kind=kind,
        at=message.arrived_at,
        label=_label(message, kind),
        icon=icon,
        who=straight(message.sender_name).strip() or message.sender or message.by,
        to=", ".join([*message.to, *message.cc][:6]),
        text=straight(text),
        rest=straight(rest),
        message=message,
        delivery=delivery(sent) if sent else None,
        decision=decision,
        subject=straight(message.subject),
        case_id=message.case_id,
        rest_of_mail=lacking,
        template=sent.template if sent else "",
    )


def _kind(message: Message) -> tuple[str, str]:
    """Who speaks, as a style and an icon."""
    if message.origin is Origin.OWN and message.by == "bot":
        return "bot", "bot"
    return _KINDS.get(message.direction) or _ORIGINS.get(message.origin, ("machine", "cog"))


def _label(message: Message, kind: str) -> str:
    named = {"note": _("Note"), "bot": _("Bot")}
    return named.get(kind) or words.origin(message.origin)


def split(message: Message) -> tuple[str, str]:
    """What was newly written, and what is only quoted."""
    whole, new = message.text[:LONGEST].strip(), message.new_text[:LONGEST].strip()
    if not new or len(new) >= len(whole):
        return whole or new, ""
    if not whole.startswith(new):
        return new, whole
    rest = whole[len(new) :].strip()
    return (whole, "") if _is_a_name(rest) else (new, rest)


def _is_a_name(rest: str) -> bool:
    """Whether it is a short farewell: to fold it would take the room that it takes itself."""
    return len(rest) <= FAREWELL and rest.count("\n") < 3 and ">" not in rest and ":" not in rest


def delivery(mail: OutgoingMail) -> Chip:
    """What became of a mail of ours."""
    why = retold(mail.last_error)
    chips = {
        Sent.PENDING: Chip("hourglass", _("Waiting to leave"), "quiet"),
        Sent.CLAIMED: Chip("hourglass", _("Leaving"), "quiet"),
        Sent.DATA_SENT: Chip("hourglass", _("Leaving"), "quiet"),
        Sent.ACCEPTED: Chip("check", _("Sent"), "ok"),
        Sent.DEFERRED: Chip("rotate-cw", _("Will be tried again"), "warn", why),
        Sent.REJECTED: Chip("mail-x", _("Refused"), "danger", why),
        Sent.UNCERTAIN: Chip("circle-help", _("May not have left"), "danger", why),
        Sent.CANCELLED: Chip("undo-2", _("Taken back"), "quiet"),
    }
    return chips.get(mail.state) or Chip("circle-help", str(mail.state.value), "quiet")


# What a card of its own or the head already tells is not told again among the events.
_TOLD = {
    *(What.OPENED, What.MESSAGE_RECEIVED, What.ANSWERED, What.NOTED),
    *(What.AUTOMATIC_REPLY, What.SENT, What.TAGGED, What.SILENCE),
}


def of_events(events: Iterable[Event]) -> list[Entry]:
    """Events as cards of one each; `grouped` joins neighbours."""
    return [
        Entry(kind="system", at=one.at, label=_("System"), icon="cog", events=[one])
        for one in events
        if one.what not in _TOLD
    ]


def grouped(entries: Iterable[Entry]) -> list[Entry]:
    """In the order of time, with events that follow one another in one card."""
    result: list[Entry] = []
    for entry in sorted(entries, key=lambda one: (one.at, one.kind == "system")):
        if entry.kind == "system" and result and result[-1].kind == "system":
            result[-1].events.extend(entry.events)
        else:
            result.append(entry)
    return result


def said(event: Event) -> str:
    """An event as one line: what, and what it was about."""
    data = event.data
    if event.what is What.CORRECTED and event.by.startswith("rule:"):
        set_to = field_words.field(str(data.get("field", "")), str(data.get("now", "")))
        return _("Set by a rule: {what}", what=set_to)
    detail = {
        What.CORRECTED: lambda: _corrected(data),
        What.RETAGGED: lambda: _retagged(data),
    }.get(event.what)
    more = detail() if detail else ""
    return f"{words.event(event.what)}: {more}" if more else words.event(event.what)


def _retagged(data: dict[str, Any]) -> str:
    signs = (("+", data.get("added", ())), ("−", data.get("removed", ())))
    return " ".join(f"{sign}{one}" for sign, tags in signs for one in tags)


def _corrected(data: dict[str, Any]) -> str:
    now = str(data.get("now", ""))
    return words.mood(now) if data.get("field") == "mood" else words.type_name(now)
