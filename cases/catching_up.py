"""What earlier versions did not write down is written once: in batches, the newest rows first."""

from collections.abc import Callable

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.db import Base
from cases.rows.upserting import insert_into


class CatchUp(Base):
    """How far one of these works is; a batch is done in the transaction that moves it on."""

    __tablename__ = "catch_up"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    below: Mapped[int]
    """Rows of lower numbers wait; none are left where it is 1."""


def is_done(session: Session, name: str) -> bool:
    """Whether nothing is left to do."""
    row = session.get(CatchUp, name)
    return row is not None and row.below <= 1


def take(session: Session, name: str, newest: Callable[[], int], size: int) -> range | None:
    """The next numbers, for whoever asks first; None where nothing is left."""
    row = session.get(CatchUp, name, with_for_update=True) or _begun(session, name, newest())
    if row.below <= 1:
        return None
    numbers = range(max(row.below - size, 1), row.below)
    row.below = numbers.start
    return numbers


def _begun(session: Session, name: str, newest: int) -> CatchUp:
    # Two workers may begin at the same time.
    begun = insert_into(session, CatchUp).values(name=name, below=newest + 1)
    session.execute(begun.on_conflict_do_nothing())
    return session.get_one(CatchUp, name, with_for_update=True)
