"""Many at once: answered in their order, at one seq, a bad one in its place."""

import json
from datetime import timedelta

import pytest

from cases import clock
from inbox.tokens import Limits, Scope
from tests.builders import MORNING

ANA, EVA = "ana@cliente.example", "eva@cliente.example"
CHECK, GATE = Scope.CHECK, Scope.GATE
URL = "/v1/check/bulk"


def test_answers_come_in_the_order_of_the_questions(api_server):
    api_server.case(ANA)
    answer = api_server.program(CHECK).post(
        URL, json={"items": [EVA, {"address": ANA}, "nobody", {"phone": "+34600111222"}, ANA]}
    )
    assert [(one["i"], one.get("allowed"), one.get("error")) for one in answer.json["items"]] == [
        (0, True, None),
        (1, False, None),
        (2, None, "invalid_address"),
        (3, True, None),
        (4, False, None),
    ]
    assert answer.json["feed"]["seq"] == 1


def test_only_the_held_can_be_asked_for(api_server):
    api_server.case(ANA)
    items = api_server.program(CHECK).post(f"{URL}?only=excluded", json={"items": [EVA, ANA]}).json
    assert [one["i"] for one in items["items"]] == [1]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/csv", f'address,name\r\n{EVA},"Eva"\r\n"{ANA}",Ana\r\n'),
        ("text/plain", f"{EVA}\n{ANA}\n"),
        ("application/x-ndjson", f'{json.dumps(EVA)}\n{{"address": "{ANA}"}}\n'),
    ],
)
def test_lists_come_in_other_forms_too(api_server, kind, body):
    api_server.case(ANA)
    answer = api_server.program(CHECK).post(URL, data=body, content_type=kind)
    assert [one["allowed"] for one in answer.json["items"]] == [True, False]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"items": 7}', "application/json", 422),
        (b"x", "image/png", 415),
        (b"[" * 100_000, "application/json", 400),
    ],
)
def test_what_cannot_be_read_is_refused(api_server, body, kind, status):
    answer = api_server.program(CHECK).post(URL, data=body, content_type=kind)
    assert answer.status_code == status


def test_a_nested_or_broken_line_is_an_error_in_its_place(api_server):
    body = "[" * 5000 + "\n\xff\n" + json.dumps(EVA) + "\n"
    answer = api_server.program(CHECK).post(
        URL, data=body.encode("latin-1"), content_type="application/x-ndjson"
    )
    assert [one.get("error") for one in answer.json["items"]] == [
        "invalid_address",
        "invalid_address",
        None,
    ]


def test_more_than_ten_thousand_need_a_gate(api_server):
    program = api_server.program(CHECK, GATE, limits=Limits(quota=20_000))
    items = [f"c{n}@cliente.example" for n in range(10_001)]
    assert program.post(URL, json={"items": items}).status_code == 413
    assert program.post(URL, json={"items": items[:10_000]}).status_code == 200


def test_a_list_counts_against_the_quota_with_all_its_lines(api_server):
    program = api_server.program(CHECK, limits=Limits(quota=5))
    assert program.post(URL, json={"items": [EVA] * 6}).status_code == 429
    assert program.post(URL, json={"items": [EVA] * 5}).status_code == 200
    assert program.post(URL, json={"items": [EVA]}).status_code == 429


def test_who_brings_lists_to_gates_may_ask_as_much_as_they_are_long(api_server):
    program = api_server.program(CHECK, GATE)
    many = {"items": [f"c{n}@cliente.example" for n in range(1000)]}
    one = {"address": EVA}
    assert program.post(URL, json=many).status_code == 200
    assert program.post("/v1/check", json=one).status_code == 429
    program.post("/v1/campaigns", json={"id": "rebajas"})
    gate = program.post("/v1/campaigns/rebajas/gates", json={"addresses": [ANA, EVA]})
    assert gate.status_code == 201
    answers = [program.post("/v1/check", json=one).status_code for _ in range(8)]
    # A recipient may be asked about more than once while it is sent.
    assert answers == [200] * 6 + [429] * 2
    with clock.at(MORNING + timedelta(days=8)):
        assert program.post(URL, json=many).status_code == 200
        assert program.post("/v1/check", json=one).status_code == 429


def test_matched_loosely_another_spelling_of_a_mailbox_is_the_same_person(api_server):
    api_server.case("a.n.a+tienda@googlemail.com")
    api_server.case("eva+pedidos@cliente.example")
    api_server.case("luis@cliente.example")
    asked = ["ana@gmail.com", "eva+x@cliente.example", "e.va@cliente.example"]
    asked += ["luis+1@cliente.example", "pepe@gmail.com", "an.a+7@gmail.com"]
    program = api_server.program(CHECK)
    exact = program.post(URL, json={"items": asked}).json["items"]
    assert all(one["allowed"] for one in exact)
    loose = program.post(URL, json={"items": asked, "match": "loose"}).json["items"]
    assert [one["allowed"] for one in loose] == [False, False, True, False, True, False]
    lines = program.post(f"{URL}?match=loose", data="\n".join(asked), content_type="text/plain")
    assert lines.json["items"] == loose
    assert not program.allowed("an.a@gmail.com", match="loose")
    assert program.allowed("an.a@gmail.com")


def test_a_spelling_that_was_let_go_holds_nobody_any_longer(api_server):
    case_id = api_server.case("ana+tienda@gmail.com")
    program = api_server.program(CHECK)
    assert not program.allowed("a.na@gmail.com", match="loose")
    api_server.close(case_id)
    with clock.at(MORNING + timedelta(days=4)):
        assert program.allowed("a.na@gmail.com", match="loose")
        api_server.case("an.a@gmail.com", at=clock.now())
        assert not program.allowed("a.na@gmail.com", match="loose")
