"""Which pages a bench asks for: every list, cases of each kind, and searches rare and common."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import quote_plus

from sqlalchemy import func, select
from werkzeug.test import Client

from cases.agent import Agent
from cases.case import Case, State
from cases.contact import Identifier
from cases.db import reading
from cases.message import Message
from inbox.web.folders import Folder
from inbox.web.order import Order
from inbox.web.visible import visible_to

CASES = 12
"""Of each kind."""
LONG, LOOKED_AT = 25, 10_000
"""A long conversation has so many messages; it is looked for in so many cases."""
_NEXT = re.compile(r'hx-get="([^"]*after=[^"]*)"')
_PART = {"HX-Request": "true", "HX-Request-Type": "partial"}
# Beside what is taken from the shop itself.
SEARCHES = (
    *("pedido", "factura empresa", "pedido invoice", "is:open factura", "is:closed batidora"),
    *('"todavía no ha llegado nada"', '"nothing has arrived yet"', '"llegado nada batidora"'),
    *("-pedido", "pedido -factura", "is:open -order", "-pedido -order", "factura OR invoice"),
    *("has:attachment pedido", "has:attachment", "has:note", "after:7d factura"),
    *("assignee:me", "assignee:none is:open", "type:delivery", "mood:angry lang:es"),
    *("bot:yes pedido", "bot:no factura", "is:vip invoice", "sla:risk", "is:breached", "is:late"),
    *("subject:factura", "from:garcia", "from:help@shop.example", "to:smith", "hold:open_case"),
    *("zzzz", "-zzzz", '"esto no existe"', "is:snoozed", "is:review kettle", "ana garcia"),
    *("before:30d pedido", "mailbox:box2 pedido", "is:unread -kettle", "-kettle batidora"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One page, whole or only the block that htmx asks for."""

    address: str
    part: bool = False

    def __str__(self) -> str:
        return self.address + (" (part)" if self.part else "")

    def of(self, client: Client) -> str:
        """What the program answers."""
        answer = client.get(self.address, headers=_PART if self.part else {})
        if answer.status_code != 200:
            raise RuntimeError(f"{self} answers {answer.status_code}")
        return answer.get_data(as_text=True)


def pages(client: Client, agent: Agent) -> dict[str, list[Asked]]:
    """The pages of each kind."""
    cases = list(_cases(agent))
    return {
        "list": list(_lists(client)),
        "case": [Asked(one) for one in cases],
        "part": [Asked(one, part=True) for one in cases],
        "search": list(_searches(client)),
    }


def _lists(client: Client) -> Iterator[Asked]:
    """Every folder in every order, and the page behind each."""
    for folder in Folder:
        for order in Order:
            yield from _and_next(client, f"/inbox/{folder.value}?sort={order.value}")


def _and_next(client: Client, address: str) -> Iterator[Asked]:
    page = Asked(address)
    yield page
    if (following := _NEXT.search(page.of(client))) is not None:
        yield Asked(unescape(following[1]), part=True)


def _cases(agent: Agent) -> Iterator[str]:
    """Open ones, closed ones, old ones, and those with long conversations."""
    visible = select(Case.id).where(visible_to(agent)).limit(CASES)
    newest = visible.order_by(Case.id.desc())
    many = select(func.count()).where(Message.case_id == Case.id).scalar_subquery()
    with reading() as session:
        late = session.scalar(select(func.max(Case.id))) or 1
        some = newest.where(Case.id > late - LOOKED_AT)
        for chosen in (
            newest.where(Case.state != State.CLOSED),
            newest.where(Case.state == State.CLOSED),
            visible.order_by(Case.id),
            some.where(many >= LONG),
        ):
            yield from (f"/cases/{number}" for number in session.scalars(chosen))


def _searches(client: Client) -> Iterator[Asked]:
    with reading() as session:
        last = session.scalar(select(func.max(Message.id))) or 1
        people = session.scalars(select(Identifier.value).order_by(Identifier.id).limit(3)).all()
    for number in (last // 3, last // 2, last - 1):
        yield from map(Asked, (f"/search?q={q}ref{number}" for q in ("", "pedido+", "is:open+-")))
    yield from (Asked(f"/search?q={address}") for address in people)
    for words in SEARCHES:
        yield from _and_next(client, f"/search?q={quote_plus(words)}")
