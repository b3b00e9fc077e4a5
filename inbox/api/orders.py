"""PUT /v1/orders/{number}: what the shop knows of a purchase."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import clock
from cases.db import FILING, reading, transaction
from cases.order import NoNumber, Order, Told, key_of, put
from cases.people.identifiers import meet_as
from inbox.api import problems
from inbox.api.contract import asker, body, contract, needs
from inbox.api.instants import Instant
from inbox.api.naming import all_named
from inbox.api.problems import N_, Problem
from inbox.tokens import Scope

pages: Blueprint = contract("orders")
_INT = 2**31 - 1


class Item(BaseModel):
    """One line of an order."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200)
    quantity: int = Field(default=1, ge=1, le=100_000)


class Purchase(BaseModel):
    """An order; what is left out stays as it was."""

    model_config = ConfigDict(extra="forbid")

    address: str | None = Field(default=None, max_length=1000)
    phone: str | None = Field(default=None, max_length=100)
    customer_id: str | None = Field(default=None, min_length=1, max_length=200)
    state: str | None = Field(default=None, max_length=100)
    placed_at: Instant | None = None
    promised_at: Instant | None = None
    shipped_at: Instant | None = None
    delivered_at: Instant | None = None
    cents: int | None = Field(default=None, ge=-_INT, le=_INT)
    currency: str | None = Field(default=None, pattern="^[A-Z]{3}$")
    items: list[Item] | None = Field(default=None, max_length=200)
    tracking: str | None = Field(default=None, max_length=200)


@pages.put("/orders/<number>")
@needs(Scope.ORDERS_WRITE)
def write(number: str) -> ResponseReturnValue:
    """The same told again changes nothing."""
    said = Purchase.model_validate(body())
    known = said.model_dump(exclude={"address", "phone", "customer_id", "items"})
    items = None if said.items is None else tuple(one.model_dump() for one in said.items)
    try:
        key_of(number)
    except NoNumber as wrong:
        raise _no_number() from wrong
    with transaction(lock=FILING) as session:
        told = Told(number, contact_id=_buyer(session, said), items=items, **known)
        return _as_json(put(session, told, by=f"api:{asker().prefix}", at=clock.now()))


def _no_number() -> Problem:
    return Problem(422, "no-order-number", N_("An order number has 4 to 60 letters and digits."))


def _buyer(session: Session, said: Purchase) -> int | None:
    names = all_named(said.address, said.phone, said.customer_id)
    return meet_as(session, names, name="", at=clock.now()).id if names else None


@pages.get("/orders/<number>")
@needs(Scope.ORDERS_WRITE)
def show(number: str) -> ResponseReturnValue:
    """An order as we know it."""
    try:
        key = key_of(number)
    except NoNumber as wrong:
        raise _no_number() from wrong
    with reading() as session:
        order = session.scalars(select(Order).where(Order.key == key)).one_or_none()
        if order is None:
            raise problems.not_found()
        return _as_json(order)


def _as_json(order: Order) -> dict[str, Any]:
    dates = {
        name: value.isoformat() if (value := getattr(order, name)) is not None else None
        for name in ("placed_at", "promised_at", "shipped_at", "delivered_at")
    }
    return {
        "number": order.number,
        "state": order.state,
        **dates,
        "cents": order.cents,
        "currency": order.currency,
        "items": order.items or [],
        "tracking": order.tracking or "",
    }
