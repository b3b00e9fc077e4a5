"""What stands beside a case: its orders, for the side panel of the page."""

from collections.abc import Sequence

from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session, object_session

from cases import order
from cases.case import Case
from cases.order import Order
from inbox.web.access import Pages

pages = Pages("beside", __name__)


@pages.record
def _furnish(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(orders_beside=orders, theirs=order.is_theirs, money=money)


def _session(case: Case) -> Session:
    session = object_session(case)
    if session is None:
        raise LookupError("the case was read in a session that is closed")
    return session


def orders(case: Case) -> Sequence[Order]:
    """The orders that the case speaks of, and the newest of its customer."""
    return order.orders_of(_session(case), case)


def money(cents: int | None, currency: str) -> str:
    """An amount as it is read."""
    return "" if cents is None else f"{cents / 100:,.2f} {currency}".strip()
