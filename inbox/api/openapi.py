"""GET /v1/openapi.json: the contract as OpenAPI 3.1, made from the routes themselves."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from pydantic import BaseModel
from werkzeug.routing import Rule

from inbox.api import (
    bots,
    bulk,
    campaigns,
    check,
    contacts,
    corrections,
    gates,
    interactions,
    load,
    orders,
    receipts,
    sending,
    suppressions,
    touches,
    webhooks,
)
from inbox.api.answers import ANSWERS, HEADERS, PROBLEM, QUERIES
from inbox.api.contract import contract

pages: Blueprint = contract("openapi")

BODIES: dict[str, type[BaseModel]] = {
    "api_check.check": check.Asked,
    "api_bulk.check_many": bulk.Many,
    "api_campaigns.create": campaigns.New,
    "api_campaigns.put": campaigns.Described,
    "api_gates.open_gate": gates.Asked,
    "api_gates.seal": gates.Sealing,
    "api_sending.commit": sending.Sent,
    "api_receipts.verify": receipts.Shown,
    "api_suppressions.suppressions": suppressions.Several,
    "api_touches.write": touches.Several,
    "api_load.plan": load.Mailing,
    "api_webhooks.create": webhooks.Wanted,
    "api_bots.propose": bots.Wanted,
    "api_bots.permit": bots.Asked,
    "api_bots.hand_over": bots.Passed,
    "api_corrections.write": corrections.Told,
    "api_interactions.write": interactions.Interaction,
    "api_contacts.write": contacts.People,
    "api_orders.write": orders.Purchase,
}
MAY_BE_MISSING = {"api_gates.open_gate", "api_gates.seal"}
_PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")


@pages.get("/openapi.json")
def document() -> ResponseReturnValue:
    """The contract; for everybody, since it says nothing about anybody."""
    return describe(), {"Cache-Control": "public, max-age=300"}


def describe() -> dict[str, Any]:
    """The document, from the routes of this application."""
    schemas: dict[str, Any] = {"Problem": PROBLEM}
    paths: dict[str, dict[str, Any]] = {}
    for rule in _rules():
        path = _PLACE.sub(r"{\2}", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            paths.setdefault(path, {})[method.lower()] = _operation(rule, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Tregua", "version": "1", "summary": "Who must not be written to now."},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "headers": HEADERS,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _rules() -> Iterator[Rule]:
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint.startswith("api_"):
            yield rule


def _operation(rule: Rule, schemas: dict[str, Any]) -> dict[str, Any]:
    view = current_app.view_functions[rule.endpoint]
    scopes = [scope.value for scope in getattr(view, "needs", ())]
    said: dict[str, Any] = {
        "operationId": rule.endpoint.removeprefix("api_").replace(".", "_"),
        "summary": (view.__doc__ or "").strip(),
        "parameters": [*_places(rule), *QUERIES.get(rule.endpoint, [])],
        "responses": _responses(rule.endpoint, bool(scopes)),
    }
    if scopes:
        said["security"] = [{"token": []}]
        said["x-scopes"] = scopes
    if rule.endpoint in BODIES:
        said["requestBody"] = _body(rule.endpoint, schemas)
    elif rule.endpoint == "api_gates.put_part":
        said["requestBody"] = {"content": {"text/csv": {}, "application/x-ndjson": {}}}
    return said


def _places(rule: Rule) -> list[dict[str, Any]]:
    kinds = {"int": {"type": "integer", "minimum": 0}}
    return [
        {
            "name": found[2],
            "in": "path",
            "required": True,
            "schema": kinds.get(found[1] or "", {"type": "string"}),
        }
        for found in _PLACE.finditer(rule.rule)
    ]


def _body(endpoint: str, schemas: dict[str, Any]) -> dict[str, Any]:
    model = BODIES[endpoint]
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    name = endpoint.removeprefix("api_").replace(".", "_")
    schemas[name] = schema
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
    return {"required": endpoint not in MAY_BE_MISSING, "content": content}


def _responses(endpoint: str, guarded: bool) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}
    found = {
        status: {
            "description": words,
            "headers": headers,
            **({"content": content} if content else {}),
        }
        for status, (words, content) in ANSWERS[endpoint].items()
    }
    refused = {"description": "Refused; says why.", "headers": headers, "content": problem}
    return {**found, "4XX": refused} if guarded or endpoint in BODIES else found
