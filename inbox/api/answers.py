"""What each resource answers, as the OpenAPI document describes it."""

from typing import Any

Content = dict[str, Any] | None
Answer = dict[str, tuple[str, Content]]


def _object(required: str = "", **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required.split()}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


TEXT = {"type": "string"}
NUMBER = {"type": "integer"}
BOOL = {"type": "boolean"}
INSTANT = {"type": ["string", "null"], "format": "date-time"}
PROBLEM = _object("type title status", type=TEXT, title=TEXT, status=NUMBER)
FEED = _object("epoch seq", epoch=TEXT, seq=NUMBER, degraded=BOOL)
VERDICT = _object(
    "allowed until feed valid_until",
    allowed=BOOL,
    until=INSTANT,
    action={"enum": ["allow", "review", "exclude"]},
    group={"type": ["string", "null"]},
    reason={"type": ["string", "null"]},
    feed=FEED,
    valid_until=INSTANT,
)
ITEM = _object(
    "kind",
    op={"enum": ["upsert", "release"]},
    kind={"enum": ["address", "phone", "customer_id"]},
    address=TEXT,
    hash=TEXT,
    action={"enum": ["review", "exclude"]},
    starts_at=INSTANT,
    until=INSTANT,
    group=TEXT,
    reason=TEXT,
    holds={"type": "array"},
    seq=NUMBER,
)
MANY = {"type": "array", "items": ITEM}
COUNTED = _object("n", n=NUMBER, digest=TEXT)
GATE = _object(
    "id status decision allowed excluded receipt lease_until",
    id=TEXT,
    status={"enum": ["open", "sealed", "honoured", "unasked", "unreported"]},
    decision={"enum": ["go", "review", "waves", "no_go", None]},
    feed=FEED,
    audience=COUNTED,
    allowed=COUNTED,
    late=COUNTED,
    excluded=_object("n", n=NUMBER),
    too_much=NUMBER,
    matching={"enum": ["exact", "loose"]},
    lease_until=INSTANT,
    receipt={"type": ["string", "null"]},
    links={"type": "object"},
    excluded_now={"type": "array"},
    released={"type": "array"},
    offenders={"type": "array"},
)
CAMPAIGN = _object("id campaign_class weight", id=TEXT, campaign_class=TEXT, weight={})
TAKEN = _object("new known invalid", new=NUMBER, known=NUMBER, invalid=NUMBER)
HOOK = _object("id url events", id=NUMBER, url=TEXT, events={"type": "array"}, secret=TEXT)
DELIVERY = _object("id event attempts", id=NUMBER, event=TEXT, attempts=NUMBER)
LISTED = _object("items", items={"type": "array"})
LIST: dict[str, Any] = {"text/csv": {}, "application/x-ndjson": {}}
PAGE = _object("items cursor more", items=MANY, cursor=TEXT, more=BOOL)
COUNTS = _object("held", held=NUMBER, by_group={"type": "object"}, by_reason={"type": "object"})
LIMIT = _object(
    "topic cap in_force",
    topic=TEXT,
    cap={"type": "number"},
    gap_s=NUMBER,
    **{"from": {"type": "string", "format": "date"}},
    until={"type": "string", "format": "date"},
    yearly=BOOL,
    in_force=BOOL,
)
PRESSURE = _object(
    "cap half_life_s gap_s holds limits",
    cap={"type": "number"},
    half_life_s=NUMBER,
    gap_s=NUMBER,
    holds=BOOL,
    limits={"type": "array", "items": LIMIT},
)
HEAD = _object(
    "epoch seq cursor degraded lag lease counts policy pressure",
    epoch=TEXT,
    seq=NUMBER,
    cursor=TEXT,
    counts=COUNTS,
    policy=TEXT,
    pressure=PRESSURE,
)
RECEIPT = _object("jti receipt", jti=TEXT, receipt=TEXT)
LOAD = _object(
    "verdict utilisation formula reasons inputs waves",
    verdict={"enum": ["go", "waves", "no_go", "not_enough_data"]},
    decision={"enum": ["go", "waves", "no_go"]},
    utilisation={"type": ["number", "null"]},
    formula=TEXT,
    reasons={"type": "array", "items": TEXT},
    inputs={"type": "object"},
    blocks=BOOL,
    max_per_hour={"type": ["integer", "null"]},
    not_before=INSTANT,
    overridden_until=INSTANT,
    waves={"type": "array"},
    left_over=NUMBER,
    slots={"type": "array"},
)
ORDER = _object("number state items", number=TEXT, state=TEXT, items={"type": "array"})
CHECKED = _object("valid", valid=BOOL, expired={"type": ["boolean", "null"]}, claims={})
BULK = _object("items count feed valid_until", items={"type": "array"}, count=NUMBER, feed=FEED)
REPLY = _object(
    "id state rule reason not_before",
    id=NUMBER,
    state=TEXT,
    case={"type": ["integer", "null"]},
    rule=TEXT,
    reason=TEXT,
    not_before=INSTANT,
    expires_at=INSTANT,
    version=TEXT,
    permission={"enum": ["yes", "not_before", "no"]},
)
FOLLOWED = _object("items next", items={"type": "array"}, next=NUMBER)
CASE = _object("case state", case=NUMBER, state=TEXT, messages={"type": "array"})
TURN = _object("case with", case=NUMBER, tried=BOOL)
NOTED = _object("case message new", case=NUMBER, message=NUMBER, new=BOOL)
CORRECTED = _object("case corrections new", case=NUMBER, corrections={"type": "array"}, new=BOOL)
CORRECTION = _object("id field was now by at", id=NUMBER, field=TEXT, was=TEXT, now=TEXT)
TYPES = _object("version types", version=TEXT, types={"type": "array"})

HEADERS: dict[str, Any] = {
    "Tregua-Request-Id": {
        "description": "What this answer is called, to be kept by whoever asked.",
        "required": True,
        "schema": TEXT,
    },
    "Tregua-Feed": {
        "description": "Where the feed stands, as epoch=…;seq=…; where a token asked.",
        "schema": TEXT,
    },
    "Tregua-Test": {
        "description": "Only in a sandbox: people and answers are invented, and nothing is sent.",
        "schema": {"enum": ["true"]},
    },
}

_GATE_MADE: Answer = {"201": ("The gate.", _json(GATE)), "200": ("The same gate.", _json(GATE))}

ANSWERS: dict[str, Answer] = {
    "api_feed.about": {"200": ("Where the feed stands.", _json(HEAD)), "304": ("As before.", None)},
    "api_feed.exclusions": {
        "200": ("Everybody who is held.", {**_json(PAGE), **LIST}),
        "304": ("As before.", None),
    },
    "api_feed.changes": {"200": ("What changed.", _json(PAGE))},
    "api_stream.stream": {
        "200": ("The changes as they come.", {"text/event-stream": {}}),
        "503": ("Too many follow.", None),
    },
    "api_check.check": {"200": ("The answer.", _json(VERDICT))},
    "api_check.check_hash": {
        "200": ("The answer.", _json(VERDICT)),
        "204": ("Allowed.", None),
        "503": ("Not fresh.", None),
    },
    "api_bulk.check_many": {"200": ("The answers in order.", _json(BULK))},
    "api_campaigns.create": {"201": ("The campaign.", _json(CAMPAIGN))},
    "api_campaigns.put": {"200": ("The campaign.", _json(CAMPAIGN))},
    "api_gates.open_gate": _GATE_MADE,
    "api_gates.put_part": {"200": ("Kept.", _json(_object("part count", count=NUMBER)))},
    "api_gates.seal": {"201": ("The answer and its receipt.", _json(GATE))},
    "api_gates.show": {"200": ("The gate.", _json(GATE))},
    "api_gates.allowed": {
        "200": ("Who may be written to.", LIST),
        "304": ("As before.", None),
    },
    "api_gates.excluded": {"200": ("Who may not.", LIST), "304": ("As before.", None)},
    "api_sending.refresh": {"200": ("What changed for this audience.", _json(GATE))},
    "api_sending.commit": {"200": ("Honoured or unasked.", _json(GATE))},
    "api_receipts.show": {"200": ("The receipt.", _json(RECEIPT))},
    "api_receipts.verify": {"200": ("Whether it is ours.", _json(CHECKED))},
    "api_keys.jwks": {"200": ("Public keys.", _json(_object("keys", keys={"type": "array"})))},
    "api_suppressions.suppressions": {"200": ("What was new.", _json(TAKEN))},
    "api_contacts.write": {"200": ("Who was taken.", _json(_object("taken refused")))},
    "api_orders.write": {"200": ("The order.", _json(ORDER))},
    "api_orders.show": {"200": ("The order.", _json(ORDER))},
    "api_touches.write": {"200": ("What was new.", _json(TAKEN))},
    "api_load.show": {"200": ("Whether the agents can bear it.", _json(LOAD))},
    "api_load.plan": {"200": ("The same, with the waves it may go in.", _json(LOAD))},
    "api_webhooks.create": {"201": ("The webhook and its secret.", _json(HOOK))},
    "api_webhooks.show": {"200": ("The webhooks.", _json(LISTED))},
    "api_webhooks.end": {"204": ("Ended.", None)},
    "api_webhooks.deliveries": {"200": ("What it was told.", _json(LISTED))},
    "api_webhooks.again": {"202": ("It is sent again.", _json(DELIVERY))},
    "api_bots.propose": {
        "202": ("Queued, merged or a draft.", _json(REPLY)),
        "200": ("Silence, or decided before.", _json(REPLY)),
    },
    "api_bots.show": {"200": ("What became of it.", _json(REPLY))},
    "api_bots.withdraw": {"204": ("Taken back.", None)},
    "api_bots.permit": {"200": ("Yes, not before, or no.", _json(REPLY))},
    "api_bots.hand_over": {"200": ("People have it.", _json(TURN))},
    "api_bots.hand_back": {"200": ("Bots may speak.", _json(TURN))},
    "api_following.cases": {"200": ("Cases that changed.", _json(FOLLOWED))},
    "api_following.case": {"200": ("The case.", _json(CASE))},
    "api_following.decisions": {"200": ("Decisions.", _json(FOLLOWED))},
    "api_taxonomy.types": {"200": ("The taxonomy.", _json(TYPES)), "304": ("As before.", None)},
    "api_corrections.write": {
        "201": ("It is learned from.", _json(CORRECTED)),
        "200": ("Known already.", _json(CORRECTED)),
    },
    "api_corrections.show": {"200": ("The correction.", _json(CORRECTION))},
    "api_corrections.end": {"204": ("Taken back.", None)},
    "api_interactions.write": {
        "201": ("It counts.", _json(NOTED)),
        "200": ("Known already.", _json(NOTED)),
    },
    "api_openapi.document": {"200": ("This document.", _json({"type": "object"}))},
}


def _query(name: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema or TEXT}


_CLASSES = ("promotional", "newsletter", "drip", "survey", "collections")
_CLASS = _query(
    "campaign_class",
    enum=[*_CLASSES, "service_notice", "transactional", "safety_legal"],
)
_TOPIC = _query("topic", type="string", maxLength=100)
_HASH = _query("hash", enum=["none", "hmac-sha256", "sha256"])
_FIELDS = {
    **_query("fields", type="array", items={"type": "string"}),
    "style": "form",
    "explode": False,
}
_WHOLE = {"type": "integer", "minimum": 0}

QUERIES: dict[str, list[dict[str, Any]]] = {
    "api_feed.about": [_CLASS, _TOPIC, _HASH],
    "api_feed.exclusions": [
        *(_CLASS, _TOPIC, _HASH, _FIELDS),
        *(_query("limit", **_WHOLE), _query("after", **_WHOLE), _query("cursor")),
    ],
    "api_feed.changes": [
        *(_CLASS, _TOPIC, _HASH, _FIELDS),
        *(_query("cursor"), _query("limit", **_WHOLE), _query("wait", **_WHOLE, maximum=25)),
    ],
    "api_stream.stream": [_CLASS, _TOPIC, _HASH, _FIELDS, _query("cursor")],
    "api_check.check_hash": [_CLASS, _TOPIC, _query("as", enum=["status"])],
    "api_bulk.check_many": [
        *(_CLASS, _TOPIC, _query("match", enum=["exact", "loose"])),
        _query("only", enum=["excluded"]),
    ],
    "api_sending.refresh": [_query("released"), _query("all")],
    "api_load.show": [_CLASS, _query("audience", **_WHOLE)],
    "api_following.cases": [_query("since", **_WHOLE), _query("limit", **_WHOLE)],
    "api_following.decisions": [
        *(_query("case", **_WHOLE), _query("since", **_WHOLE), _query("limit", **_WHOLE)),
    ],
}
