"""How tiers and lifetime values compare: measured now and then over all customers, and kept."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases import clock
from cases.contact import Contact
from cases.db import Base
from cases.settings import settings

STEPS = 20
"""Into so many parts of equal size those who bought something are divided."""
REMEMBERED = timedelta(minutes=1)
ONLY = 1


class WorthScale(Base):
    """The scale as it was measured last; there is one row."""

    __tablename__ = "worth_scale"

    id: Mapped[int] = mapped_column(primary_key=True)
    tiers: Mapped[list[str]]
    values: Mapped[list[Any]]
    measured_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Scale:
    """What a tier and a value mean among all others."""

    tiers: tuple[str, ...] = ()
    """In small letters, the highest last."""
    values: tuple[float, ...] = ()
    """Where each part of the customers ends, the poorest first."""

    def tier(self, name: str) -> float:
        """From 0 for none or an unknown one to 1 for the highest."""
        known = name.strip().lower()
        return (self.tiers.index(known) + 1) / len(self.tiers) if known in self.tiers else 0.0

    def value(self, bought: float) -> float:
        """The share of those who bought something that bought less."""
        return bisect_right(self.values, bought) / STEPS if bought > 0 else 0.0


def measure(session: Session, now: datetime) -> None:
    """Compare all customers anew; called once an hour."""
    found = _measured(session)
    row = WorthScale(id=ONLY, tiers=list(found.tiers), values=list(found.values), measured_at=now)
    session.merge(row)
    forget()


def _measured(session: Session) -> Scale:
    return Scale(_tiers(session), _values(session))


def _tiers(session: Session) -> tuple[str, ...]:
    """As the admin ranked them; others by what their customers bought on average."""
    name, mean = func.lower(Contact.tier), func.avg(Contact.lifetime_value)
    rows = session.execute(
        select(name).where(Contact.tier != "").group_by(name).order_by(mean, name)
    )
    ranked = [one.strip().lower() for one in settings().tiers]
    return tuple(ranked or (row[0].strip() for row in rows))


def _values(session: Session) -> tuple[float, ...]:
    part = func.ntile(STEPS).over(order_by=Contact.lifetime_value).label("part")
    bought = (
        select(Contact.lifetime_value.label("bought"), part)
        .where(Contact.lifetime_value > 0, Contact.merged_into_id.is_(None))
        .subquery()
    )
    ends = select(func.max(bought.c.bought)).group_by(bought.c.part).order_by(bought.c.part)
    found: Sequence[float] = session.scalars(ends).all()
    # The last part has no end: nobody is above it.
    return tuple(found[:-1])


def scale(session: Session) -> Scale:
    """The scale of now; asked for once a minute, however many pages are drawn."""
    global _known
    key, now = str(session.get_bind().engine.url), clock.now()
    if _known is None or _known[0] != key or not now - REMEMBERED < _known[1] <= now:
        _known = key, now, _kept(session)
    return _known[2]


_known: tuple[str, datetime, Scale] | None = None


def forget() -> None:
    """Have the scale read again."""
    global _known
    _known = None


def _kept(session: Session) -> Scale:
    row = session.get(WorthScale, ONLY)
    # A new installation has few customers, so they are compared at once.
    return Scale(tuple(row.tiers), tuple(row.values)) if row is not None else _measured(session)
