"""The feed for those who keep a copy: its head, the whole of it, and what changed since."""

import hashlib
import json
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from cases import clock
from cases.db import reading
from cases.exclusions import feed
from cases.exclusions.counts import counter
from cases.exclusions.feed import Head
from cases.exclusions.policies import Policy, in_force
from cases.exclusions.pressing import is_enforced, limits_of_all
from cases.exclusions.rows import FeedChange
from cases.settings import settings
from inbox.api import snapshot
from inbox.api.contract import asker, contract, needs, newest, note_pull, number
from inbox.api.cursors import SNAPSHOT, Cursor, check, parse
from inbox.api.seeing import KINDS, View, asked_view, say
from inbox.api.snapshot import CSV, NDJSON
from inbox.api.watching import watch
from inbox.freshness import freshness
from inbox.tokens import Scope

pages: Blueprint = contract("feed")
LEASE = {"soft_s": 900, "hard_s": 3600}
CHANGES_AT_ONCE = 5000
PAGE = 10_000
LONGEST_WAIT = 25


@pages.get("/feed")
@needs(any_of=(Scope.FEED_READ, Scope.CHECK, Scope.GATE))
def about() -> ResponseReturnValue:
    """Where the feed stands, and whether it can be believed: cheap enough to ask all the time."""
    head, now = newest(), clock.now()
    with reading() as session:
        state = freshness(session, now).for_mailboxes(asker().mailboxes)
        view = asked_view(asker()).under(session)
        asked = view.question.campaign_class
        counts = view.counts(counter.counts(session, head.epoch, asked, view.changes, now))
        policy, holds = in_force(session), is_enforced(session, now)
    body = {
        "feed_id": "tregua-exclusions-1",
        "epoch": head.epoch,
        "seq": head.seq,
        "cursor": str(Cursor(head.epoch, head.seq, view.digest())),
        "generated_at": say(now),
        "server_time": say(now),
        "lease": LEASE,
        "counts": counts,
        "policy": policy.digest,
        "pressure": _pressure(policy, holds, now),
        "jwks_uri": "/.well-known/jwks.json",
        "normalisation": "tregua-1",
        "degraded": list(state.degraded),
        "lag": state.lag.name.lower(),
    }
    answer = Response(json.dumps(body), content_type="application/json")
    answer.headers["Cache-Control"] = "private, no-cache"
    said = json.dumps([counts, body["policy"], body["pressure"]])
    told = hashlib.sha256(said.encode()).hexdigest()[:12]
    answer.set_etag(f"{head.epoch}-{head.seq}-{state.lag}-{view.digest()}-{told}")
    return answer.make_conditional(request)


def _pressure(policy: Policy, holds: bool, now: datetime) -> dict[str, Any]:
    """How much mail is enough: as a rule, now, and by topic and season."""
    current, today = limits_of_all(policy, now).at(now), now.astimezone(ZoneInfo(settings().zone))
    return {
        "cap": current.cap,
        "half_life_s": int(current.half_life.total_seconds()),
        "gap_s": int(current.gap.total_seconds()),
        "holds": holds,
        "limits": [
            {**one.meaning(), "in_force": one.runs_on(today.date())} for one in policy.ceilings
        ],
    }


@pages.get("/exclusions")
@needs(Scope.FEED_READ)
def exclusions() -> ResponseReturnValue:
    """Everybody who is held, at one seq."""
    view = asked_view(asker())
    note_pull(asker())
    wants = request.accept_mimetypes.best_match(
        ["application/x-ndjson", "text/csv", "application/json"], default="application/x-ndjson"
    )
    if wants == "application/json":
        return _page(view)
    packed = request.accept_encodings.quality("gzip") > 0
    with reading() as session:
        feed.steady(session)
        head = g.head = feed.head(session) or newest()
        etag = f"{head.epoch}-{head.seq}-{view.digest()}{'-csv' * (wants == 'text/csv')}"
        # A proxy that packs answers weakens their marks, which are alike all the same.
        if any(request.if_none_match.contains_weak(one) for one in (etag, f"{etag}-gz")):
            return _unchanged(etag)
        file = snapshot.write(
            session, view.under(session), head, as_csv=wants == "text/csv", packed=packed
        )
    answer = Response(snapshot.pieces(file), content_type=CSV if wants == "text/csv" else NDJSON)
    answer.call_on_close(file.close)
    if packed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.set_etag(etag + "-gz" * packed)
    answer.headers["Vary"] = "Accept, Accept-Encoding, Authorization"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _unchanged(etag: str) -> Response:
    answer = Response(status=304)
    answer.set_etag(etag)
    return answer


def _page(view: View) -> Response:
    """A page of JSON. What changes meanwhile comes later in the order, so nothing is missed."""
    limit = max(1, min(number("limit", PAGE), PAGE))
    after = number("after", 0, 2**62)
    with reading() as session:
        feed.steady(session)
        head = g.head = feed.head(session) or newest()
        cursor = request.args.get("cursor") or str(Cursor(head.epoch, head.seq, view.digest()))
        check(parse(cursor), head, view.digest())
        items, more = snapshot.page(session, view.under(session), after, limit)
    answer = Response(
        json.dumps({"items": items, "cursor": cursor, "more": more is not None}),
        content_type="application/json",
    )
    if more is not None:
        query = {**request.args, "after": more, "limit": limit, "cursor": cursor}
        answer.headers["Link"] = f'<{SNAPSHOT}?{urlencode(query)}>; rel="next"'
    return answer


@pages.get("/exclusions/changes")
@needs(Scope.FEED_READ)
def changes() -> ResponseReturnValue:
    """What happened since the cursor, in the order of commits."""
    view = asked_view(asker())
    note_pull(asker())
    cursor = parse(request.args.get("cursor", ""))
    limit = max(1, min(number("limit", CHANGES_AT_ONCE), CHANGES_AT_ONCE))
    wait = min(number("wait", 0), LONGEST_WAIT)
    head = newest()
    check(cursor, head, view.digest())
    if wait and cursor.seq == head.seq:
        watch.beyond(head, wait)
    page, g.head = read_on(view, cursor, limit)
    return page


def read_on(view: View, cursor: Cursor, limit: int) -> tuple[dict[str, Any], Head]:
    """A page of changes after that cursor; raises Problem where they are gone."""
    with reading() as session:
        feed.steady(session)
        head = feed.head_or_start(session)
        check(cursor, head, view.digest())
        columns = (FeedChange.seq, FeedChange.kind, FeedChange.value, FeedChange.holds)
        rows = session.execute(
            select(*columns)
            .where(FeedChange.seq > cursor.seq)
            .order_by(FeedChange.seq)
            .limit(limit)
        ).all()
        view = view.under(session)
    last = rows[-1].seq if rows else cursor.seq
    page = {
        "items": [_change(view, *row) for row in rows],
        "cursor": str(Cursor(head.epoch, last, view.digest())),
        "more": last < head.seq,
        "seq": last,
    }
    return page, head


def _change(view: View, seq: int, kind: Any, value: str, holds: list[Any]) -> dict[str, Any]:
    item = snapshot.an_item(view, kind, value, holds)
    if item is None:
        return {"op": "release", "kind": KINDS[kind], view.field: view.name(value), "seq": seq}
    return {"op": "upsert", **item, "seq": seq}
