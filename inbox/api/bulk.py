"""POST /v1/check/bulk: many at once, answered in their order, at one seq."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from cases import clock
from cases.contact import Kind
from cases.db import reading
from cases.exclusions import feed, pressing
from cases.exclusions.asking import FREE, Verdict
from cases.exclusions.matrix import FAILS_CLOSED, CampaignClass
from cases.exclusions.spellings import Asked as Wanted
from cases.exclusions.spellings import Match, decide_about
from inbox.api import lists
from inbox.api.check import NOT_NOW, VALID, Asked
from inbox.api.contract import asker, body, contract, needs, newest
from inbox.api.naming import Named, an_address, hashes, named
from inbox.api.problems import N_, Problem
from inbox.api.quota import quotas
from inbox.api.seeing import View, say, view_of
from inbox.freshness import Lag, freshness
from inbox.tokens import Scope

pages: Blueprint = contract("bulk")
MOST = 10_000
LARGEST = 2 * 2**20


class Many(BaseModel):
    """Many people and one kind of mail."""

    model_config = ConfigDict(extra="forbid")

    campaign_class: CampaignClass = CampaignClass.PROMOTIONAL
    topic: str = Field(default="", max_length=100)
    match: Match = Match.EXACT
    items: list[str | dict[str, str]] = Field(max_length=100_000)


@dataclass(frozen=True, slots=True)
class Line:
    """One of the many: whom it names, or what is wrong with it."""

    n: int
    who: Named | None
    error: str = ""


@pages.post("/check/bulk")
@needs(Scope.CHECK)
def check_many() -> ResponseReturnValue:
    """Up to ten thousand people; a bad one is an error in its place, not of all."""
    request.max_content_length = LARGEST
    many = _read()
    if len(many.items) > MOST:
        raise Problem(413, "too-many", N_("Ask about ten thousand at most, or open a gate."))
    token = asker()
    asked = Asked.model_construct(campaign_class=many.campaign_class, topic=many.topic)
    view = replace(view_of(token, asked.question), match=many.match)
    quotas.spend(token, len(many.items))
    lines = [_line(n, one) for n, one in enumerate(many.items)]
    return _answer(view, lines, only=request.args.get("only") == "excluded")


def _read() -> Many:
    if request.mimetype == "application/json":
        return Many.model_validate(body())
    text = request.get_data().decode("utf-8-sig", errors="replace")
    items: list[str] | list[Any]
    if request.mimetype == "application/x-ndjson":
        items = list(_ndjson(text))
    elif request.mimetype in lists.LINES:
        items = list(lists.first_cells(text))
    else:
        raise lists.not_a_list()
    names = ("campaign_class", "topic", "match")
    said = {name: request.args[name] for name in names if name in request.args}
    return Many.model_validate({**said, "items": items})


def _ndjson(text: str) -> Iterator[Any]:
    for line in text.splitlines():
        if line.strip():
            try:
                yield json.loads(line)
            except (ValueError, RecursionError):
                yield ""


def _line(n: int, said: str | dict[str, str]) -> Line:
    try:
        if isinstance(said, str):
            return Line(n, Named(Kind.ADDRESS, an_address(said)))
        who = named(*(said.get(key) for key in ("address", "phone", "customer_id", "hash")))
    except Problem as wrong:
        return Line(n, None, wrong.kind.replace("-", "_"))
    return Line(n, who)


def _answer(view: View, lines: list[Line], *, only: bool) -> Response:
    now = clock.now()
    with reading() as session:
        feed.steady(session)
        g.head = feed.head(session) or newest()
        state = freshness(session, now).for_mailboxes(asker().mailboxes)
        stopped = state.lag is Lag.STOPPED and view.question.campaign_class in FAILS_CLOSED
        verdicts = {} if stopped else _verdicts(session, view, lines)
        turns_at = pressing.turns_by(session, view.question.topic, now, now + VALID)
    other = view.verdict(NOT_NOW if stopped else FREE)
    items = [_tell(view, line, verdicts.get(line.n), other) for line in lines]
    body = {
        "items": [one for one in items if not only or not one.get("allowed")],
        "count": len(lines),
        "feed": {
            "epoch": g.head.epoch,
            "seq": g.head.seq,
            "degraded": state.lag is not Lag.NONE,
        },
        "valid_until": say((turns_at or now + VALID) if state.lag is Lag.NONE else now),
    }
    return Response(json.dumps(body), content_type="application/json")


def _verdicts(session: Session, view: View, lines: list[Line]) -> dict[int, Verdict]:
    now = clock.now()
    by_kind: dict[Kind, dict[str, list[int]]] = {}
    for line in lines:
        if line.who is None:
            continue
        kind, value = line.who.kind, line.who.value
        if line.who.hashed:
            name = hashes.find(session, view, g.head, value)
            if name is None:
                continue
            kind, value = name
        by_kind.setdefault(kind, {}).setdefault(value, []).append(line.n)
    return {
        n: verdict
        for kind, values in by_kind.items()
        for value, verdict in decide_about(
            session, g.head, Wanted(kind, list(values), view.match), view.question, now
        ).held.items()
        for n in values[value]
    }


def _tell(view: View, line: Line, verdict: Verdict | None, other: dict[str, Any]) -> dict[str, Any]:
    if line.error:
        return {"i": line.n, "error": line.error}
    return {"i": line.n, **(other if verdict is None else view.verdict(verdict))}
