"""What a change of the policy would do: how many people it would hold, and how many free."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.exclusions.asking import Question, judge
from cases.exclusions.facts import gather
from cases.exclusions.feed import as_hold
from cases.exclusions.matrix import CampaignClass
from cases.exclusions.numbers import HOLDING
from cases.exclusions.policies import of
from cases.exclusions.reasons import RULES, Reason
from cases.exclusions.renewing import concerned
from cases.exclusions.rows import Exclusion
from cases.exclusions.wanted import wanted

MOST = 5000


@dataclass(frozen=True, slots=True)
class Effect:
    """Numbers of people."""

    looked_at: int
    held: int
    """Free now, and held after the change."""
    freed: int
    whole: bool
    """Everybody was looked at; else the newest."""


def of_matrix(
    session: Session,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    campaign_class: CampaignClass,
    reason: Reason,
    now: datetime,
) -> Effect:
    """The effect on mail of that class for those who are held for that reason."""
    theirs = (
        select(Exclusion.contact_id)
        .where(Exclusion.reason == reason, Exclusion.lifted_at.is_(None))
        .distinct()
        .order_by(Exclusion.contact_id.desc())
        .limit(MOST)
    )
    holds = _holds(session, list(session.scalars(theirs)))
    question, old, new = Question(campaign_class), of(before).changes, of(after).changes
    was = {one: judge(found, question, now, old).allowed for one, found in holds.items()}
    will = {one: judge(found, question, now, new).allowed for one, found in holds.items()}
    return _compared(was, will)


def _holds(session: Session, contact_ids: list[int]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {one: [] for one in contact_ids}
    for n in range(0, len(contact_ids), 500):
        rows = session.scalars(
            select(Exclusion).where(
                Exclusion.contact_id.in_(contact_ids[n : n + 500]), Exclusion.lifted_at.is_(None)
            )
        )
        for row in rows:
            found[row.contact_id].append(as_hold(row))
    return found


def of_times(
    session: Session, before: Mapping[str, Any], after: Mapping[str, Any], now: datetime
) -> Effect:
    """The effect on promotions of another length of a truce; pressure is nobody's state."""
    ids = list(concerned(session, now, 0, MOST))
    standing, kept = _standing(session, ids)
    was: dict[int, bool] = {}
    will: dict[int, bool] = {}
    old, new = of(before), of(after)
    for n in range(0, len(ids), 500):
        for facts in gather(session, ids[n : n + 500], now):
            one = facts.contact_id
            there = standing.get(one, {})
            other = one in kept
            was[one] = not (other or _held(wanted(facts, there, old.chosen, now), now))
            will[one] = not (other or _held(wanted(facts, there, new.chosen, now), now))
    return _compared(was, will)


def _standing(
    session: Session, contact_ids: list[int]
) -> tuple[dict[int, dict[Any, datetime]], set[int]]:
    """Since when what follows from state holds, and who is held for something else as well."""
    standing: dict[int, dict[Any, datetime]] = {}
    kept: set[int] = set()
    for n in range(0, len(contact_ids), 500):
        rows = session.scalars(
            select(Exclusion).where(
                Exclusion.contact_id.in_(contact_ids[n : n + 500]), Exclusion.lifted_at.is_(None)
            )
        )
        for row in rows:
            if RULES[row.reason].derived:
                key = (row.reason, row.case_id, row.identifier_id)
                standing.setdefault(row.contact_id, {})[key] = row.starts_at
            elif row.reason in HOLDING:
                kept.add(row.contact_id)
    return standing, kept


def _held(found: Mapping[Any, Any], now: datetime) -> bool:
    return any(wish.reason in HOLDING and wish.starts_at <= now for wish in found.values())


def _compared(was: dict[int, bool], will: dict[int, bool]) -> Effect:
    held = sum(was[one] and not will[one] for one in was)
    freed = sum(will[one] and not was[one] for one in was)
    return Effect(len(was), held, freed, len(was) < MOST)
