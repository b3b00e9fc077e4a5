"""Reads what happened in cases, each event once: news for bots, and mails that were classified."""

import logging
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot import registry
from bot.acting import considering
from bot.outbox import OutgoingMail, State
from bot.proposing import permission
from bot.registry import news
from bot.registry.news import BotNews, Kind
from bot.registry.proposals import UNTOLD, Fate, Proposal
from bot.staff_mail import notifying
from cases import clock
from cases.case import take
from cases.db import reading, transaction
from cases.history import Event, What
from cases.mail import Origin
from cases.message import Message

log = logging.getLogger(__name__)
AT_ONCE = 200
LOCK = "noticing"
_OVER = {
    State.ACCEPTED: (Fate.SENT, Kind.SENT),
    State.UNCERTAIN: (Fate.SENT, Kind.SENT),
    State.CANCELLED: (Fate.SILENCE, Kind.SILENCED),
    State.REJECTED: (Fate.SILENCE, Kind.SILENCED),
}


def notice() -> int:
    """Take what happened since; how many events were noticed."""
    noticed = 0
    while found := _note_events():
        noticed += found
    while event := _next_classified():
        noticed += _consider(*event)
    _tell_what_became()
    return noticed


def _note_events() -> int:
    """All events but those of classified mails become news at once, in the order of commits."""
    plain = Event.noticed_at.is_(None) & (Event.what != What.TAGGED)
    if not _are_there(plain):
        return 0
    with transaction(lock=LOCK) as session:
        events = session.scalars(select(Event).where(plain).order_by(Event.id).limit(AT_ONCE)).all()
        notifying.tell(session, events)
        if events and registry.everybody(session):
            session.add_all(filter(None, map(news.of_event, events)))
            _match_bots_mail(session, events)
        _mark(session, [event.id for event in events])
        return len(events)


def _are_there(which: object) -> bool:
    with reading() as session:
        found = select(Event.id).where(which).limit(1)  # type: ignore[arg-type]
        return session.scalars(found).first() is not None


def _mark(session: Session, ids: Sequence[int]) -> None:
    marked = update(Event).where(Event.id.in_(ids)).values(noticed_at=clock.now())
    session.execute(marked.execution_options(synchronize_session=False))


def _match_bots_mail(session: Session, events: Sequence[Event]) -> None:
    """Mails that bots sent by themselves belong to the permission they asked for."""
    told = {What.OPENED, What.MESSAGE_RECEIVED}
    cases = {
        event.case_id
        for event in events
        if event.what in told and event.data.get("origin") == Origin.BOT.value
    }
    for message in session.scalars(
        select(Message)
        .where(
            Message.case_id.in_(cases), Message.origin == Origin.BOT, Message.raw_id.is_not(None)
        )
        .order_by(Message.id.desc())
        .limit(AT_ONCE)
    ):
        permission.match(session, message)


def _next_classified() -> tuple[int, int] | None:
    """The next mail that was classified; if nothing could be said, all are noticed at once."""
    tagged = Event.noticed_at.is_(None) & (Event.what == What.TAGGED)
    if not _are_there(tagged):
        return None
    with transaction(lock=LOCK) as session:
        if considering.has_work(session):
            row = session.execute(
                select(Event.id, Event.case_id).where(tagged).order_by(Event.id).limit(1)
            ).first()
            return (row[0], row[1]) if row is not None else None
        session.execute(update(Event).where(tagged).values(noticed_at=clock.now()))
        return None


def _consider(event_id: int, case_id: int) -> int:
    try:
        with transaction(lock=LOCK) as session:
            case = take(session, case_id)
            event = session.get_one(Event, event_id)
            if event.noticed_at is None:
                considering.consider(session, case, clock.now(), event.data.get("message"))
                _mark(session, [event_id])
    except OperationalError:
        raise
    except Exception:
        # A bug that shows in one case must not silence the bots in all others.
        log.exception("no bot could look at event %s of case %s", event_id, case_id)
        with transaction(lock=LOCK) as session:
            _mark(session, [event_id])
    return 1


def _tell_what_became() -> None:
    """Bots learn what became of their proposals in the end."""
    by_people = Proposal.fate.in_((Fate.EDITED, Fate.SENT))
    wanted = (
        select(Proposal)
        .outerjoin(OutgoingMail, OutgoingMail.id == Proposal.outgoing_id)
        .where(UNTOLD, by_people | OutgoingMail.state.in_(_OVER))
        .order_by(Proposal.id)
        .limit(AT_ONCE)
    )
    with reading() as session:
        if session.scalars(wanted.limit(1)).first() is None:
            return
    with transaction(lock=LOCK) as session:
        for proposal in session.scalars(wanted).all():
            _settle(session, proposal)


def _settle(session: Session, proposal: Proposal) -> None:
    mail = proposal.outgoing
    kind = Kind.EDITED if proposal.fate is Fate.EDITED else Kind.SENT
    if mail is not None and proposal.fate in (Fate.QUEUED, Fate.MERGED):
        lead = session.get(OutgoingMail, mail.merged_into_id) if mail.merged_into_id else mail
        fate = _OVER.get(lead.state) if lead is not None else None
        if fate is None:
            return
        proposal.fate, kind = fate
        proposal.reason = mail.reason or proposal.reason
    proposal.told_at = clock.now()
    data = {"reply": proposal.id, "bot": proposal.bot, "reason": proposal.reason}
    if proposal.case_id is not None:
        session.add(BotNews(kind=kind, case_id=proposal.case_id, at=clock.now(), data=data))
