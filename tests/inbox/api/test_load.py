"""Programs ask whether support can bear a mailing, and gates honour the answer."""

from datetime import timedelta

import pytest

from cases import Agent, Case, Event, Role, clock
from cases.capacity import load_now
from cases.capacity.load_now import decide_otherwise
from cases.capacity.load_plan import left_over, waves_of
from cases.capacity.load_rate import contact_rate
from cases.contact import introduce
from cases.db import transaction
from cases.exclusions.matrix import CampaignClass
from cases.exclusions.touches import record
from inbox.tokens import Scope
from tests.builders import MORNING

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def busy(api_server):
    """A shop of forty days with one agent, who closed a case an hour."""
    with transaction() as session:
        session.add(Agent(address="a@t.example", name="A", role=Role.AGENT, created_at=MORNING))
        person = introduce(session, "ana@x.example", name="", at=MORNING)
        session.flush()
        case = Case(subject="?", contact_id=person.id, opened_at=MORNING - 40 * DAY,
                    last_at=MORNING)  # fmt: skip
        session.add(case)
        session.flush()
        opened = Event(case_id=case.id, what="opened", at=MORNING - 40 * DAY, by="", data={})
        closed = [
            Event(case_id=case.id, what="closed", at=MORNING - n * HOUR, by="a@t.example", data={})
            for n in range(1, 180)
        ]
        session.add_all([opened, *closed])
    return api_server


def test_a_program_learns_the_load_and_the_waves(busy):
    program = busy.program(Scope.LOAD_READ)
    calm = program.get("/v1/load").json
    assert (calm["verdict"], calm["decision"]) == ("go", "go")
    assert len(calm["slots"]) == 7
    least = int(calm["inputs"]["capacity"] * 0.86 / 0.008)
    plan = program.post("/v1/load/plan", json={"audience": least}).json
    assert plan["verdict"] == "waves"
    assert plan["max_per_hour"] > 0
    assert all(wave["mails"] <= plan["max_per_hour"] for wave in plan["waves"])
    assert sum(wave["mails"] for wave in plan["waves"]) + plan["left_over"] == least
    assert "= 0.8" in plan["formula"]
    assert program.get("/v1/load?audience=100000000").json["decision"] == "no_go"
    assert program.get("/v1/load?audience=x").status_code == 422
    assert busy.program(Scope.CHECK).get("/v1/load").status_code == 403


def test_a_new_shop_gets_no_advice(api_server):
    answer = api_server.program(Scope.LOAD_READ).get("/v1/load?audience=9999").json
    assert (answer["verdict"], answer["decision"], answer["slots"]) == ("not_enough_data", "go", [])


def test_a_gate_waits_for_support_until_somebody_decides_otherwise(busy):
    sender = busy.program(Scope.GATE)
    sender.post("/v1/campaigns", json={"id": "rebajas", "expected": 100_000_000})
    sender.post(
        "/v1/campaigns",
        json={"id": "aviso", "campaign_class": "transactional", "expected": 10**8},
    )
    asked = {"addresses": []}
    refused = sender.post("/v1/campaigns/rebajas/gates", json=asked).json
    assert refused["decision"] == "no_go"
    assert sender.post("/v1/campaigns/aviso/gates", json=asked).json["decision"] == "go"
    with transaction() as session:
        decide_otherwise(session, by="bea@t.example", why="Navidad", hours=2, at=clock.now())
    assert sender.post("/v1/campaigns/rebajas/gates", json=asked).json["decision"] == "go"
    with pytest.raises(load_now.NoReason), transaction() as session:
        decide_otherwise(session, by="bea@t.example", why=" ", hours=2, at=clock.now())


def test_waves_keep_to_hours_when_somebody_is_there():
    waves = waves_of(250, 100, MORNING, lambda at: at.hour % 2 == 1)
    assert [wave.mails for wave in waves] == [100, 100, 50]
    assert all(wave.at.hour % 2 == 1 for wave in waves)
    assert waves_of(10, 0, MORNING, lambda _: True) == ()
    assert left_over(10, ()) == 10


def test_how_many_answer_is_learned_from_what_was_sent(installation):
    sent = MORNING - 5 * DAY
    with transaction() as session:
        assert contact_rate(session, CampaignClass.NEWSLETTER, MORNING) == 0.01
        rows = [
            {"kind": "address", "value": f"p{n}@x.example", "source": "t", "event_id": str(n),
             "campaign_class": "survey", "weight": 1.0, "sent_at": sent}
            for n in range(1000)
        ]  # fmt: skip
        record(session, rows)
        for n in range(1000):
            person = introduce(session, f"p{n}@x.example", name="", at=sent)
            session.flush()
            if n % 20 == 0:
                session.add(Case(subject="?", contact_id=person.id, opened_at=sent + HOUR,
                                 last_at=sent))  # fmt: skip
        session.flush()
        learned = contact_rate(session, CampaignClass.SURVEY, MORNING)
    assert learned == pytest.approx(0.05 - 50 * 2 / 28 / 1000, abs=0.001)
