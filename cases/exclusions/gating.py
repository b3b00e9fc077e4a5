"""What is done with a gate: sealed, refreshed, reported. Each names its own short transaction."""

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cases import clock
from cases.db import reading, transaction
from cases.exclusions import approvals, audience, feed, planned, pressing, receipts, touches
from cases.exclusions.asking import Question, Verdict
from cases.exclusions.audience import Back, Held
from cases.exclusions.deciding import Decision
from cases.exclusions.feed import Head
from cases.exclusions.gates import Campaign, Gate, Going, Status
from cases.exclusions.matrix import Action
from cases.exclusions.policies import in_force
from cases.exclusions.rows import FeedChange
from cases.exclusions.spellings import Asked, Match, decide_about, loosely
from cases.exclusions.terms import Terms, claims

REPORT_WITHIN = timedelta(hours=24)
TOUCHES_AT_ONCE = 2000


class NotOpen(Exception):
    """The gate was sealed before."""


class NotSealed(Exception):
    """The gate is not sealed, or was committed already."""


class OtherAudience(Exception):
    """A part was sent anew while the audience was asked about: it must be asked about again."""


class OtherEpoch(Exception):
    """The database was restored since: the audience must be asked about again."""


class NotWhatWasSent(Exception):
    """The number or digest differs from what came."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a gate says of its audience."""

    everybody: Sequence[str]
    digests: Mapping[int, str]
    """Of the parts that the audience is made of."""
    decision: Decision
    head: Head
    at: datetime

    def held(self) -> Held:
        return {value: as_held(one) for value, one in self.decision.held.items()}


@dataclass(frozen=True, slots=True)
class Late:
    """What changed for an audience since it was asked about."""

    held: Held = field(default_factory=dict)
    released: tuple[str, ...] = ()
    receipt: str = ""
    since_sealed: Held = field(default_factory=dict)
    """All who became held since the audience was sealed, those of earlier answers too."""


def as_held(verdict: Verdict) -> list[Any]:
    """A verdict as a gate keeps it."""
    span = verdict.span
    until = verdict.until.isoformat() if verdict.until is not None else None
    group, reason = (span.group, span.reason) if span is not None else (None, None)
    return [verdict.action.value, until, group, reason]


def question_of(campaign: Campaign) -> Question:
    """What kind of mail the campaign is."""
    return Question(campaign.campaign_class, campaign.topic)


def seal(gate_id: str, terms: Terms) -> None:
    """Ask about the whole audience. The look-up holds no writer up; only the result is written.

    Raises NotOpen, OtherAudience.
    """
    answer = _ask(gate_id)
    held = answer.held()
    digest = receipts.digest_of_sorted(answer.everybody)
    free = [value for value in answer.everybody if value not in held]
    allowed = receipts.digest_of_sorted(free)
    with transaction() as session:
        gate = _taken(session, gate_id)
        if gate.status is not Status.OPEN:
            raise NotOpen(gate_id)
        if audience.digests(session, gate_id) != answer.digests:
            raise OtherAudience(gate_id)
        gate.status, gate.sealed_at = Status.SEALED, answer.at
        gate.audience_n, gate.audience_digest = len(answer.everybody), digest
        gate.allowed_n, gate.allowed_digest = len(free), allowed
        gate.too_much = answer.decision.too_much
        audience.shelve(session, gate_id, answer.everybody)
        audience.keep_held(session, gate_id, Back(held, tuple(answer.decision.soon)))
        _conclude(session, gate, held, answer.head, answer.at, terms)


def _ask(gate_id: str) -> Answer:
    now = clock.now()
    with reading() as session:
        feed.steady(session)
        # The seq is read first: what is committed meanwhile is found by the next refresh.
        head = feed.head_or_start(session)
        gate = session.get_one(Gate, gate_id)
        campaign = session.get_one(Campaign, gate.campaign_id)
        everybody = audience.whole(session, gate_id)
        digests = audience.digests(session, gate_id)
        decision = decide_about(
            session,
            head,
            Asked(gate.kind, everybody, gate.match),
            question_of(campaign),
            now,
            weight=campaign.weight,
            planned=planned.others(session, campaign, now),
            reports=True,
        )
        decision = approvals.honour(session, campaign.id, gate.kind, decision)
    return Answer(everybody, digests, decision, head, now)


def _taken(session: Session, gate_id: str) -> Gate:
    return session.get_one(Gate, gate_id, with_for_update=True, populate_existing=True)


def _conclude(
    session: Session, gate: Gate, held: Held, head: Head, now: datetime, terms: Terms
) -> str:
    """Count, decide, sign; the new lease begins."""
    gate.epoch, gate.seq, gate.asked_at = head.epoch, head.seq, now
    gate.excluded = dict(Counter(str(one[2]) for one in held.values()))
    review = any(one[0] == Action.REVIEW for one in held.values())
    gate.decision = terms.refusal or (Going.REVIEW if review else Going.GO)
    gate.lease_until = now + timedelta(seconds=gate.lease_s)
    gate.jti = secrets.token_hex(16)
    campaign = session.get_one(Campaign, gate.campaign_id)
    said = claims(gate, campaign, now, terms, in_force(session).digest)
    return receipts.sign(session, said, gate_id=gate.id, now=now)


def refresh(gate_id: str, terms: Terms) -> Late:
    """What changed for this audience since it was last asked about; as much work as changes."""
    now = clock.now()
    turned = _newly_pressed(gate_id, now)
    with transaction() as session:
        gate = _taken(session, gate_id)
        if gate.status is not Status.SEALED:
            raise NotSealed(gate_id)
        head = feed.head_or_start(session)
        if head.epoch != gate.epoch or gate.seq < head.pruned:
            raise OtherEpoch(gate_id)
        back = audience.held_back(session, gate_id)
        touched = sorted({*_touched(session, gate, back.soon), *turned})
        decision = _decided_anew(session, gate, head, touched, now)
        late = {v: as_held(one) for v, one in decision.held.items() if v not in back.held}
        released = tuple(v for v in touched if v in back.held and v not in decision.held)
        if late or decision.soon:
            back = _add_late(session, gate, back, late, decision.soon)
        receipt = _conclude(session, gate, back.held, head, now, terms)
        since_sealed = {value: back.held[value] for value in back.late}
        return Late(late, released, receipt, since_sealed)


def _newly_pressed(gate_id: str, now: datetime) -> Sequence[str]:
    """Who has had enough by limits that hold only since the gate was asked; mostly nobody.

    It may go through the whole audience, so nobody who writes waits for it.
    """
    with reading() as session:
        feed.steady(session)
        gate = session.get_one(Gate, gate_id)
        campaign = session.get_one(Campaign, gate.campaign_id)
        if not pressing.turned(session, campaign.topic, gate.asked_at or now, now):
            return ()
        head = feed.head_or_start(session)
        held = audience.held_back(session, gate_id).held
        rest = [one for one in audience.whole(session, gate_id) if one not in held]
        asked, question = Asked(gate.kind, rest, gate.match), question_of(campaign)
        return decide_about(session, head, asked, question, now, weight=campaign.weight).pressed


def _decided_anew(
    session: Session, gate: Gate, head: Head, touched: Sequence[str], now: datetime
) -> Decision:
    """What becomes of them now. Who got this very campaign meanwhile has not too much for it."""
    campaign = session.get_one(Campaign, gate.campaign_id)
    since, name = gate.sealed_at or now, campaign.external_id
    got = touches.got(session, gate.kind, touched, name, since)
    found = Decision()
    for some, weight in ((set(touched) - got, campaign.weight), (got, 0.0)):
        if some:
            asked = Asked(gate.kind, sorted(some), gate.match)
            one = decide_about(session, head, asked, question_of(campaign), now, weight=weight)
            found = Decision(found.held | one.held, (), [*found.soon, *one.soon])
    return approvals.honour(session, campaign.id, gate.kind, found)


def _add_late(session: Session, gate: Gate, back: Back, late: Held, soon: Sequence[str]) -> Back:
    # Who was held once stays out of this campaign: a list that was cut is not cut again.
    grown = Back(
        back.held | late, tuple(sorted({*back.soon, *soon})), tuple(sorted({*back.late, *late}))
    )
    audience.keep_held(session, gate.id, grown)
    gate.late_n, gate.late_digest = len(grown.late), receipts.digest_of_sorted(grown.late)
    return grown


def _touched(session: Session, gate: Gate, soon: Sequence[str]) -> list[str]:
    """Who of the audience may stand otherwise than when it was asked about."""
    changed = session.scalars(
        select(FeedChange.value)
        .where(FeedChange.seq > gate.seq, FeedChange.kind == gate.kind)
        .distinct()
    ).all()
    if gate.match is Match.EXACT or not changed:
        return sorted({*audience.among(session, gate.id, changed), *soon})
    # Which spelling of theirs is in the audience, the shelves cannot tell.
    loose = {loosely(value) for value in changed}
    same = (one for one in audience.whole(session, gate.id) if loosely(one) in loose)
    return sorted({*same, *soon})


def report(gate_id: str, *, sent: Iterable[str] | None, n: int, digest: str) -> Gate:
    """What was really sent, against what was allowed: honoured, or unasked with the offenders."""
    now = clock.now()
    with transaction() as session:
        gate = _taken(session, gate_id)
        if gate.status not in (Status.SEALED, Status.UNREPORTED):
            raise NotSealed(gate_id)
        if sent is None:
            if (n, digest) != _expected(session, gate):
                raise NotWhatWasSent(gate_id)
            gate.sent_n, gate.offenders = n, []
        else:
            everybody = sorted(set(sent))
            gate.sent_n, gate.offenders = len(everybody), _offenders(session, gate, everybody)
        refused = gate.decision is Going.NO_GO and bool(gate.sent_n)
        gate.status = Status.UNASKED if gate.offenders or refused else Status.HONOURED
        gate.committed_at = now
        session.flush()
        session.expunge(gate)
    return gate


def note_sent(gate: Gate, campaign: Campaign, sent: Iterable[str]) -> None:
    """Who got the mail has been touched; a part at a time, so that no writer waits for all."""
    at, rest = gate.committed_at or clock.now(), iter(sent)
    while values := list(islice(rest, TOUCHES_AT_ONCE)):
        rows = [_touch(gate, campaign, value, at) for value in dict.fromkeys(values)]
        with transaction() as session:
            touches.record(session, rows)


def _touch(gate: Gate, campaign: Campaign, value: str, at: datetime) -> dict[str, Any]:
    return {
        "kind": gate.kind,
        "value": value,
        "source": f"gate:{gate.id}",
        "event_id": value,
        "campaign": campaign.external_id,
        "campaign_class": campaign.campaign_class.value,
        "topic": campaign.topic,
        "weight": campaign.weight,
        "subject": campaign.name,
        "sent_at": at,
    }


def _expected(session: Session, gate: Gate) -> tuple[int, str]:
    """How many may have been sent to, and their digest."""
    if not gate.late_n:
        return gate.allowed_n, gate.allowed_digest
    free = allowed(session, gate.id)
    return len(free), receipts.digest_of_sorted(free)


def _offenders(session: Session, gate: Gate, sent: Sequence[str]) -> list[str]:
    """Who got it without being allowed: held back, or never asked about."""
    held = audience.held_back(session, gate.id).held
    asked = set(audience.among(session, gate.id, sent))
    return [value for value in sent if value in held or value not in asked]


def allowed(session: Session, gate_id: str) -> list[str]:
    """Who of the audience may be written to."""
    held = audience.held_back(session, gate_id).held
    return [value for value in audience.whole(session, gate_id) if value not in held]


def give_up_unreported(session: Session, now: datetime) -> int:
    """Gates whose lease ended a day ago without a word of what was sent."""
    found = session.scalars(
        update(Gate)
        .where(Gate.status == Status.SEALED, Gate.lease_until < now - REPORT_WITHIN)
        .values(status=Status.UNREPORTED)
        .returning(Gate.id)
    )
    return len(found.all())
