"""The fuse of all automatic mail: when far more of it leaves than usual, everything waits.

Something unforeseen must not write to thousands before a person looks: nothing is lost meanwhile,
mails wait until somebody says that they may go on.
"""

import logging
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot.settings import settings
from cases.db import Base
from cases.rows.upserting import insert_into

log = logging.getLogger(__name__)
LOOK_BACK = timedelta(days=14)
TIMES_USUAL = 4
REASON = "automatic mail was stopped: far more of it than usual was leaving"


class Outflow(Base):
    """How many automatic mails left in one hour."""

    __tablename__ = "outflow"

    hour: Mapped[datetime] = mapped_column(primary_key=True)
    sent: Mapped[int]


class Trip(Base):
    """The fuse blew; until a person releases it, nothing leaves by itself."""

    __tablename__ = "breaker_trip"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    sent: Mapped[int]
    """Automatic mails within that hour."""
    usual: Mapped[int]
    """Those of the busiest hour of two weeks before."""
    released_at: Mapped[datetime | None]
    released_by: Mapped[str] = mapped_column(default="")


def tripped(session: Session) -> Trip | None:
    """The trip that stops everything now, or None."""
    open_ = select(Trip).where(Trip.released_at.is_(None)).order_by(Trip.id.desc())
    return session.scalars(open_.limit(1)).first()


def count(session: Session, number: int, now: datetime) -> None:
    """So many automatic mails are leaving now; blows the fuse if that is abnormal."""
    if not number:
        return
    hour = now.replace(minute=0, second=0, microsecond=0)
    sent = _added(session, hour, number)
    floor = settings().automatic_per_hour
    if not floor or sent <= floor or tripped(session) is not None:
        return
    usual = _busiest(session, hour)
    if sent > max(TIMES_USUAL * usual, 2 * _allowed(session, hour)):
        session.add(Trip(at=now, sent=sent, usual=usual, released_by=""))
        session.flush()
        log.error("automatic mail is stopped: %s left within an hour, usual are %s", sent, usual)


def _added(session: Session, hour: datetime, number: int) -> int:
    insert = insert_into(session, Outflow).values(hour=hour, sent=number)
    more = insert.on_conflict_do_update(
        index_elements=["hour"], set_={"sent": Outflow.sent + number}
    )
    return int(session.execute(more.returning(Outflow.sent)).scalar_one())


def _busiest(session: Session, hour: datetime) -> int:
    before = (Outflow.hour < hour) & (Outflow.hour >= hour - LOOK_BACK)
    return session.scalar(select(func.max(Outflow.sent)).where(before)) or 0


def _allowed(session: Session, hour: datetime) -> int:
    """What somebody found right in this hour already."""
    released = Trip.released_at.is_not(None) & (Trip.at >= hour)
    return session.scalar(select(func.max(Trip.sent)).where(released)) or 0


def release(session: Session, *, by: str, at: datetime) -> bool:
    """A person looked: automatic mail may go on. False if nothing was stopped."""
    trip = tripped(session)
    if trip is None:
        return False
    trip.released_at, trip.released_by = at, by
    session.flush()
    return True
