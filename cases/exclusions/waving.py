"""Holds all who complain of what is far above its season, and lets go when the wave is over."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.case import Case
from cases.exclusions import feed
from cases.exclusions.changes import note_contact
from cases.exclusions.policies import current, in_force, keep
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import Exclusion
from cases.exclusions.settings import settings
from cases.exclusions.verbs import Set, exclude, provisional_wave
from cases.wave_facts import contacts, usual_contacts, waves
from cases.waves import many

log = logging.getLogger(__name__)
ORIGIN = "wave:"
LOOK_BACK = timedelta(days=3)
"""Who complained of it so long before is part of the wave."""
LASTS = timedelta(hours=48)
"""A wave nobody looks at any more is over by itself after this."""
AT_ONCE = 2000
HOUR = timedelta(hours=1)


def look_for_waves(session: Session, now: datetime) -> tuple[str, ...]:
    """Hold who is part of a wave, let go who is of one that is over; the types that run."""
    found = tuple(one.type for one in waves(session, now)) if settings().waves_hold else ()
    holding = _holding(session)
    for type_ in found:
        _hold(session, type_, holding.pop(type_, {}), now)
    for type_, rows in holding.items():
        log.warning("the wave of %s is over", type_)
        _let_go(rows.values(), now)
    return found


def _holding(session: Session) -> dict[str, dict[int, Exclusion]]:
    """The living exclusions of waves: type -> contact -> row."""
    rows = session.scalars(
        select(Exclusion).where(
            Exclusion.reason == Reason.CONTACT_WAVE,
            Exclusion.origin.startswith(ORIGIN),
            Exclusion.lifted_at.is_(None),
        )
    )
    found: dict[str, dict[int, Exclusion]] = defaultdict(dict)
    for row in rows:
        found[row.origin.removeprefix(ORIGIN)][row.contact_id] = row
    return found


def _hold(session: Session, type_: str, held: dict[int, Exclusion], now: datetime) -> None:
    if not held:
        log.warning("a wave of %s: those who complain of it are held", type_)
    for contact_id in _concerned(session, type_, now):
        row = held.get(contact_id)
        if row is None:
            wish = Set(Reason.CONTACT_WAVE, until=now + LASTS, evidence=f"{ORIGIN}{type_}")
            exclude(session, contact_id, wish, by=f"{ORIGIN}{type_}", at=now)
        elif row.until is not None and row.until < now + LASTS / 2:
            # While it goes on the end moves on, in steps: each step is a change of the feed.
            row.until = now + LASTS
            note_contact(session, contact_id)


def _concerned(session: Session, type_: str, now: datetime) -> list[int]:
    lifted = select(Exclusion.contact_id).where(
        Exclusion.reason == Reason.CONTACT_WAVE,
        Exclusion.origin == f"{ORIGIN}{type_}",
        Exclusion.lifted_by != "",
        Exclusion.lifted_at > now - LOOK_BACK,
    )
    of_it = select(Case.contact_id).where(
        Case.type == type_,
        Case.complaint.is_(True),
        Case.opened_at > now - LOOK_BACK,
        Case.contact_id.not_in(lifted),
    )
    return list(session.scalars(of_it.distinct().limit(AT_ONCE)))


def _let_go(rows: Iterable[Exclusion], now: datetime) -> None:
    for row in rows:
        row.lifted_at, row.lift_reason = now, "the wave is over"


def follow_the_usual(session: Session, now: datetime) -> int:
    """From how many contacts on somebody wrote again and again: as all people do, and never fewer
    than the setting. Whom a new number concerns is looked at again; gives the number.
    """
    number = many(usual_contacts(session, now), settings().repeated_contacts)
    content = current(session)
    before = content.get("many", settings().repeated_contacts)
    if number != before:
        feed.lock(session)
        keep(session, current(session) | {"many": number})
        for contact_id in _near(session, min(number, before), now):
            note_contact(session, contact_id)
    return in_force(session).chosen.repeated_contacts


def _near(session: Session, least: int, now: datetime) -> Iterator[int]:
    held = session.scalars(
        select(Exclusion.contact_id).where(
            Exclusion.reason == Reason.REPEATED_CONTACTS, Exclusion.lifted_at.is_(None)
        )
    )
    wrote = (one for one, count in contacts(session, now).items() if count >= least)
    yield from {*held, *wrote}


def flooded(session: Session, now: datetime) -> int:
    """How many are held provisionally since an hour ago, if so many that somebody must look."""
    count = provisional_wave(session, since=now - HOUR)
    return count if count >= settings().provisional_alarm else 0


def types_of_waves(session: Session) -> Collection[str]:
    """The types of complaint whose people are held now."""
    origins = select(Exclusion.origin).where(
        Exclusion.reason == Reason.CONTACT_WAVE,
        Exclusion.origin.startswith(ORIGIN),
        Exclusion.lifted_at.is_(None),
    )
    return sorted(one.removeprefix(ORIGIN) for one in session.scalars(origins.distinct()))
