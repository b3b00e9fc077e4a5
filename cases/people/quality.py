"""How well we know people: figures, what is wrong, and its repair."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from cases.contact import Contact, Identifier, Kind
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import Exclusion
from cases.people.domains import can_exist, likely_meant
from cases.people.identifiers import SomebodyElses, known_as, matched

LOOKED_AT, SHOWN = 20_000, 50


class Flaw(StrEnum):
    """What is wrong with an address."""

    BOUNCES = "bounces"
    NO_SUCH_DOMAIN = "no such domain"


@dataclass(frozen=True, slots=True)
class Figures:
    """How many people we know, and of how many something is missing or wrong."""

    people: int
    nameless: int
    unaddressed: int
    bouncing: int
    impossible: int


@dataclass(frozen=True, slots=True)
class Broken:
    """An address that does not work, and the one that was probably meant."""

    identifier: Identifier
    flaw: Flaw
    perhaps: str = ""


def looked_at(session: Session, at_most: int = SHOWN) -> tuple[Figures, list[Broken]]:
    """The figures of now, and the newest of the addresses to repair."""
    # Which domains cannot exist no database knows: that is looked through once for both.
    impossible = _impossible(session)
    return _figures(session, len(impossible)), _broken(session, impossible[:at_most], at_most)


def _figures(session: Session, impossible: int) -> Figures:
    living = select(func.count()).select_from(Contact).where(Contact.merged_into_id.is_(None))
    addressed = exists().where(Identifier.contact_id == Contact.id, Identifier.kind == Kind.ADDRESS)
    bouncing = select(func.count()).where(Identifier.bounced_at.is_not(None))
    counted = (living, living.where(Contact.name == ""), living.where(~addressed), bouncing)
    found = session.execute(select(*(one.scalar_subquery() for one in counted))).one()
    people, nameless, unaddressed, bounced = found
    return Figures(people, nameless, unaddressed, bounced, impossible)


def _broken(session: Session, impossible: Sequence[int], at_most: int) -> list[Broken]:
    """Those that bounced, and those whose domain cannot exist."""
    rows = session.scalars(
        select(Identifier)
        .where((Identifier.bounced_at.is_not(None)) | Identifier.id.in_(impossible))
        .options(joinedload(Identifier.contact))
        .order_by(Identifier.id.desc())
        .limit(at_most)
    ).all()
    return [_as_broken(one, one.id in impossible) for one in rows]


def _as_broken(one: Identifier, impossible: bool) -> Broken:
    local, _at, domain = one.value.rpartition("@")
    meant = likely_meant(domain)
    perhaps = f"{local}@{meant}" if meant != domain else ""
    return Broken(one, Flaw.NO_SUCH_DOMAIN if impossible else Flaw.BOUNCES, perhaps)


def _impossible(session: Session) -> list[int]:
    newest = (
        select(Identifier.id, Identifier.value)
        .where(Identifier.kind == Kind.ADDRESS)
        .order_by(Identifier.id.desc())
        .limit(LOOKED_AT)
    )
    rows = session.execute(newest)
    return [row.id for row in rows if not can_exist(row.value.rpartition("@")[2])]


def correct(session: Session, identifier_id: int, text: str, *, at: datetime) -> Identifier:
    """The address is another: what was wrong with the old one is forgotten with it.

    Raises NotAnIdentifier, SomebodyElses.
    """
    one = session.get_one(Identifier, identifier_id, with_for_update=True)
    value = matched(Kind.ADDRESS, text)
    for known in known_as(session, [(Kind.ADDRESS, value)]):
        if known.id != one.id:
            raise SomebodyElses(known.contact_id)
    if value != one.value:
        one.value, one.original, one.bounced_at = value, text.strip(), None
        for row in _about(session, one):
            row.lifted_at, row.lift_reason = at, "the address was corrected"
    session.flush()
    return one


def _about(session: Session, one: Identifier) -> Sequence[Exclusion]:
    """What was held against that very address by what a sender told us."""
    reasons = (Reason.INVALID_ADDRESS, Reason.BOUNCE_SOFT)
    return session.scalars(
        select(Exclusion).where(
            Exclusion.identifier_id == one.id,
            Exclusion.reason.in_(reasons),
            Exclusion.lifted_at.is_(None),
        )
    ).all()
