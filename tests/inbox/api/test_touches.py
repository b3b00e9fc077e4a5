"""What marketing sent presses on people, and first is only reported."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cases.db import reading
from cases.exclusions.settings import settings
from cases.exclusions.touches import Touch
from inbox.tokens import Scope
from tests.builders import MORNING

EVA = "eva@cliente.example"


def a_touch(event, hours=48, **values):
    at = (MORNING - timedelta(hours=hours)).isoformat()
    return {"event_id": event, "address": EVA, "campaign": "x", "sent_at": at, **values}


def tell(program, *items):
    answer = program.post("/v1/touches", json={"items": list(items)})
    assert answer.status_code == 200, answer.text
    return answer.json


@pytest.fixture
def program(api_server):
    return api_server.program(Scope.TOUCHES_WRITE, Scope.CHECK, Scope.GATE, Scope.FEED_REASONS)


def test_what_becomes_of_a_mail_is_added_to_it(program):
    assert tell(program, a_touch("1"))["new"] == 1
    later = a_touch("1", opened_at=MORNING.isoformat(), clicked=["https://tienda.example/x"])
    assert tell(program, later) == {"new": 0, "known": 1, "invalid": 0}
    with reading() as session:
        touch = session.scalars(select(Touch)).one()
        assert touch.opened_at == MORNING
        assert touch.clicked == ["https://tienda.example/x"]


def test_pressure_is_reported_at_first_and_holds_nobody(program):
    tell(program, *(a_touch(str(n)) for n in range(4)))
    program.post("/v1/campaigns", json={"id": "c"})
    gate = program.post("/v1/campaigns/c/gates", json={"addresses": [EVA]}).json
    assert gate["allowed"]["n"] == 1
    assert gate["too_much"] == 1


@pytest.mark.parametrize(("days", "holds"), [(29, False), (31, True)])
def test_pressure_holds_nobody_in_the_first_month_of_mail(program, monkeypatch, days, holds):
    monkeypatch.setenv("TREGUA_PRESSURE_ENFORCED", "true")
    settings.cache_clear()
    tell(program, a_touch("first", hours=24 * days, address="luz@cliente.example"))
    tell(program, *(a_touch(str(n)) for n in range(4)))
    assert program.allowed(EVA) is not holds
    program.post("/v1/campaigns", json={"id": "c"})
    gate = program.post("/v1/campaigns/c/gates", json={"addresses": [EVA]}).json
    assert (gate["too_much"], gate["excluded"]["n"]) == (1, int(holds))


def test_pressure_that_is_enforced_holds_until_it_has_faded(program, monkeypatch):
    monkeypatch.setenv("TREGUA_PRESSURE_ENFORCED", "true")
    settings.cache_clear()
    tell(program, a_touch("first", hours=24 * 40, address="luz@cliente.example"))
    tell(program, *(a_touch(str(n)) for n in range(4)))
    program.post("/v1/campaigns", json={"id": "c"})
    gate = program.post("/v1/campaigns/c/gates", json={"addresses": [EVA]}).json
    assert gate["excluded"]["by_group"] == {"pressure": 1}
    answer = program.post("/v1/check", json={"address": EVA}).json
    assert answer["reason"] == "pressure_cap"
    assert answer["until"] > "2026-03-10"
    assert program.allowed(EVA, campaign_class="transactional")
    assert program.allowed("luz@cliente.example")


@pytest.mark.parametrize("wrong", [{"sent_at": "yesterday"}, {"weight": -1}, {"event_id": ""}])
def test_what_makes_no_sense_is_refused(program, wrong):
    answer = program.post("/v1/touches", json={"items": [a_touch("1") | wrong]})
    assert answer.status_code == 422
