"""What a program must never learn: why somebody is held, or who is, by trying addresses."""

import base64
import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import event, insert, select, update

from cases import Kind, clock
from cases.db import engine, reading, transaction
from cases.exclusions import feed
from cases.exclusions.reasons import Group, Reason, Severity
from cases.exclusions.rows import FeedChange, FeedEntry, FeedHead
from inbox.tokens import Scope, Token
from tests.builders import MORNING

EVA = "eva@cliente.example"
TELLING = {Scope.FEED_GROUPS, Scope.FEED_REASONS}
# What bots and shops may read and write is about cases and orders, and is no feed of marketing.
OTHERS = {
    *(Scope.BOT_READ, Scope.BOT_PROPOSE, Scope.BOT_NOTE),
    *(Scope.CONTACTS_WRITE, Scope.ORDERS_WRITE),
}
SENDERS = set(Scope) - TELLING - OTHERS
FORBIDDEN_NAMES = {"group", "by_group", "reason", "case", "case_id", "mood", "severity", "subject"}
FORBIDDEN_WORDS = {*Reason, *Group, *Severity} - {"review"}
BODIES = {
    "/v1/check": {},
    "/v1/check/bulk": {},
    "/v1/campaigns": {"id": "c2"},
    "/v1/campaigns/{name}": {},
    "/v1/campaigns/{name}/gates": {},
    "/v1/gates/{gate_id}/commit": {},
    "/v1/suppressions": {"source": "s", "items": []},
    "/v1/touches": {"items": []},
    "/v1/load/plan": {"audience": 10},
    "/v1/webhooks": {"url": "https://hooks.example/", "events": ["exclusion.upserted"]},
}


@pytest.fixture
def people(api_server):
    """Somebody for each reason there is."""
    with transaction() as session:
        feed.lock(session)
        rows = [_row(n, reason) for n, reason in enumerate(Reason, start=1)]
        session.execute(insert(FeedEntry), rows)
        session.execute(insert(FeedChange), [{**row, "at": MORNING} for row in rows])
        session.execute(update(FeedHead).values(seq=len(rows)))
    return [row["value"] for row in rows]


def _row(seq, reason):
    hold = {"reason": reason.value, "severity": "hard", "until": None}
    named = {"kind": Kind.ADDRESS, "value": f"{seq}@cliente.example", "contact_id": seq}
    return {**named, "seq": seq, "holds": [hold | {"starts_at": MORNING.isoformat()}]}


def said(answer):
    """Everything an answer says: names and words of JSON, of CSV, of events and of receipts."""
    for line in answer.text.splitlines():
        line = line.removeprefix("data: ")
        try:
            yield from _walk(json.loads(line))
        except ValueError:
            yield from (("", word) for word in re.split(r"[,\r\n]", line))
    for receipt in re.findall(r"eyJ[\w-]+\.([\w-]+)\.[\w-]+", answer.text):
        yield from _walk(json.loads(base64.urlsafe_b64decode(receipt + "===")))


def _walk(found, name=""):
    if isinstance(found, dict):
        for key, value in found.items():
            yield key, ""
            yield from _walk(value, key)
    elif isinstance(found, list):
        for value in found:
            yield from _walk(value, name)
    else:
        yield name, found


def test_no_answer_of_any_resource_says_why_to_who_may_not_know(api_server, people):
    program = api_server.program(*SENDERS)
    program.post("/v1/campaigns", json={"id": "c"})
    gate = program.post("/v1/campaigns/c/gates", json={"addresses": [*people, EVA]}).json
    places = {"{gate_id}": gate["id"], "{name}": "c", "{n}": "0", "{id_}": "1"}
    places["{jti}"] = json.loads(base64.urlsafe_b64decode(gate["receipt"].split(".")[1] + "==="))[
        "jti"
    ]
    document = api_server.app.test_client().get("/v1/openapi.json").json
    asked = 0
    for path, ways in document["paths"].items():
        for method, operation in ways.items():
            if not set(operation.get("x-scopes", ["other"])) <= {one.value for one in SENDERS}:
                continue
            url = path
            for place, value in places.items():
                url = url.replace(place, value)
            for answer in _answers(program, url, path, method, people):
                asked += 1
                assert answer.status_code < 500, (url, answer.text)
                for name, word in said(answer):
                    assert name not in FORBIDDEN_NAMES, (url, answer.text)
                    # An error speaks of the question: what was written is no address.
                    assert name == "error" or word not in FORBIDDEN_WORDS, (url, answer.text)
    assert asked > 40


def _answers(program, url, path, method, addresses):
    """The same resource asked rightly and wrongly, in every form it answers in."""
    if url.endswith("/stream"):
        cursor = program.get("/v1/feed").json["cursor"]
        yield program.get(f"{url}?cursor={cursor}x")
        return
    if "{digest}" in url:
        url = url.replace("{digest}", "0" * 64)
    url = re.sub(r"\{\w+\}", "1", url)
    bodies = [BODIES.get(path, {}), {"nonsense": True}]
    if path == "/v1/check":
        bodies += [{"address": one} for one in addresses]
    elif path == "/v1/check/bulk":
        bodies.append({"items": [*addresses, "x"]})
    for body in bodies if method != "get" else [None]:
        for accept in ("application/json", "application/x-ndjson", "text/csv"):
            for query in ("", "?released=1&as=status&campaign_class=drip"):
                values = {"headers": {"Accept": accept}}
                if body is not None:
                    values["json"] = body
                yield program(method.upper(), url + query, **values)


def test_an_answer_takes_the_same_steps_whatever_the_reason(api_server, people):
    program = api_server.program(Scope.CHECK)
    closed = api_server.case("known@cliente.example")
    api_server.close(closed)
    sent, taken = [], {True: set(), False: set()}
    event.listen(engine(), "before_cursor_execute", lambda _c, _u, said, *_m: sent.append(said))
    program.allowed("first@cliente.example")
    with clock.at(MORNING + timedelta(days=30)):
        program.allowed("first@cliente.example")
        for address in (*people, "known@cliente.example", "stranger@cliente.example"):
            sent.clear()
            taken[program.allowed(address)].add(tuple(sent))
    # The time it takes tells neither why somebody is held nor whether somebody is known.
    assert [len(steps) for steps in taken.values()] == [1, 1]


@pytest.mark.parametrize("guesses", [50_000, pytest.param(1_000_000, marks=pytest.mark.nightly)])
def test_who_guesses_addresses_is_stopped_and_noticed(api_server, guesses):
    program = api_server.program(Scope.CHECK)
    answered = 0
    for n in range(0, guesses, 1000):
        body = {"items": [f"a{k}" for k in range(n, n + 1000)]}
        many = program.post("/v1/check/bulk", json=body)
        answered += 1000 if many.status_code == 200 else 0
        one = program.post("/v1/check", json={"address": f"g{n}@cliente.example"})
        by_hash = program.get(f"/v1/check/{n:064x}?as=status")
        answered += (one.status_code == 200) + (by_hash.status_code in (204, 409))
    # Nothing else answers it: neither the feed, nor a gate, nor a campaign.
    assert program.get("/v1/exclusions").status_code == 403
    assert program.post("/v1/campaigns", json={"id": "c"}).status_code == 403
    assert answered <= 1000
    with reading() as session:
        assert session.scalars(select(Token.alarmed_at)).one() == MORNING
