"""No page asks the database more than a dozen times, whatever is searched and whatever is there."""

import re
from datetime import timedelta

import pytest

from cases import Case, Direction, Message, Origin, clock, order
from cases.case import take
from cases.db import transaction
from cases.incident import Incident, begin
from cases.incident import link as link_to
from cases.merging import linking
from cases.words import gathering
from inbox.web.asking import finding
from tests.inbox.web.conftest import Enter, Visitor, case_about, listened
from tests.marketing import a_list
from tests.seeding import ADMIN, ANA

pytestmark = pytest.mark.nightly
MOST = 12
SEARCHES = (
    *("pedido", "pedido etiqueta:vip", "de:ana", "from:lucia@cliente.example", "asunto:pedido"),
    *("has:attachment", "tiene:adjunto pedido", "-pedido -factura -has:note", '"no llega"'),
    *("es:abierto -etiqueta:vip pedido", "pedido OR factura", "(pedido OR has:note) -de:ana"),
    *("tregua:sí ánimo:enfadado", "bot:yes pedido -envío", "zzzz", "pedido factura -de:ana"),
)


def _asked(visitor: Visitor, paths: tuple[str, ...]) -> dict[str, int]:
    """The pages that ask too often, and how often."""
    much = {}
    for path in paths:
        # What was unread is read now, which is written down once.
        visitor.get(path)
        with listened() as sent:
            assert visitor.get(path).status_code == 200, path
        if len(sent) > MOST:
            much[path] = len(sent)
    return much


def _pages(searches: tuple[str, ...]) -> tuple[str, ...]:
    """Each search, and the page behind some case."""
    behind = f"{clock.now():%Y-%m-%dT%H:%M:%S}%2B00:00~9999"
    first = [f"/search?q={one.replace(' ', '+')}" for one in searches]
    return (*first, *(f"{one}&after={behind}" for one in first))


def test_no_search_asks_more_than_a_dozen_times(
    enter_on_postgresql: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = enter_on_postgresql(ANA)
    assert _asked(ana, _pages(SEARCHES)) == {}
    # As in a large shop: words are everywhere, and lists are longer than what is looked into.
    monkeypatch.setattr(gathering, "SEEMS_RARE", 0)
    monkeypatch.setattr(finding, "LOOKED_INTO", 3)
    assert _asked(ana, _pages(SEARCHES)) == {}


def test_no_view_that_looks_into_messages_asks_more_than_a_dozen_times(
    enter_on_postgresql: Enter,
) -> None:
    ana = enter_on_postgresql(ANA)
    view = {"name": "Con palabras", "rest": "pedido -has:note -factura", "do": "save"}
    read = str(ana.post("/views/new", counted="on", pinned="on", **view).location).partition("?")[0]
    orders = ("due", "priority", "newest", "oldest")
    lists = ("view-angry", "unassigned", "mentioned", "all", "closed")
    paths = (*(f"{read}?sort={one}" for one in orders), *(f"/inbox/{one}" for one in lists))
    assert _asked(ana, (*paths, "/inbox/all?sort=newest&after=2026-11-01T00:00:00%2B00:00~5")) == {}


def test_no_case_asks_more_than_a_dozen_times_with_all_that_can_be_in_it(enter: Enter) -> None:
    admin, case = enter(ADMIN), case_about("Llamadas a deshora")
    _fill(case)
    admin.post(f"/cases/{case.id}/tags", add="vip, envío, robinson")
    admin.post(f"/cases/{case.id}/notes", text="@ana ¿lo miras?")
    admin.post(f"/cases/{case.id}/draft", partial=True, text="A medias", cc="jefa@otra.test")
    page = f"/cases/{case.id}"
    older = re.search(r"\?before=\d+", admin.get(page).text)
    assert older is not None
    around = "&in=view-angry&sort=newest&html=1"
    assert _asked(admin, (page, page + older[0], page + older[0] + around)) == {}


def test_no_figures_and_no_customer_ask_more_than_a_dozen_times(enter: Enter) -> None:
    admin = enter(ADMIN)
    for _time in range(3):
        a_list("Correo\nnora@correo.example\nuno@x.example\n", by=ADMIN)
    customers = tuple(f"/contacts/{number}" for number in range(1, 6))
    figures = ("/reports", "/reports/meaning", "/reports/voices?days=90", "/console", "/quality")
    assert _asked(admin, (*customers, *figures)) == {}


def _fill(case: Case) -> None:
    """A long conversation, another case that belongs to it, an order, an incident."""
    now = clock.now()
    with transaction() as session:
        its = take(session, case.id)
        for n in range(150):
            its.messages.append(
                Message(
                    direction=Direction.IN,
                    origin=Origin.CUSTOMER,
                    text=f"mensaje {n}",
                    arrived_at=now + timedelta(seconds=n),
                )
            )
        linking.link(session, its, take(session, case_about("Factura").id), by=ADMIN, at=now)
        told = order.Told("ES-7001", state="enviado", cents=4990, currency="EUR")
        order.link(session, its, order.put(session, told, by="shop", at=now).id)
        late = Incident(title="El camión", words=["camión"], since=now, opened_at=now, opened_by="")
        link_to(session, begin(session, late), [case.id], by=ADMIN, at=now)
