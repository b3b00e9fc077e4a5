"""What a policy would have made of the last days: promises kept and broken, beside those of now."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from cases import sla
from cases.case import Case
from cases.history import Event
from cases.hours import Calendar
from cases.promises import breaches
from cases.rows.among import among
from cases.sla import book as books
from cases.sla.book import Scope, SlaPolicy
from cases.sla.clocks import Clocks, clocks
from cases.sla.moments import MOVING, moments
from cases.sla.policy import Policy, Target

PAGE = 500
EXAMPLES = 10


@dataclass
class Outcome:
    """How many promises fell due or were kept in that time."""

    kept: Counter[Target] = field(default_factory=Counter)
    broken: Counter[Target] = field(default_factory=Counter)

    def add(self, owed: Clocks, since: datetime, now: datetime) -> bool:
        """Count the promises of a case; whether one of them was broken."""
        broken = False
        for one in (*owed.done, *owed.running):
            at = one.broken_at(now)
            if at is not None and since <= at <= now:
                self.broken[one.target] += 1
                broken = True
            elif at is None and one.met and one.ended_at and since <= one.ended_at <= now:
                self.kept[one.target] += 1
        return broken


@dataclass
class Preview:
    """The days as they were promised, and as they would have been."""

    cases: int = 0
    now: Outcome = field(default_factory=Outcome)
    then: Outcome = field(default_factory=Outcome)
    newly_broken: list[int] = field(default_factory=list)
    """Some cases that would have been late and were not."""


def over(
    session: Session,
    policy: Policy,
    calendar: Calendar,
    scope: Scope,
    *,
    since: datetime,
    now: datetime,
) -> Preview:
    """Go through the cases of that time which the policy would be for. Nothing is changed."""
    found, book = Preview(), books.read(session)
    for case, events in _cases(session, since):
        told = moments(events)
        if not told or not _meant(case, scope):
            continue
        found.cases += 1
        kept_policy, kept_calendar = sla.promised(case, case.policy_id, told, book)
        was = found.now.add(clocks(told, kept_policy, kept_calendar), since, now)
        would = found.then.add(clocks(told, policy, calendar), since, now)
        if would and not was and len(found.newly_broken) < EXAMPLES:
            found.newly_broken.append(case.id)
    return found


def _meant(case: Case, scope: Scope) -> bool:
    probe = SlaPolicy(mailbox_id=scope.mailbox_id, type=scope.type, tier=scope.tier)
    return books.fits(probe, sla.scope_of(case))


def _cases(session: Session, since: datetime) -> Iterator[tuple[Case, list[Any]]]:
    """The cases in which something happened in that time, with all their history."""
    moved = select(Event.case_id).where(Event.what.in_(MOVING), Event.at >= since)
    # Looked for once: there is no index of when something happened.
    ids = sorted(set(session.scalars(moved)))
    with_people = select(Case).options(joinedload(Case.contact), joinedload(Case.mailbox))
    for n in range(0, len(ids), PAGE):
        some = among(Case.id, ids[n : n + PAGE]), Case.bulk.is_(False)
        page = session.scalars(with_people.where(*some).order_by(Case.id)).all()
        events = breaches.histories(session, [case.id for case in page])
        yield from ((case, events[case.id]) for case in page)
