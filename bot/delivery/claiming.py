"""Mails that are due are taken by one worker, after another look at their cases.

    lock mails and cases | gather facts | judge | merge | claim

A case that somebody is changing right now is left alone: its mails are looked at in the next
round. So nobody waits here, and nobody is waited for.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, update
from sqlalchemy.orm import Session, contains_eager, defer
from sqlalchemy.orm.attributes import set_committed_value

from bot import coordination, decided, outbox, voice
from bot.coordination import Cancel, Facts, Go, Later, Merge, Verdict
from bot.decided import Why
from bot.delivery import joining
from bot.outbox import OutgoingMail, State
from bot.replies import CannotSay
from bot.settings import settings
from bot.voice import breaker, circumstances
from cases import clock
from cases.case import Case
from cases.db import reading, transaction
from cases.message import Message
from cases.rows.among import among

log = logging.getLogger(__name__)
CLAIM_LASTS = timedelta(seconds=120)
"""Until the body goes out; a worker that dies before holds its mails up no longer."""
Judged = tuple[OutgoingMail, Facts, Verdict]


def due(limit: int = 50) -> list[int]:
    """Mails that may go now, the longest waiting first."""
    with reading() as session:
        return list(
            session.scalars(
                select(OutgoingMail.id)
                .where(_is_due(clock.now()))
                .order_by(OutgoingMail.due_at, OutgoingMail.id)
                .limit(limit)
            )
        )


def _is_due(now: datetime) -> ColumnElement[bool]:
    waiting = OutgoingMail.state.in_((State.PENDING, State.DEFERRED))
    # Nothing was said to the relay that mattered, so a claim whose worker died is free again.
    abandoned = (OutgoingMail.state == State.CLAIMED) & (OutgoingMail.leased_until < now)
    return or_(waiting & (OutgoingMail.due_at <= now), abandoned)


def claim(ids: Sequence[int]) -> list[OutgoingMail]:
    """Take those of the mails that are due and may leave; others are put off or cancelled."""
    now = clock.now()
    wanted = among(OutgoingMail.id, ids) & _is_due(now)
    with transaction() as session:
        leaving = [*_locked(session, wanted & ~OutgoingMail.automatic)]
        speaking = _judge(session, _locked_with_case(session, wanted), now)
        breaker.count(session, len(speaking), now)
        leaving += speaking
        _take(session, leaving, now)
        return sorted(leaving, key=lambda mail: (mail.due_at, mail.id))


def _locked(session: Session, which: ColumnElement[bool]) -> Sequence[OutgoingMail]:
    locked = select(OutgoingMail).where(which).with_for_update(skip_locked=True, of=OutgoingMail)
    return _held(session, locked.order_by(OutgoingMail.id))


def _locked_with_case(session: Session, which: ColumnElement[bool]) -> Sequence[OutgoingMail]:
    """Automatic mails in cases that nobody else is changing; both are locked from now on."""
    with_case = select(OutgoingMail).join(OutgoingMail.case).where(which, OutgoingMail.automatic)
    locked = with_case.with_for_update(key_share=True, skip_locked=True, of=(OutgoingMail, Case))
    # What is not judged by is read only where it is needed after all.
    needed = contains_eager(OutgoingMail.case).load_only(
        *(Case.contact_id, Case.mailbox_id, Case.state, Case.bulk),
        *(Case.closed_at, Case.type, Case.last_at),
    )
    options = needed, defer(OutgoingMail.parts)
    return _held(session, locked.options(*options).order_by(OutgoingMail.id))


def _held(session: Session, locked: Select[OutgoingMail]) -> Sequence[OutgoingMail]:
    mails = session.scalars(locked.execution_options(populate_existing=True)).all()
    # A session forgets what nobody holds, and would ask for each case again.
    session.info.setdefault("held", []).extend(mails)
    return mails


def _take(session: Session, mails: Sequence[OutgoingMail], now: datetime) -> None:
    """Claim the mails, in one statement: as objects each would be written for itself."""
    if not mails:
        return
    lease = min(CLAIM_LASTS, timedelta(seconds=settings().send_lease_seconds))
    taken: dict[str, Any] = {"state": State.CLAIMED, "leased_until": now + lease, "reason": ""}
    session.execute(
        update(OutgoingMail)
        .where(among(OutgoingMail.id, [mail.id for mail in mails]))
        .values(attempts=OutgoingMail.attempts + 1, **taken)
        .execution_options(synchronize_session=False)
    )
    for mail in mails:
        for name, value in (taken | {"attempts": mail.attempts + 1}).items():
            set_committed_value(mail, name, value)


def _judge(session: Session, mails: Sequence[OutgoingMail], now: datetime) -> list[OutgoingMail]:
    """Those that may leave now, after what has to be merged was merged."""
    if not mails:
        return []
    mails = [*mails, *_others_to_the_same(session, mails)]
    facts = circumstances.gather(session, mails, now)
    judged = [(mail, facts[mail.id], coordination.judge(facts[mail.id])) for mail in mails]
    judged = _only_one_each(session, judged, now)
    _recall(session, [mail for mail, _facts, verdict in judged if isinstance(verdict, Cancel)])
    for mail, known, verdict in judged:
        _obey(session, mail, known, verdict)
    going = [mail for mail, _known, verdict in judged if isinstance(verdict, Go)]
    voice.speak(session, {one.case_id: one.bot for one in going if not one.urgent}, now)
    return going


def _others_to_the_same(session: Session, mails: Sequence[OutgoingMail]) -> Sequence[OutgoingMail]:
    """What waits for somebody who gets mail now: it can leave together with that."""
    patient = {mail.recipient for mail in mails if not mail.urgent}
    if not patient:
        return []
    here = (
        among(OutgoingMail.recipient, patient)
        & ~OutgoingMail.urgent
        & (OutgoingMail.state == State.PENDING)
        & OutgoingMail.id.not_in([mail.id for mail in mails])
    )
    return _locked_with_case(session, here)


def _recall(session: Session, mails: Sequence[OutgoingMail]) -> None:
    """The whole cases and messages of mails that are taken back or joined."""
    if not mails:
        return
    session.flush()
    whole = select(Case).where(among(Case.id, {mail.case_id for mail in mails}))
    said = select(Message).where(among(Message.id, [mail.message_id for mail in mails]))
    for found in (whole, said):
        found = found.execution_options(populate_existing=True)
        session.info.setdefault("held", []).extend(session.scalars(found))


def _only_one_each(session: Session, judged: list[Judged], now: datetime) -> list[Judged]:
    """Let one mail to each person say what all that may leave now have to say."""
    together: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for one in judged:
        if isinstance(one[2], Go) and not one[0].urgent:
            together[one[0].recipient, one[0].purpose].append(one)
    into: dict[int, Merge] = {}
    for several in together.values():
        if len(several) > 1:
            mails = [mail for mail, _facts, _verdict in several]
            _recall(session, mails)
            into |= _joined(session, mails, now)
    return [(mail, facts, into.get(mail.id, verdict)) for mail, facts, verdict in judged]


def _joined(session: Session, mails: Sequence[OutgoingMail], now: datetime) -> dict[int, Merge]:
    """The mails that another one speaks for; none where no letter can hold what all have to say."""
    try:
        lead = joining.join(session, mails, at=now)
    except CannotSay:
        # Each can leave by itself, and nobody's mail waits for somebody to mend the letter.
        log.warning("%s mails to one person leave apart: see the template 'letter'", len(mails))
        return {}
    return {mail.id: Merge(lead.id) for mail in mails if mail is not lead}


def _obey(session: Session, mail: OutgoingMail, facts: Facts, verdict: Verdict) -> None:
    if isinstance(verdict, Later):
        mail.due_at = verdict.until
        if mail.reason == verdict.reason:
            return
        mail.reason = verdict.reason
    elif isinstance(verdict, Merge):
        mail.merged_into_id = verdict.into
        outbox.silence(session, mail, verdict.reason, by="bot", at=facts.now)
    elif isinstance(verdict, Cancel):
        outbox.silence(session, mail, verdict.reason, by="bot", at=facts.now)
    if mail.message_id is not None:
        speaks = isinstance(verdict, Go | Merge)
        why = Why(speaks, verdict.rule, verdict.reason, coordination.VERSION)
        decided.keep_at_end(session, mail.message_id, mail.case_id, why, facts, at=facts.now)
