"""How often the contact form may be used: counted by place, and forgotten after an hour."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.db import Base
from cases.signing import sign

FROM_ONE_PLACE, FROM_ANYWHERE = 10, 600
WINDOW = timedelta(hours=1)


class FormUse(Base):
    """One use of a form, by a keyed hash of where it came from; forgotten after an hour."""

    __tablename__ = "form_use"

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)


def may_write(session: Session, place: str, *, at: datetime) -> bool:
    """Count one more use from that place; False if there were too many."""
    hidden = sign("contact-form", place)
    session.execute(delete(FormUse).where(FormUse.at <= at - WINDOW))
    uses = select(func.count()).select_from(FormUse)
    here = session.scalar(uses.where(FormUse.place == hidden)) or 0
    if here >= FROM_ONE_PLACE or (session.scalar(uses) or 0) >= FROM_ANYWHERE:
        return False
    session.add(FormUse(place=hidden, at=at))
    return True
