"""The document says what the routes are, and nobody sees more than their scopes allow."""

import json
import re

import pytest

from cases.exclusions.settings import settings
from inbox.api import contract
from inbox.api.answers import ANSWERS
from inbox.tokens import Scope

ANA, EVA = "ana@cliente.example", "eva@cliente.example"
SECRET_WORDS = re.compile(
    r'"(group|reason|case_id|case|mood|severity|subject)"|\b(care|consent|deliverability'
    r"|open_case|sla_breach|negative_mood|after_closing)\b"
)


def test_every_route_is_described_with_its_scopes_and_answers(api_server):
    document = api_server.app.test_client().get("/v1/openapi.json").json
    routes = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in api_server.app.url_map.iter_rules()
        if rule.endpoint.startswith("api_")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, ways in document["paths"].items() for method in ways}
    assert described == routes
    assert document["openapi"] == "3.1.0"
    endpoints = {rule.endpoint for rule in api_server.app.url_map.iter_rules()}
    assert {one for one in endpoints if one.startswith("api_")} == set(ANSWERS)
    open_to_all = {
        path
        for path, ways in document["paths"].items()
        for way in ways.values()
        if "security" not in way
    }
    assert open_to_all == {"/v1/openapi.json", "/.well-known/jwks.json"}


def test_every_reference_in_the_document_leads_somewhere(api_server):
    document = api_server.app.test_client().get("/v1/openapi.json").json
    named = set(re.findall(r'"#/components/(schemas|headers)/([\w-]+)"', json.dumps(document)))
    assert {family for family, _name in named} == {"schemas", "headers"}
    for family, name in named:
        assert name in document["components"][family], name


def test_every_answer_is_described_with_the_headers_it_has(api_server, monkeypatch):
    careful = settings().model_copy(update={"sandbox": True})
    monkeypatch.setattr(contract, "settings", lambda: careful)
    answer = api_server.program(Scope.FEED_READ).get("/v1/feed")
    ours = {name for name, _said in answer.headers if name.startswith("Tregua-")}
    document = api_server.app.test_client().get("/v1/openapi.json").json
    assert set(document["components"]["headers"]) == ours
    for path, ways in document["paths"].items():
        for way, said in ways.items():
            for status, described in said["responses"].items():
                assert set(described["headers"]) == ours, (path, way, status)


@pytest.mark.parametrize("scopes", [tuple(set(Scope) - {Scope.FEED_GROUPS, Scope.FEED_REASONS})])
def test_without_the_scopes_no_answer_says_why_anywhere(api_server, scopes):
    api_server.case(ANA)
    program = api_server.program(*scopes)
    program.post("/v1/campaigns", json={"id": "c"})
    gate = program.post("/v1/campaigns/c/gates", json={"addresses": [ANA, EVA]}).json
    cursor = program.get("/v1/feed").json["cursor"]
    api_server.case(EVA)
    csv = {"Accept": "text/csv"}
    answers = [
        program.get("/v1/feed"),
        program.get("/v1/exclusions"),
        program.get("/v1/exclusions", headers=csv),
        program.get("/v1/exclusions", headers={"Accept": "application/json"}),
        program.get(f"/v1/exclusions/changes?cursor={cursor}"),
        program.post("/v1/check", json={"address": ANA}),
        program.post("/v1/check/bulk", json={"items": [ANA, "x"]}),
        program.get(gate["links"]["excluded"]),
        program.get(gate["links"]["excluded"], headers={"Accept": "application/x-ndjson"}),
        program.post(gate["links"]["refresh"] + "?released=1"),
        program.post("/v1/receipts/verify", json={"receipt": gate["receipt"]}),
        program.post("/v1/check", json={"address": "x"}),
        program.post(gate["links"]["commit"], json={"addresses": [ANA]}),
        program.get(f"/v1/gates/{gate['id']}"),
    ]
    for answer in answers:
        assert answer.status_code in (200, 422), answer.text
        assert not SECRET_WORDS.search(answer.text), answer.text
