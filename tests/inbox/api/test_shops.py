"""What a shop tells of its people and orders, and calls that other systems log."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cases import Case, Contact
from cases.contact import find
from cases.db import reading
from inbox.tokens import Scope
from tests.builders import MORNING

EVA = "eva@cliente.example"


@pytest.fixture
def program(api_server):
    return api_server.program(Scope.CONTACTS_WRITE, Scope.ORDERS_WRITE, Scope.BOT_NOTE)


def test_people_are_taken_one_by_one_and_refusals_say_why(program):
    items = [
        {"address": EVA, "phone": "600 112 233", "country": "ES", "tier": "gold", "nps": 3},
        {"name": "Nobody"},
        {"address": "no address"},
        {"customer_id": "C-9", "phone": "+34600112233", "influencer": True},
        {"address": EVA, "zone": "Nowhere"},
    ]
    answer = program.post("/v1/contacts", json={"items": items}).json
    assert answer["taken"] == 2
    assert [one["i"] for one in answer["refused"]] == [1, 2, 4]
    with reading() as session:
        eva = find(session, EVA)
        assert (eva.tier, eva.nps, eva.zone, eva.influencer) == ("gold", 3, "Europe/Madrid", True)
        assert len(session.scalars(select(Contact)).all()) == 1


def test_an_order_is_put_and_read(program):
    said = {"address": EVA, "state": "packed", "cents": 4990, "currency": "EUR"}
    assert program.put("/v1/orders/ES-1001", json=said).status_code == 200
    again = program.put("/v1/orders/es1001", json={"state": "shipped", "items": [{"name": "Lamp"}]})
    assert again.json["number"] == "ES-1001"
    found = program.get("/v1/orders/ES-1001").json
    assert (found["state"], found["cents"]) == ("shipped", 4990)
    assert found["items"] == [{"name": "Lamp", "quantity": 1}]
    assert program.get("/v1/orders/ES-1002").status_code == 404


@pytest.mark.parametrize("wrong", [{"cents": 2**40}, {"currency": "euro"}, {"placed_at": "soon"},
                                   {"address": "x"}, {"items": [{"quantity": 0}]}])  # fmt: skip
def test_what_makes_no_sense_of_an_order_is_refused(program, wrong):
    assert program.put("/v1/orders/ES-1001", json=wrong).status_code == 422
    assert program.put("/v1/orders/none", json={}).status_code == 422


def test_a_call_with_a_promise_has_a_clock(program):
    until = MORNING + timedelta(hours=5)
    call = {"id": "1", "channel": "call", "phone": "+34600112233", "at": MORNING.isoformat(),
            "text": "No llega", "open": True, "call_back_by": until.isoformat()}  # fmt: skip
    assert program.post("/v1/interactions", json=call).status_code == 201
    assert program.post("/v1/interactions", json=call).status_code == 200
    with reading() as session:
        case = session.scalars(select(Case)).one()
        assert case.call_due_at == until
        assert case.answer_due_at is not None
    late = call | {"id": "2", "open": False}
    assert program.post("/v1/interactions", json=late).status_code == 422
