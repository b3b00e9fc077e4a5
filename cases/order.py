"""What the shop knows of a purchase, and the cases that speak of it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, event, select
from sqlalchemy.orm import Mapped, Session, UOWTransaction, mapped_column, relationship

from cases.case import Case
from cases.contact import Contact
from cases.db import Base
from cases.mail import Origin, own_words
from cases.message import Direction, Message
from cases.rows.among import among

LONGEST = 60
SHOWN = 5
_LOOKED_AT, _MOST_NUMBERS = 6000, 60
# Signs of a number, as people copy it; what stands around it does not matter.
_CANDIDATE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|[-_/.](?=[A-Za-z0-9])){3,59}")
_SIGNS = re.compile(r"[^A-Z0-9]")


class NoNumber(ValueError):
    """An order needs a number of four to sixty letters and digits, with a digit among them."""


class Order(Base):
    """One purchase, as the shop last told us."""

    __tablename__ = "purchase"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    """The number as it is matched: letters and digits alone."""
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    state: Mapped[str] = mapped_column(default="")
    """In the shop's own words."""
    placed_at: Mapped[datetime | None]
    promised_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    cents: Mapped[int | None]
    currency: Mapped[str] = mapped_column(default="")
    """Three letters (ISO 4217)."""
    items: Mapped[list[Any]] = mapped_column(default=list)
    """Each with name and quantity."""
    tracking: Mapped[str] = mapped_column(default="")
    told_at: Mapped[datetime]
    told_by: Mapped[str]

    contact: Mapped[Contact | None] = relationship()


class CaseOrder(Base):
    """A case speaks of an order."""

    __tablename__ = "case_order"
    __table_args__ = (UniqueConstraint("case_id", "order_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("purchase.id"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    order: Mapped[Order] = relationship()


@dataclass(frozen=True, slots=True)
class Told:
    """What a shop says of an order. What it leaves out stays as it was."""

    number: str
    contact_id: int | None = None
    state: str | None = None
    placed_at: datetime | None = None
    promised_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None
    cents: int | None = None
    currency: str | None = None
    items: tuple[dict[str, Any], ...] | None = None
    tracking: str | None = None


def key_of(number: str) -> str:
    """The number as it is matched; raises NoNumber."""
    key = _SIGNS.sub("", number[: 2 * LONGEST].upper())
    if not 4 <= len(key) <= LONGEST or not any(sign.isdecimal() for sign in key):
        raise NoNumber("an order number has 4 to 60 letters and digits")
    return key


def put(session: Session, told: Told, *, by: str, at: datetime) -> Order:
    """Keep what the shop says; the same said again changes nothing. Raises NoNumber."""
    key = key_of(told.number)
    wanted = select(Order).where(Order.key == key).with_for_update()
    order = session.scalars(wanted).one_or_none()
    if order is None:
        order = Order(number=told.number.strip()[:LONGEST], key=key, told_at=at, told_by=by)
        session.add(order)
    for name in Told.__slots__:
        value = getattr(told, name)
        if value is not None and name != "number":
            setattr(order, name, list(value) if name == "items" else value)
    order.told_at, order.told_by = at, by
    session.flush()
    return order


def orders_of(session: Session, case: Case) -> Sequence[Order]:
    """The orders that the case speaks of, and then the newest of its customer."""
    speaks = (CaseOrder.order_id == Order.id) & (CaseOrder.case_id == case.id)
    wanted = (
        select(Order)
        .outerjoin(CaseOrder, speaks)
        .where((CaseOrder.id.is_not(None)) | (Order.contact_id == case.contact_id))
        .order_by(CaseOrder.id.is_(None), Order.placed_at.desc(), Order.id.desc())
    )
    return session.scalars(wanted.limit(SHOWN)).all()


def is_theirs(order: Order, case: Case) -> bool:
    """Whether the order is of the case's customer; anybody can write down a number."""
    return order.contact_id is not None and order.contact_id == case.contact_id


def candidates(text: str) -> list[str]:
    """What in a text may be the number of an order, as it is matched."""
    found: dict[str, None] = {}
    for each in _CANDIDATE.finditer(text[:_LOOKED_AT]):
        key = _SIGNS.sub("", each[0].upper())
        if len(key) >= 4 and any(sign.isdecimal() for sign in key):
            found.setdefault(key)
        if len(found) >= _MOST_NUMBERS:
            break
    return list(found)


@event.listens_for(Session, "before_flush")
def _notice(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """Mails of customers are looked at for the numbers of orders, whichever way they came in."""
    for one in session.new:
        if isinstance(one, Message) and _speaks(one):
            session.info.setdefault("unread_for_orders", []).append(one)


def _speaks(message: Message) -> bool:
    return message.direction is Direction.IN and message.origin is Origin.CUSTOMER


def recognise(session: Session) -> None:
    """Called at the end of every transaction: link what came in with the orders it names."""
    messages: list[Message] = session.info.pop("unread_for_orders", [])
    numbers = {one.id: candidates(f"{one.subject}\n{own_words(one.new_text)}") for one in messages}
    known = _known(session, {key for keys in numbers.values() for key in keys})
    for message in messages if known else ():
        for key in numbers[message.id]:
            if key in known:
                link(session, message.case, known[key], message.id)
    session.flush()


def _known(session: Session, keys: Iterable[str]) -> dict[str, int]:
    wanted = [*keys]
    if not wanted:
        return {}
    rows = session.execute(select(Order.key, Order.id).where(among(Order.key, wanted)))
    return {row.key: row.id for row in rows}


def link(session: Session, case: Case, order_id: int, message_id: int | None = None) -> None:
    """The case speaks of that order; said twice it is kept once."""
    there = select(CaseOrder.id).where(CaseOrder.case_id == case.id, CaseOrder.order_id == order_id)
    if session.scalar(there) is None:
        session.add(CaseOrder(case_id=case.id, order_id=order_id, message_id=message_id))
        session.flush()
