"""A gate: an audience comes, the allowed go, a receipt proves it, and the report closes it."""

import base64
import csv
import hashlib
import io
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from cases import Exclusion, Mailbox, clock
from cases.db import reading, transaction
from cases.exclusions import changes, feed, gating, receipts
from cases.exclusions.gates import Gate, Status
from cases.exclusions.touches import Touch
from inbox.tokens import Scope
from tests.builders import MORNING

ANA, EVA, LUZ = (f"{name}@cliente.example" for name in ("ana", "eva", "luz"))
GATE = Scope.GATE


@pytest.fixture
def sender(api_server):
    program = api_server.program(GATE)
    made = program.post("/v1/campaigns", json={"id": "rebajas", "topic": "ofertas"})
    assert made.status_code == 201, made.text
    return program


def a_gate(sender, *addresses, **values):
    answer = sender.post(
        "/v1/campaigns/rebajas/gates", json={"addresses": list(addresses), **values}
    )
    assert answer.status_code == 201, answer.text
    return answer.json


def rows(answer):
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def part(sender, gate, n, *addresses, **headers):
    content = "".join(f"{address}\n" for address in ("address", *addresses)).encode()
    return sender.put(
        f"/v1/gates/{gate}/parts/{n}", data=content, content_type="text/csv", headers=headers
    )


def test_a_small_audience_is_answered_at_once(api_server, sender):
    api_server.case(ANA)
    gate = a_gate(sender, EVA, " ANA@cliente.example", EVA, "nobody")
    assert gate["decision"] == "go"
    assert gate["audience"] == {"n": 2, "digest": receipts.digest([ANA, EVA])}
    assert gate["allowed"] == {"n": 1, "digest": receipts.digest([EVA])}
    assert gate["excluded"] == {"n": 1}
    assert gate["invalid"] == [3]
    assert rows(sender.get(gate["links"]["allowed"])) == [{"address": EVA}]
    assert rows(sender.get(gate["links"]["excluded"])) == [
        {"address": ANA, "action": "exclude", "until": ""}
    ]


def test_a_large_audience_comes_in_parts_in_any_order(api_server, sender):
    api_server.case(ANA)
    gate = sender.post("/v1/campaigns/rebajas/gates").json
    assert gate["status"] == "open"
    assert part(sender, gate["id"], 1, LUZ, ANA).json["count"] == 2
    assert part(sender, gate["id"], 0, EVA, LUZ).json["count"] == 2
    part(sender, gate["id"], 0, EVA, LUZ)
    wrong = sender.post(f"/v1/gates/{gate['id']}/seal", json={"count": 4})
    assert wrong.status_code == 409
    sealed = sender.post(
        f"/v1/gates/{gate['id']}/seal",
        json={"count": 3, "digest": receipts.digest([ANA, EVA, LUZ])},
    )
    assert sealed.status_code == 201
    assert sealed.json["allowed"]["n"] == 2
    assert part(sender, gate["id"], 2, "x@cliente.example").status_code == 409
    assert sender.post(f"/v1/gates/{gate['id']}/seal").status_code == 409


def test_a_part_that_was_changed_on_its_way_is_refused(sender):
    gate = sender.post("/v1/campaigns/rebajas/gates").json["id"]
    right = base64.b64encode(hashlib.sha256(f"address\n{EVA}\n".encode()).digest()).decode()
    header = {"Content-Digest": f"sha-256=:{right}:"}
    assert part(sender, gate, 0, EVA, **header).status_code == 200
    assert part(sender, gate, 0, LUZ, **header).status_code == 400
    assert part(sender, gate, 0, LUZ, **{"Content-Digest": "nonsense"}).status_code == 400


def test_the_same_key_gives_the_same_gate(sender):
    answers = [
        sender.post("/v1/campaigns/rebajas/gates", headers={"Idempotency-Key": "one"})
        for _ in range(2)
    ]
    assert answers[0].json["id"] == answers[1].json["id"]
    assert [answer.status_code for answer in answers] == [201, 200]


def test_what_happens_between_gate_and_sending_is_found_by_the_late_check(api_server, sender):
    gate = a_gate(sender, ANA, EVA, LUZ)
    refresh = gate["links"]["refresh"]
    assert sender.post(refresh).json["excluded_now"] == []
    api_server.case(ANA)
    api_server.case("stranger@cliente.example")
    told = sender.post(refresh).json
    assert [row["address"] for row in told["excluded_now"]] == [ANA]
    assert told["late"] == {"n": 1, "digest": receipts.digest([ANA])}
    assert told["receipt"] != gate["receipt"]
    assert [row["address"] for row in rows(sender.get(gate["links"]["allowed"]))] == [EVA, LUZ]
    assert sender.post(refresh).json["excluded_now"] == []


def test_a_promise_that_breaks_by_time_alone_is_found_by_the_late_check(api_server, sender):
    api_server.case(ANA)
    with transaction() as session:
        # Only the promise is left to hold her, from its due instant on.
        row = session.scalars(select(Exclusion).where(Exclusion.reason == "open_case")).one()
        row.until = MORNING
        session.flush()
        feed.lock(session)
        feed.publish(session, [row.contact_id], MORNING)
    gate = a_gate(sender, ANA, EVA)
    assert gate["allowed"]["n"] == 2
    with clock.at(MORNING + timedelta(hours=9)):
        told = sender.post(gate["links"]["refresh"]).json
    assert [row["address"] for row in told["excluded_now"]] == [ANA]


def test_who_was_held_once_is_told_when_released_and_stays_out(api_server, sender):
    case_id = api_server.case(ANA)
    gate = a_gate(sender, ANA, EVA)
    api_server.close(case_id)
    with clock.at(MORNING + timedelta(days=4)):
        with transaction() as session:
            changes.lapse(session, clock.now())
        told = sender.post(gate["links"]["refresh"] + "?released=1").json
    assert told["released"] == [ANA]
    assert told["allowed"]["n"] == 1


def test_after_a_restored_backup_the_audience_must_be_asked_about_again(sender):
    gate = a_gate(sender, EVA)
    with transaction() as session:
        feed.renew_epoch(session)
    answer = sender.post(gate["links"]["refresh"])
    assert answer.status_code == 410
    assert answer.json["type"].endswith("/receipt-expired")


@pytest.mark.parametrize("as_list", [True, False])
def test_a_campaign_that_kept_to_it_is_honoured(api_server, sender, as_list):
    api_server.case(ANA)
    gate = a_gate(sender, ANA, EVA, LUZ)
    said = (
        {"addresses": [EVA, LUZ]} if as_list else {"sent": 2, "digest": gate["allowed"]["digest"]}
    )
    told = sender.post(gate["links"]["commit"], json=said).json
    assert told["status"] == "honoured"
    with reading() as session:
        assert session.scalar(select(func.count(Touch.id))) == 2
    assert sender.post(gate["links"]["commit"], json=said).status_code == 409


@pytest.mark.parametrize("forbidden", [ANA, "never-asked@cliente.example"])
def test_one_forbidden_address_is_found_and_named(api_server, sender, forbidden):
    api_server.case(ANA)
    gate = a_gate(sender, ANA, EVA)
    told = sender.post(gate["links"]["commit"], json={"addresses": [EVA, forbidden]}).json
    assert told["status"] == "unasked"
    assert told["offenders"] == [forbidden]


def test_a_digest_that_is_not_of_the_allowed_is_refused(sender):
    gate = a_gate(sender, EVA)
    said = {"sent": 1, "digest": receipts.digest([LUZ])}
    assert sender.post(gate["links"]["commit"], json=said).status_code == 409


def test_after_a_late_check_the_digest_is_of_who_is_left(api_server, sender):
    gate = a_gate(sender, ANA, EVA)
    api_server.case(ANA)
    sender.post(gate["links"]["refresh"])
    said = {"sent": 1, "digest": receipts.digest([EVA])}
    assert sender.post(gate["links"]["commit"], json=said).json["status"] == "honoured"


def test_a_campaign_nobody_reports_is_marked(sender):
    gate = a_gate(sender, EVA)
    with transaction() as session:
        assert gating.give_up_unreported(session, MORNING + timedelta(hours=24)) == 0
        assert gating.give_up_unreported(session, MORNING + timedelta(hours=26)) == 1
    with reading() as session:
        assert session.get_one(Gate, gate["id"]).status is Status.UNREPORTED


def test_a_receipt_says_what_was_asked_and_answered(api_server, sender):
    api_server.case(ANA)
    gate = a_gate(sender, ANA, EVA)
    told = sender.post("/v1/receipts/verify", json={"receipt": gate["receipt"]}).json
    assert told["valid"] is True
    assert told["expired"] is False
    claims = told["claims"]
    assert claims["campaign"]["id"] == "rebajas"
    assert claims["audience"]["n"] == 2
    assert claims["excluded"] == {"all": 1}
    assert claims["exp"] - claims["iat"] == 900
    shown = sender.get(f"/v1/receipts/{claims['jti']}").json
    assert shown["receipt"] == gate["receipt"]
    with clock.at(MORNING + timedelta(minutes=15)):
        late = sender.post("/v1/receipts/verify", json={"receipt": gate["receipt"]}).json
    assert late["expired"] is True


def test_a_list_that_is_exported_has_a_lease_of_a_day(sender):
    gate = a_gate(sender, EVA, export=True)
    assert gate["lease_until"] == "2026-03-11T09:00:00Z"


def test_while_mail_is_not_read_no_campaign_goes(api_server, sender):
    with transaction() as session:
        session.add(
            Mailbox(
                address="soporte@tienda.example",
                imap_host="127.0.0.1",
                imap_user="soporte",
                created_at=MORNING,
                last_ok_at=MORNING - timedelta(minutes=3),
            )
        )
    gate = a_gate(sender, EVA)
    assert gate["decision"] == "no_go"
    assert gate["retry_after"] > 0
    assert sender.get(gate["links"]["allowed"]).status_code == 409
    sender.put("/v1/campaigns/aviso", json={"campaign_class": "transactional"})
    notice = sender.post("/v1/campaigns/aviso/gates", json={"addresses": [EVA]}).json
    assert notice["decision"] == "go"


def test_nobody_sees_the_gates_of_another_sender(api_server, sender):
    gate = a_gate(sender, EVA)
    other = api_server.program(GATE)
    for method, url in (
        ("GET", f"/v1/gates/{gate['id']}"),
        ("GET", gate["links"]["allowed"]),
        ("GET", gate["links"]["excluded"]),
        ("POST", gate["links"]["refresh"]),
        ("POST", f"/v1/gates/{gate['id']}/seal"),
        ("POST", "/v1/campaigns/rebajas/gates"),
    ):
        assert other(method, url).status_code == 404, url
    said = {"addresses": [EVA]}
    assert other.post(gate["links"]["commit"], json=said).status_code == 404


def test_a_campaign_is_told_again_to_change_it(sender):
    first = sender.put("/v1/campaigns/rebajas", json={"name": "Rebajas", "weight": 2})
    assert first.json["weight"] == 2
    assert sender.put("/v1/campaigns/a@b.example", json={}).status_code == 422


def test_a_gate_that_matches_loosely_knows_other_spellings_of_its_audience(api_server, sender):
    api_server.case("ana+tienda@gmail.com")
    audience = ["a.na@gmail.com", "l.u.z@gmail.com", EVA]
    exact, loose = a_gate(sender, *audience), a_gate(sender, *audience, match="loose")
    assert (exact["excluded"]["n"], loose["excluded"]["n"]) == (0, 1)
    assert loose["allowed"]["digest"] == receipts.digest(audience[1:])
    api_server.case("luz@googlemail.com")
    late = sender.post(f"/v1/gates/{loose['id']}/refresh").json["excluded_now"]
    assert [one["address"] for one in late] == ["l.u.z@gmail.com"]
    assert sender.post(f"/v1/gates/{exact['id']}/refresh").json["excluded_now"] == []
