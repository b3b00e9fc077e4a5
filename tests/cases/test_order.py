"""The number of an order in a mail finds the order."""

import pytest
from sqlalchemy import select

from cases import Case
from cases.contact import introduce
from cases.db import FILING, reading, transaction
from cases.filing import file
from cases.order import CaseOrder, NoNumber, Told, candidates, is_theirs, key_of, orders_of, put
from tests.builders import MORNING, a_mail, an_arrival

pytestmark = pytest.mark.usefixtures("installation")
ANA = "ana@cliente.example"


def told(number: str = "ES-2026/0042", **values: object) -> int:
    with transaction() as session:
        return put(session, Told(number, **values), by="shop", at=MORNING).id


def written(text: str, sender: str = ANA) -> int:
    with transaction(lock=FILING) as session:
        case = file(session, an_arrival(a_mail(text, sender=sender))).case
        session.flush()
        return case.id


def orders(case_id: int) -> list[str]:
    with reading() as session:
        return [one.number for one in orders_of(session, session.get_one(Case, case_id))]


@pytest.mark.parametrize(
    "text",
    [
        "¿Dónde está mi pedido ES-2026/0042?",
        "pedido es20260042",
        "Nº ES_2026_0042.",
        "(es-2026-0042), por favor",
        "Pedido:ES-2026/0042\nGracias",
    ],
)
def test_however_it_is_written(text: str) -> None:
    told()
    assert orders(written(text)) == ["ES-2026/0042"]


@pytest.mark.parametrize("text", ["Mi pedido no llega", "ES-2026/00421", "2026", "XES-2026/0042"])
def test_other_numbers_find_nothing(text: str) -> None:
    told()
    assert orders(written(text)) == []


def test_an_order_that_is_told_again_keeps_what_is_not_said_anew() -> None:
    first = told(state="packed", cents=4990, currency="EUR")
    assert told("es 2026 0042", state="shipped") == first
    case = written("ES-2026/0042")
    with reading() as session:
        assert session.scalars(select(CaseOrder)).one().case_id == case
        found = orders_of(session, session.get_one(Case, case))[0]
        assert (found.state, found.cents, found.currency) == ("shipped", 4990, "EUR")


def test_a_number_that_anybody_wrote_down_makes_no_owner() -> None:
    with transaction() as session:
        luis = introduce(session, "luis@otra.example", name="Luis", at=MORNING)
        session.flush()
    told(contact_id=luis.id)
    mine, theirs = written("ES-2026/0042"), written("ES-2026/0042", "luis@otra.example")
    with reading() as session:
        found = [session.get_one(Case, one) for one in (mine, theirs)]
        order = orders_of(session, found[0])[0]
        assert [is_theirs(order, case) for case in found] == [False, True]


def test_the_newest_orders_of_the_customer_stand_there_unasked() -> None:
    case = written("Hola")
    with reading() as session:
        contact_id = session.get_one(Case, case).contact_id
    told("A-1001", contact_id=contact_id)
    assert orders(case) == ["A-1001"]


@pytest.mark.parametrize("number", ["", "abc", "pedido", "1" * 61, "-/-/-"])
def test_what_is_no_number_is_refused(number: str) -> None:
    with pytest.raises(NoNumber):
        key_of(number)


def test_a_text_of_nothing_but_numbers_is_looked_at_in_bounds() -> None:
    assert len(candidates(" ".join(f"A{n:05}" for n in range(5000)))) == 60
    assert candidates("a-" * 3000 + "9") == []
