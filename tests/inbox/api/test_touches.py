"""What marketing sent presses on people, and first is only reported."""

import base64
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from cases import clock
from cases.db import reading, transaction
from cases.exclusions import policies
from cases.exclusions.ceilings import Ceiling, Period, with_ceiling
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
    assert tell(program, a_touch("1", message_id=" <r1@tienda.example>"))["new"] == 1
    later = a_touch("1", opened_at=MORNING.isoformat(), clicked=["https://tienda.example/x"])
    assert tell(program, later) == {"new": 0, "known": 1, "invalid": 0}
    with reading() as session:
        touch = session.scalars(select(Touch)).one()
        assert touch.opened_at == MORNING
        assert touch.message_id == "r1@tienda.example"
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


@pytest.fixture
def limited(program, monkeypatch):
    """Pressure holds people; a topic has a limit, and all mail another from midnight on."""
    monkeypatch.setenv("TREGUA_PRESSURE_ENFORCED", "true")
    settings.cache_clear()
    soon = Period(MORNING.date() + timedelta(days=1), MORNING.date() + timedelta(days=3))
    with transaction() as session:
        said = with_ceiling({}, Ceiling("t", 1.5, topic="ofertas"))
        said = with_ceiling(said, Ceiling("s", 1.1, period=soon, name="Rebajas"))
        policies.adopt(session, said, what={}, by="a@b.example", why="x", at=MORNING)
    tell(program, a_touch("first", hours=24 * 40, address="luz@cliente.example"))
    return program


def a_gate(program, topic, *people):
    program.put(f"/v1/campaigns/c-{topic}", json={"topic": topic})
    answer = program.post(f"/v1/campaigns/c-{topic}/gates", json={"addresses": list(people)})
    return answer.json


def test_the_limit_of_a_topic_counts_the_mail_of_that_topic_everywhere(limited):
    tell(limited, *(a_touch(str(n), hours=30, topic="ofertas") for n in range(1)))
    bulk = limited.post("/v1/check/bulk", json={"topic": "ofertas", "items": [EVA]}).json
    one = limited.post("/v1/check", json={"address": EVA, "topic": "ofertas"}).json
    assert bulk["items"][0]["until"] == one["until"] > "2026-03-13"
    assert limited.allowed(EVA, topic="noticias")
    assert limited.allowed(EVA)
    assert a_gate(limited, "ofertas", EVA)["excluded"]["n"] == 1
    assert a_gate(limited, "noticias", EVA)["excluded"]["n"] == 0


def test_a_season_that_begins_while_a_campaign_is_sent_is_found_by_the_refresh(limited):
    tell(limited, a_touch("1", hours=30))
    gate = a_gate(limited, "noticias", EVA, "luz@cliente.example")
    assert gate["excluded"]["n"] == 0
    refresh = f"/v1/gates/{gate['id']}/refresh"
    assert limited.post(refresh).json["excluded_now"] == []
    before = MORNING.replace(hour=22, minute=55)
    with clock.at(before):
        told = limited.post("/v1/check", json={"address": EVA}).json
        assert (told["allowed"], told["valid_until"]) == (True, "2026-03-10T23:00:00Z")
    with clock.at(MORNING.replace(hour=23)):
        [late] = limited.post(refresh).json["excluded_now"]
        assert (late["address"], late["reason"]) == (EVA, "pressure_cap")
        assert late["until"].startswith("2026-03-13T23:00:00")
        # Who got this very campaign meanwhile has not had too much for it.
        luz = {"address": "luz@cliente.example", "campaign": "c-noticias", "topic": "noticias"}
        tell(limited, a_touch("2", hours=-14, **luz))
    with clock.at(MORNING.replace(hour=23, minute=5)), transaction() as session:
        said = with_ceiling(policies.current(session), Ceiling("u", 0.1, topic="noticias"))
        policies.adopt(session, said, what={}, by="a@b.example", why="x", at=clock.now())
    with clock.at(MORNING.replace(hour=23, minute=6)):
        assert limited.post(refresh).json["excluded_now"] == []
        sent = {"addresses": ["luz@cliente.example"]}
        assert limited.post(f"/v1/gates/{gate['id']}/commit", json=sent).json["status"] == (
            "honoured"
        )


def test_programs_read_how_much_is_enough(limited):
    head = limited.get("/v1/feed")
    assert head.json["pressure"] == {
        "cap": 3.0, "half_life_s": 604800, "gap_s": 86400, "holds": True,
        "limits": [
            {"topic": "", "cap": 1.1, "from": "2026-03-11", "until": "2026-03-13",
             "yearly": False, "in_force": False},
            {"topic": "ofertas", "cap": 1.5, "in_force": True},
        ],
    }  # fmt: skip
    with clock.at(MORNING.replace(hour=23)):
        later = limited.get("/v1/feed")
    assert later.json["pressure"]["cap"] == 1.1
    assert later.json["pressure"]["limits"][0]["in_force"]
    assert later.headers["ETag"] != head.headers["ETag"]
    receipt = a_gate(limited, "ofertas", EVA)["receipt"]
    claims = json.loads(base64.urlsafe_b64decode(receipt.split(".")[1] + "=="))
    assert claims["policy"] == head.json["policy"]
    assert claims["matching"] == "exact"


def test_who_answers_a_series_gets_no_more_of_it(api_server):
    api_server.close(api_server.case(EVA))
    program = api_server.program(Scope.TOUCHES_WRITE, Scope.CHECK)
    later = MORNING + timedelta(days=5)
    with clock.at(later):
        assert program.allowed(EVA, campaign_class="drip")
        drip = a_touch("1", campaign_class="drip")
        tell(program, drip)
        assert program.allowed(EVA, campaign_class="drip")
        # A clock that runs wild stops the series from now on, not for ever.
        tell(program, drip | {"answered_at": "2199-12-31T23:00:00Z"})
        assert not program.allowed(EVA, campaign_class="drip")
        assert program.allowed(EVA)
    with clock.at(later + timedelta(days=31)):
        assert program.allowed(EVA, campaign_class="drip")
