"""All that a customer saw of us, in one column: agents, bots, marketing and other mailboxes.

What was to be sent and was held back stands between as a ghost, with the reason.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from bot.outbox import OutgoingMail
from bot.outbox import State as Sent
from cases.case import Case
from cases.contact import Contact, Kind
from cases.exclusions import pending
from cases.exclusions.reasons import Reason
from cases.exclusions.touches import Touch
from cases.language import gettext as _
from cases.mailbox import Mailbox
from cases.message import Direction, Message
from inbox.web import words
from inbox.web.casefile import entries
from inbox.web.chips import Chip
from inbox.web.visible import open_to
from inbox.web.who import agent
from inbox.web.words import reasons

SHOWN = 150
LOOK_BACK = timedelta(days=180)
BURST, BURST_SPAN = 4, timedelta(hours=24)
GAP = timedelta(days=7)
LONGEST = 600
"""Characters of a mail among others; all of it stands in its case."""


class Source(StrEnum):
    """From whom a mail of the column is."""

    CUSTOMER = "customer"
    AGENT = "agent"
    BOT = "bot"
    MARKETING = "marketing"
    ELSEWHERE = "elsewhere"
    """A mailbox of another team: that it was written is told, what it said is not."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Seen:
    """One line of the column."""

    source: Source
    kind: str
    """How it is drawn."""
    at: datetime
    who: str
    label: str
    icon: str
    subject: str = ""
    text: str = ""
    language: str = ""
    case_id: int = 0
    message_id: int = 0
    has_html: bool = False
    delivery: Chip | None = None
    ours: bool = False
    """We wrote it, so it counts where too much is written."""
    ghost: str = ""
    """Why it was not sent; "" for what was."""
    withdrawn: bool = False
    burst: int = 0
    gap: int = 0
    """Days without a mail before it, where they are many."""


def column(
    session: Session,
    contact: Contact,
    now: datetime,
    *,
    as_customer: bool = False,
    sources: Collection[Source] = (),
) -> list[Seen]:
    """The newest lines, the newest first. Bursts are counted over all, whatever is shown."""
    values = [one.value for one in contact.identifiers if one.kind is Kind.ADDRESS]
    lines = [
        *_messages(session, contact, as_customer=as_customer),
        *_touches(session, values),
        *(() if as_customer else _held_back(session, values, now - LOOK_BACK)),
    ]
    marked = _marked(sorted(lines, key=lambda one: one.at))
    shown = [one for one in marked if not sources or one.source in sources]
    return shown[: -SHOWN - 1 : -1]


def _messages(session: Session, contact: Contact, *, as_customer: bool) -> Iterable[Seen]:
    mine = open_to(agent())
    query = (
        select(Message, OutgoingMail, mine, Mailbox.name, Mailbox.address)
        .join(Case, Case.id == Message.case_id)
        .outerjoin(Mailbox, Mailbox.id == Case.mailbox_id)
        .outerjoin(OutgoingMail, OutgoingMail.message_id == Message.id)
        .options(defer(OutgoingMail.content))
        .where(Case.contact_id == contact.id)
    )
    if as_customer:
        query = query.where(Message.direction != Direction.NOTE, Message.withdrawn_at.is_(None))
    rows = session.execute(query.order_by(Message.arrived_at.desc()).limit(SHOWN))
    for message, sent, is_mine, name, address in rows:
        if is_mine:
            yield _of_message(message, sent, whole=as_customer)
        elif message.direction is not Direction.NOTE and message.withdrawn_at is None:
            yield _elsewhere(message, name or address or "")


_SOURCES = {"customer": Source.CUSTOMER, "bot": Source.BOT, "marketing": Source.MARKETING}


def _of_message(message: Message, sent: OutgoingMail | None, *, whole: bool) -> Seen:
    card = entries.of_message(message, sent, None)
    source = _SOURCES.get(card.kind, Source.OTHER)
    if card.kind in ("agent", "note"):
        source = Source.AGENT
    unsent = sent is not None and sent.automatic and sent.state is Sent.CANCELLED
    return Seen(
        source=source,
        kind=card.kind,
        at=message.arrived_at,
        who=card.who,
        label=card.label,
        icon=card.icon,
        subject=message.subject,
        text=message.text[:20_000] if whole else _begun(card.text),
        language=message.language,
        case_id=message.case_id,
        message_id=message.id,
        has_html=message.has_html and message.raw_id is not None,
        delivery=None if unsent else card.delivery,
        ours=message.direction is Direction.OUT and message.withdrawn_at is None,
        ghost=reasons.said(sent.reason) if unsent and sent is not None and sent.reason else "",
        withdrawn=message.withdrawn_at is not None,
    )


def _begun(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()} …"


def _elsewhere(message: Message, mailbox: str) -> Seen:
    ours = message.direction is Direction.OUT
    said = _("We wrote from {mailbox}", mailbox=mailbox) if ours else _(
        "They wrote to {mailbox}", mailbox=mailbox
    )  # fmt: skip
    label = _("Other mailbox")
    return Seen(Source.ELSEWHERE, "machine", message.arrived_at, said, label, "mail", ours=ours)


def _touches(session: Session, values: Sequence[str]) -> Iterable[Seen]:
    query = select(Touch).where(Touch.kind == Kind.ADDRESS, Touch.value.in_(values))
    for touch in session.scalars(query.order_by(Touch.sent_at.desc()).limit(SHOWN)):
        yield Seen(
            Source.MARKETING,
            "marketing",
            touch.sent_at,
            touch.campaign or _("Marketing"),
            _("Marketing"),
            "megaphone",
            subject=touch.subject,
            text=touch.preview,
            delivery=Chip("eye", _("Was opened"), "ok") if touch.opened_at else None,
            ours=True,
        )


def _held_back(session: Session, values: Sequence[str], since: datetime) -> Iterable[Seen]:
    """Campaigns that asked about the person and were told to leave them alone."""
    for asked in pending.asked_about(session, values, since):
        if asked.held_for is not None:
            yield Seen(
                Source.MARKETING,
                "marketing",
                asked.at,
                asked.campaign,
                _("Marketing"),
                "circle-pause",
                ghost=_reason(asked.held_for),
            )


def _reason(code: str) -> str:
    return words.reason(Reason(code)) if code in frozenset(Reason) else code.replace("_", " ")


def _marked(lines: Sequence[Seen]) -> list[Seen]:
    """The lines in the order of time, with a mark where too much or nothing was written."""
    marked: list[Seen] = []
    recent: list[datetime] = []
    last: datetime | None = None
    for line in lines:
        if line.ghost or line.kind == "note":
            marked.append(line)
            continue
        gap = (line.at - last).days if last is not None and line.at - last >= GAP else 0
        last = line.at
        burst = 0
        if line.ours:
            recent = [at for at in recent if at > line.at - BURST_SPAN] + [line.at]
            burst = len(recent) if len(recent) >= BURST else 0
        marked.append(replace(line, burst=burst, gap=gap))
    return marked
