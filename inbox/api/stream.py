"""GET /v1/exclusions/stream: the changes pushed as server-sent events, a thread for each."""

import json
from collections.abc import Iterator

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from cases import clock
from cases.db import reading
from cases.exclusions import feed
from cases.exclusions.feed import Head
from inbox import streams
from inbox.api.contract import asker, contract, needs, newest, note_pull
from inbox.api.cursors import Cursor, check, parse
from inbox.api.feed import CHANGES_AT_ONCE, read_on
from inbox.api.problems import N_, Problem
from inbox.api.seeing import View, asked_view
from inbox.api.watching import watch
from inbox.tokens import Scope, Token

pages: Blueprint = contract("stream")
HEARTBEAT = 15


@pages.get("/exclusions/stream")
@needs(Scope.FEED_READ)
def stream() -> ResponseReturnValue:
    """The changes as they are committed; `event: reset` where a snapshot is needed again."""
    view = asked_view(asker())
    said = request.headers.get("Last-Event-ID") or request.args.get("cursor")
    head = newest()
    start = parse(said) if said else Cursor(head.epoch, head.seq, view.digest())
    if not streams.enter():
        raise Problem(
            503,
            "too-many-streams",
            N_("Too many follow the stream. Ask for the changes instead."),
            headers={"Retry-After": "30"},
        )
    answer = Response(_events(asker(), view, start), content_type="text/event-stream")
    answer.call_on_close(streams.leave)
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _events(token: Token, view: View, cursor: Cursor) -> Iterator[str]:
    yield ": welcome\n\n"
    while _lives(token):
        note_pull(token)
        with reading() as session:
            head = feed.head(session) or Head(cursor.epoch, cursor.seq)
        try:
            check(cursor, head, view.digest())
            if cursor.seq == head.seq and not watch.beyond(head, HEARTBEAT):
                yield ": still here\n\n"
                continue
            page, _ = read_on(view, cursor, CHANGES_AT_ONCE)
        except Problem as gone:
            yield f"event: reset\ndata: {json.dumps({'type': gone.kind})}\n\n"
            return
        cursor = parse(page["cursor"])
        yield f"id: {cursor}\ndata: {json.dumps(page['items'])}\n\n"


def _lives(token: Token) -> bool:
    """Whether it may go on: who was let in before the token was revoked is told nothing more."""
    with reading() as session:
        known = session.get(Token, token.id)
    return known is not None and known.lives(clock.now())
