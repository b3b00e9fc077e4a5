"""What no database can keep is refused wherever it is written, on both kinds alike."""

import json

import pytest

from inbox.tokens import Scope

EVA = "eva@cliente.example"
NEVER = ["\x00", "a\x00b", "\ud911", "a\udfd3"]
BODIES = [
    ("/v1/check", {"address": "?"}),
    ("/v1/check", {"customer_id": "?"}),
    ("/v1/check", {"address": EVA, "topic": "?"}),
    ("/v1/campaigns", {"id": "c", "name": "?"}),
    ("/v1/campaigns", {"id": "c", "sender": "?"}),
    ("/v1/suppressions", {"items": [{"event_id": "?", "address": EVA, "what": "unsubscribe"}]}),
    ("/v1/touches", {"items": [{"event_id": "?", "address": EVA, "sent_at": "2026-03-10T09:00Z"}]}),
    ("/v1/corrections", {"message": 1, "id": "?", "type": "?"}),
]


@pytest.fixture
def program(api_server):
    return api_server.program(*Scope)


@pytest.mark.parametrize("word", NEVER)
def test_text_that_cannot_be_kept_is_refused(program, word):
    for url, shape in BODIES:
        body = json.dumps(shape).replace('"?"', json.dumps(word))
        answer = program.post(url, data=body, content_type="application/json")
        assert 400 <= answer.status_code < 500, (url, answer.text)


@pytest.mark.parametrize("word", NEVER[:2])
def test_in_a_list_it_is_an_error_in_its_place(program, word):
    lines = "".join(f"{json.dumps({'customer_id': one})}\n" for one in (word, "C-1"))
    answer = program.post("/v1/check/bulk", data=lines, content_type="application/x-ndjson")
    assert [one.get("error") for one in answer.json["items"]] == ["invalid_customer_id", None]
    program.post("/v1/campaigns", json={"id": "c"})
    gate = program.post("/v1/campaigns/c/gates", json={"kind": "customer_id"}).json["id"]
    put = program.put(f"/v1/gates/{gate}/parts/0", data=f"{word}\nC-1\n", content_type="text/plain")
    assert (put.json["count"], put.json["invalid"]) == (1, [0])


def test_text_that_only_looks_like_it_is_taken(program):
    for word in ("\\u0000", "🙂", "\\ud911"):
        answer = program.post("/v1/campaigns", json={"id": "c", "name": word})
        assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    "url",
    [
        "/v1/exclusions?topic=%00",
        "/v1/bots/cases?since=479175143259",
        "/v1/bots/decisions?case=7294219568",
        "/v1/bots/decisions?since=000000000000099999999999999",
        "/v1/webhooks/4611686018427387902/deliveries",
        "/v1/gates/%00",
        "/v1/receipts/%00",
        "/v1/orders/%00",
    ],
)
def test_numbers_and_names_that_nothing_has_are_not_looked_for(program, url):
    assert 400 <= program.get(url).status_code < 500
