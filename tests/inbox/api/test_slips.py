"""A developer's slips: each is refused in words that say what to do, and none is taken for more."""

import gzip
import io
import json
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from inbox.app import create_app
from inbox.tokens import Scope
from tests.apis import ANA, Api, Program
from tests.builders import MORNING

EVA, LUZ = "eva@cliente.example", "luz@cliente.example"
JSON, CSV = "application/json", "text/csv"
MAIL = {"event_id": "1", "address": ANA}
SLIPS: dict[str, tuple[Callable[[Program], TestResponse], int, str]] = {
    "a packed question": (
        lambda asks: asks.post("/v1/check", data=gzip.compress(b'{"address": "a@x.example"}'),
                               content_type=JSON, headers={"Content-Encoding": "gzip"}),
        415, "Send the body unpacked."),
    "a packed list": (
        lambda asks: asks.post("/v1/check/bulk", data=gzip.compress(b"a@x.example\n"),
                               content_type=CSV, headers={"Content-Encoding": "gzip"}),
        415, "Send the body unpacked."),
    "a list in which a quote stays open": (
        lambda asks: asks.post("/v1/check/bulk", data='"' + "a" * 200_000, content_type=CSV),
        400, "A quotation mark is opened and never closed."),
    "half a body": (
        lambda asks: asks.post("/v1/check", data="{", content_type=JSON),
        400, "The body is no JSON in UTF-8."),
    "another encoding": (
        lambda asks: asks.post("/v1/check", data='{"topic": "ñ"}'.encode("cp1252"),
                               content_type=JSON),
        400, "The body is no JSON in UTF-8."),
    "a form": (
        lambda asks: asks.post("/v1/check", data={"address": ANA}),
        415, "Send it as application/json."),
    "a huge body": (
        lambda asks: asks.post("/v1/check", data=b" " * 300_000, content_type=JSON),
        413, "The request is too large: send less at once."),
    "no cursor": (
        lambda asks: asks.get("/v1/exclusions/changes"),
        400, "This is no cursor. Take one from a snapshot."),
    "an invented cursor": (
        lambda asks: asks.get("/v1/exclusions?cursor=x", headers={"Accept": JSON}),
        400, "This is no cursor. Take one from a snapshot."),
    "a negative limit": (
        lambda asks: asks.get("/v1/exclusions?limit=-1", headers={"Accept": JSON}),
        400, "A parameter must be a whole number."),
    "an unknown class": (
        lambda asks: asks.get("/v1/exclusions?campaign_class=ads"),
        400, "A parameter has an unknown value."),
}  # fmt: skip


@pytest.fixture
def program(api_server: Api) -> Program:
    return api_server.program(*Scope)


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_refused_as_a_problem_that_says_what_to_do(program: Program, slip: str) -> None:
    make, status, title = SLIPS[slip]
    answer = make(program)
    assert (answer.status_code, answer.json["title"]) == (status, title)
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status


@pytest.mark.parametrize(
    ("url", "body", "reasons"),
    [
        ("/v1/check", [], {"body": "model_type"}),
        ("/v1/check", {"address": ANA, "kampagne": 1}, {"kampagne": "extra_forbidden"}),
        ("/v1/touches", {"items": [{**MAIL, "sent_at": "2026-03-10T09:00:00"}]},
         {"items.0.sent_at": "timezone_aware"}),
        ("/v1/touches", {"items": [{**MAIL, "sent_at": "10/03/2026"}]},
         {"items.0.sent_at": "datetime_from_date_parsing"}),
        ("/v1/touches", {"items": [{**MAIL, "sent_at": "2026-03-10T09:00Z", "weight": 11}]},
         {"items.0.weight": "less_than_equal"}),
    ],
)  # fmt: skip
def test_each_field_is_named_with_what_is_wrong_and_never_with_what_was_sent(
    program: Program, url: str, body: object, reasons: dict[str, str]
) -> None:
    answer = program.post(url, json=body)
    assert (answer.status_code, answer.json["reasons"]) == (422, reasons)
    assert answer.json["fields"] == sorted(reasons)
    assert ANA not in answer.text


INSTANTS = (
    ("/v1/touches", {"items": [{**MAIL, "sent_at": "?"}]}, "items.0.sent_at"),
    ("/v1/suppressions", {"items": [{**MAIL, "what": "unsubscribe", "at": "?"}]}, "items.0.at"),
    ("/v1/campaigns", {"id": "c", "scheduled_at": "?"}, "scheduled_at"),
    ("/v1/bots/replies", {"address": ANA, "text": "x", "not_before": "?"}, "not_before"),
    ("/v1/interactions", {"address": ANA, "channel": "call", "at": "?"}, "at"),
)


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_the_ends_of_time_are_refused(program: Program, when: str) -> None:
    for url, shape, field in INSTANTS:
        body = json.dumps(shape).replace('"?"', json.dumps(when))
        answer = program.post(url, data=body, content_type=JSON)
        assert answer.status_code == 422, (url, answer.text)
        assert answer.json["reasons"][field] == "instant_out_of_range", url


def test_a_blank_customer_number_is_nobodys(program: Program) -> None:
    call = {"id": "1", "channel": "call", "at": MORNING.isoformat(), "customer_id": " "}
    for answer in (
        program.post("/v1/interactions", json=call),
        program.put("/v1/orders/AB1234", json={"customer_id": " "}),
    ):
        assert (answer.status_code, answer.json["type"].split("/")[-1]) == (
            422,
            "invalid-customer-id",
        )


def test_choices_limits_and_a_hundred_fields_at_most_are_said(program: Program) -> None:
    wrong = program.post("/v1/check", json={"address": ANA, "campaign_class": "ads"})
    assert "'promotional'" in wrong.json["reasons"]["campaign_class"]
    asked = program.get("/v1/exclusions?campaign_class=ads").json
    assert asked["parameter"] == "campaign_class"
    assert "promotional" in asked["choices"]
    large = program.post("/v1/check", data=b" " * 300_000, content_type=JSON).json
    assert large["largest_bytes"] == 256 * 1024
    many = program.post("/v1/touches", json={"items": [MAIL] * 500}).json
    assert len(many["fields"]) == 100


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/nothing", 404), ("POST", "/v1/check/", 404), ("GET", "/v1/check", 405),
     ("DELETE", "/v1/feed", 405), ("PATCH", "/v1/campaigns", 405)],
)  # fmt: skip
def test_what_is_not_there_is_a_problem_too_and_never_a_page_of_ours(
    program: Program, method: str, path: str, status: int
) -> None:
    answer = create_app().test_client().open(
        path, method=method, headers={"Authorization": f"Bearer {program.text}"}
    )  # fmt: skip
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.json["type"].startswith("https://tregua.dev/problems/")
    assert (status == 405) is ("Allow" in answer.headers)


def test_pages_of_nobody_do_not_pass_for_an_empty_feed(api_server: Api, program: Program) -> None:
    for one in (ANA, EVA, LUZ):
        api_server.case(one)
    found, url = set(), "/v1/exclusions?limit=0"
    while url:
        answer = program.get(url, headers={"Accept": JSON})
        found |= {item["address"] for item in answer.json["items"]}
        url = answer.headers.get("Link", "").partition(">")[0].removeprefix("<")
    assert found == {ANA, EVA, LUZ}


def test_a_mark_that_a_proxy_weakened_still_saves_the_download(program: Program) -> None:
    program.post("/v1/campaigns", json={"id": "c"})
    gate = program.post("/v1/campaigns/c/gates", json={"addresses": [ANA]}).json
    for url in ("/v1/feed", "/v1/exclusions", "/v1/taxonomy", gate["links"]["allowed"]):
        mark = program.get(url).headers["ETag"]
        for said in (mark, f"W/{mark}", "*"):
            assert program.get(url, headers={"If-None-Match": said}).status_code == 304, url
    lines = program.get(gate["links"]["allowed"], headers={"Accept": "application/x-ndjson"})
    assert lines.headers["ETag"] != mark


def test_a_body_that_comes_in_pieces_is_read(program: Program) -> None:
    program.post("/v1/campaigns", json={"id": "c"})
    pieces = {
        "input_stream": io.BytesIO(json.dumps({"addresses": [ANA, EVA]}).encode()),
        "environ_overrides": {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"},
        "content_type": JSON,
    }
    opened = program.post("/v1/campaigns/c/gates", **pieces)
    assert opened.json["audience"]["n"] == 2


def test_a_count_of_nobody_is_a_count(program: Program) -> None:
    program.post("/v1/campaigns", json={"id": "c"})
    gate = program.post("/v1/campaigns/c/gates", json={}).json["id"]
    program.put(f"/v1/gates/{gate}/parts/0", data=f"{ANA}\n", content_type=CSV)
    assert program.post(f"/v1/gates/{gate}/seal", json={"count": 0}).status_code == 409
    assert program.post(f"/v1/gates/{gate}/seal", json={"count": 1}).status_code == 201


def test_a_column_is_no_person(program: Program) -> None:
    for name in ("address", "Email", "e-mail"):
        many = program.post("/v1/check/bulk", data=f"{name}\n{EVA}\n", content_type=CSV).json
        assert [one["i"] for one in many["items"]] == [0], name
        assert many["items"][0]["allowed"]


def test_a_key_is_good_for_one_campaign_and_one_list(program: Program) -> None:
    once = {"Idempotency-Key": "monday"}
    for name in ("one", "two"):
        program.post("/v1/campaigns", json={"id": name})
    first = program.post("/v1/campaigns/one/gates", json={"addresses": [ANA, EVA]}, headers=once)
    again = program.post("/v1/campaigns/one/gates", json={"addresses": [EVA, ANA]}, headers=once)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json["id"] == first.json["id"]
    for name, people in (("two", [ANA, EVA]), ("one", [ANA, LUZ])):
        other = program.post(
            f"/v1/campaigns/{name}/gates", json={"addresses": people}, headers=once
        )
        assert (other.status_code, other.json["type"][-8:]) == (422, "key-used"), name


def test_whoever_died_before_sealing_asks_again_and_gets_the_answer(program: Program) -> None:
    program.post("/v1/campaigns", json={"id": "c"})
    once = {"Idempotency-Key": "monday"}
    opened = program.post("/v1/campaigns/c/gates", json={}, headers=once).json
    assert (opened["status"], opened["receipt"]) == ("open", None)
    again = program.post("/v1/campaigns/c/gates", json={"addresses": [ANA]}, headers=once)
    assert (again.status_code, again.json["id"]) == (201, opened["id"])
    assert again.json["receipt"]
