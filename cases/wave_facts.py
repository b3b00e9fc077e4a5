"""Counts of contacts by person and by type of complaint, for what is far off the usual."""

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases.case import Case
from cases.contact import Contact
from cases.history import Event, What
from cases.waves import Usual, Wave, usual_of_many, wave
from classifiers.taxonomy import taxonomy

CONTACTS_WITHIN = timedelta(days=14)
WINDOW = timedelta(days=1)
WEEK, YEAR = timedelta(days=7), timedelta(days=364)
WEEKS = 6


def contacts(
    session: Session, now: datetime, contact_ids: Collection[int] | None = None
) -> dict[int, int]:
    """How many mails that ask for an answer each person has written in 14 days."""
    counted = (
        select(Case.contact_id, func.count())
        .join(Event, Event.case_id == Case.id)
        .where(
            Event.what.in_((What.OPENED, What.MESSAGE_RECEIVED)),
            Event.by == "",
            Event.at > now - CONTACTS_WITHIN,
            Event.at <= now,
            Event.data["owes"].as_boolean(),
        )
        .group_by(Case.contact_id)
    )
    if contact_ids is not None:
        counted = counted.where(Case.contact_id.in_(contact_ids))
    return dict(session.execute(counted).all())


def usual_contacts(session: Session, now: datetime) -> Usual:
    """The mean and spread over all people, of whom most wrote nothing."""
    counts = contacts(session, now).values()
    people = session.scalar(select(func.count()).select_from(Contact)) or 0
    return usual_of_many(sum(counts), sum(n * n for n in counts), people)


def waves(session: Session, now: datetime) -> list[Wave]:
    """The types of complaint that stand far above their season today."""
    today = _by_type(session, now)
    season = [_by_type(session, now - n * WEEK) for n in range(1, WEEKS + 1)]
    known = session.scalar(select(func.min(Case.opened_at)))
    if known is None:
        return []
    lived = [counts for n, counts in enumerate(season, 1) if now - n * WEEK - WINDOW >= known]
    last_year = _by_type(session, now - YEAR)
    told: dict[str, list[int]] = defaultdict(list)
    for counts in lived:
        for type_ in today:
            told[type_].append(counts[type_])
    found = (wave(one, n, told[one], last_year[one]) for one, n in today.items())
    # Without weeks to compare with, everything would be a wave.
    return [one for one in found if one is not None] if lived else []


def _by_type(session: Session, until: datetime) -> Counter[str]:
    rows = session.execute(
        select(Case.type, func.count())
        .where(
            Case.opened_at > until - WINDOW,
            Case.opened_at <= until,
            Case.complaint.is_(True),
            Case.type != "",
        )
        .group_by(Case.type)
    )
    found: Counter[str] = Counter()
    for code, number in rows:
        found[taxonomy().today(code)] += number
    return found
