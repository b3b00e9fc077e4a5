"""Mails that are due are taken by one worker, after another look at their cases.

    lock the cases | lock the mails | gather facts | judge | merge | claim

A case that somebody is changing right now is left alone: its mails are looked at in the next
round. So nobody waits here, and nobody is waited for.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bot import breaker, circumstances, coordination, joining, outbox, voice
from bot.coordination import Cancel, Facts, Go, Later, Merge, Verdict
from bot.outbox import OutgoingMail, State, Why
from bot.settings import settings
from cases import clock
from cases.case import Case
from cases.db import reading, transaction
from cases.message import Message

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


def _is_due(now: datetime) -> Any:
    waiting = OutgoingMail.state.in_((State.PENDING, State.DEFERRED))
    # Nothing was said to the relay that mattered, so a claim whose worker died is free again.
    abandoned = (OutgoingMail.state == State.CLAIMED) & (OutgoingMail.leased_until < now)
    return or_(waiting & (OutgoingMail.due_at <= now), abandoned)


def claim(ids: Sequence[int]) -> list[OutgoingMail]:
    """Take those of the mails that are due and may leave; others are put off or cancelled."""
    now = clock.now()
    with transaction() as session:
        mails = _locked(session, ids, now)
        leaving = [mail for mail in mails if not mail.automatic]
        speaking = _judge(session, [mail for mail in mails if mail.automatic], now)
        breaker.count(session, len(speaking), now)
        leaving += speaking
        lease = min(CLAIM_LASTS, timedelta(seconds=settings().send_lease_seconds))
        for mail in leaving:
            mail.state, mail.leased_until = State.CLAIMED, now + lease
            mail.attempts += 1
            mail.reason = ""
        return sorted(leaving, key=lambda mail: (mail.due_at, mail.id))


def _locked(session: Session, ids: Sequence[int], now: datetime) -> Sequence[OutgoingMail]:
    wanted = select(OutgoingMail.case_id).where(
        OutgoingMail.id.in_(ids), OutgoingMail.automatic, _is_due(now)
    )
    free = _lock_cases(session, set(session.scalars(wanted)))
    mine = or_(~OutgoingMail.automatic, OutgoingMail.case_id.in_(free))
    return _lock_mails(session, OutgoingMail.id.in_(ids) & _is_due(now) & mine)


def _lock_cases(session: Session, case_ids: Iterable[int]) -> set[int]:
    """Those of the cases that nobody else is changing; they are locked from now on."""
    rows = session.scalars(
        select(Case)
        .where(Case.id.in_(set(case_ids)))
        .order_by(Case.id)
        .with_for_update(key_share=True, skip_locked=True, of=Case)
        .execution_options(populate_existing=True)
    ).all()
    # A session forgets what nobody holds, and would ask for each case again.
    session.info.setdefault("held", []).extend(rows)
    return {case.id for case in rows}


def _lock_mails(session: Session, which: Any) -> Sequence[OutgoingMail]:
    mails = session.scalars(
        select(OutgoingMail)
        .where(which)
        .order_by(OutgoingMail.id)
        .with_for_update(skip_locked=True, of=OutgoingMail)
        .execution_options(populate_existing=True)
    ).all()
    said = [mail.message_id for mail in mails if mail.automatic]
    messages = session.scalars(select(Message).where(Message.id.in_(said))).all()
    session.info.setdefault("held", []).extend(messages)
    return mails


def _judge(session: Session, mails: list[OutgoingMail], now: datetime) -> list[OutgoingMail]:
    """Those that may leave now, after what has to be merged was merged."""
    if not mails:
        return []
    mails = [*mails, *_others_to_the_same(session, mails)]
    facts = circumstances.gather(session, mails, now)
    judged = [(mail, facts[mail.id], coordination.judge(facts[mail.id])) for mail in mails]
    judged = _only_one_each(session, judged, now)
    for mail, known, verdict in judged:
        _obey(session, mail, known, verdict)
    return [mail for mail, _known, verdict in judged if isinstance(verdict, Go)]


def _others_to_the_same(session: Session, mails: Sequence[OutgoingMail]) -> Sequence[OutgoingMail]:
    """What waits for somebody who gets mail now: it can leave together with that."""
    patient = {mail.recipient for mail in mails if not mail.urgent}
    if not patient:
        return []
    here = (
        OutgoingMail.recipient.in_(patient)
        & OutgoingMail.automatic
        & ~OutgoingMail.urgent
        & (OutgoingMail.state == State.PENDING)
        & OutgoingMail.id.not_in([mail.id for mail in mails])
    )
    cases = session.scalars(select(OutgoingMail.case_id).where(here))
    locked = {mail.case_id for mail in mails}
    free = locked | _lock_cases(session, set(cases) - locked)
    return _lock_mails(session, here & OutgoingMail.case_id.in_(free))


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
            lead = joining.join(session, mails, at=now)
            into |= {mail.id: Merge(lead.id) for mail in mails if mail is not lead}
    return [(mail, facts, into.get(mail.id, verdict)) for mail, facts, verdict in judged]


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
    elif not mail.urgent:
        voice.speak(session, mail.case, mail.bot, facts.now)
    if mail.message is not None:
        speaks = isinstance(verdict, Go | Merge)
        why = Why(speaks, verdict.rule, verdict.reason, coordination.VERSION)
        outbox.keep(session, mail.message, why, facts, at=facts.now)
