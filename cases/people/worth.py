"""What a person is worth to the shop, and what risk they are: kept apart, each with its rule."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from cases.contact import Contact
from cases.exclusions.reasons import Reason
from cases.exclusions.verbs import Set, exclude, withdraw

BY = "profile"
"""Who sets and takes back the exclusions that stand for a flag."""
DETRACTOR = 6
"""So many points or fewer do not recommend us."""


class NoSuchScore(ValueError):
    """Recommendations are from 0 to 10."""


@dataclass(frozen=True, slots=True)
class Flags:
    """Value and risk."""

    vip: bool = False
    influencer: bool = False


def flag(session: Session, contact: Contact, flags: Flags, *, at: datetime) -> None:
    """Say whether somebody is worth much, and whether many listen to them: marketing must ask."""
    for name, reason in (("vip", Reason.VIP), ("influencer", Reason.INFLUENCER)):
        wanted = getattr(flags, name)
        if wanted and not getattr(contact, name):
            exclude(session, contact.id, Set(reason), by=BY, at=at)
        if not wanted:
            withdraw(session, contact.id, (reason,), by=BY, at=at)
        setattr(contact, name, wanted)


def recommends(contact: Contact, score: int | None) -> None:
    """How likely they would recommend us, from 0 to 10; raises NoSuchScore."""
    if score is not None and not 0 <= score <= 10:
        raise NoSuchScore("a recommendation is from 0 to 10")
    contact.nps = score
