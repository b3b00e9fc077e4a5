"""For machines that watch: /healthz, /readyz, and /metrics as Prometheus reads them."""

from collections.abc import Mapping

from flask import Response, abort, jsonify, make_response, request
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from bot import queues, signs
from bot.staff_mail.alarms import Alarm
from cases import clock
from cases.db import reading
from inbox import revision, tokens
from inbox.peers import address_of
from inbox.tokens import Scope
from inbox.web import standing
from inbox.web.access import Pages, Policy, allow

pages = Pages("monitoring", __name__)
Sample = tuple[str, Mapping[str, object], float]
_HELP = {
    "tregua_waiting": "How many things wait, counted up to a hundred.",
    "tregua_oldest_seconds": "For how long the oldest of them has waited.",
    "tregua_mailbox_lag_seconds": "How far behind the reading of a mailbox is.",
    "tregua_feed_lag": "0: the feed is fresh; 1: behind; 2: it cannot be believed.",
    "tregua_queue_depth": "Calls in a queue.",
    "tregua_queue_workers": "Workers of a queue.",
    "tregua_failed_calls": "Calls that failed within the last hour.",
    "tregua_alarms_running": "What is wrong now.",
    "tregua_disk_free_bytes": "Room on the disk of the data.",
    "tregua_disk_total_bytes": "Size of the disk of the data.",
}


@pages.get("/healthz")
@allow(Policy.PUBLIC)
def alive() -> Response:
    """The process answers, whatever else is away."""
    return jsonify(ok=True)


@pages.get("/readyz")
@allow(Policy.PUBLIC)
def ready() -> Response:
    """Whether it can serve: the database is there and has the tables of this version.

    Asked for the workers too, whether all of them and the poller run: nobody else can tell that
    none of them does.
    """
    silent: list[str] = []
    try:
        tables = revision.is_current()
        if tables and request.args.get("workers"):
            with reading() as session:
                silent = signs.silent(session, clock.now())
    except SQLAlchemyError:
        return make_response(jsonify(ok=False, database=False, tables=False), 503)
    said = {"database": True, "tables": tables} | ({"silent": silent} if silent else {})
    ok = tables and not silent
    return make_response(jsonify(ok=ok, **said), 200 if ok else 503)


@pages.get("/metrics")
@allow(Policy.PUBLIC)
def metrics() -> Response:
    """The numbers; for this machine itself, and for who brings a token that may read them."""
    with reading() as session:
        if not _is_here() and not _may(session):
            abort(403)
        said = _written([*_of_database(session), *_of_queues(), *_of_disk()])
    return Response(said, content_type="text/plain; version=0.0.4; charset=utf-8")


def _is_here() -> bool:
    """Asked from this machine, and not for somebody else by a proxy on it."""
    forwarded = {"X-Forwarded-For", "X-Real-Ip", "Forwarded", "Via"} & set(request.headers.keys())
    here = address_of(request.remote_addr or "")
    return here is not None and here.is_loopback and not forwarded


def _may(session: Session) -> bool:
    token = tokens.recognise(session, request.headers.get("Authorization", "")[:300])
    place = request.remote_addr or ""
    return token is not None and token.may(Scope.METRICS_READ) and token.may_come_from(place)


def _of_database(session: Session) -> list[Sample]:
    waiting = standing.waiting(session)
    running = select(func.count()).where(Alarm.ended_at.is_(None))
    return [
        *(("tregua_waiting", {"what": one.what}, one.count) for one in waiting),
        *(
            ("tregua_oldest_seconds", {"what": one.what}, one.age.total_seconds())
            for one in waiting
        ),
        *(
            ("tregua_mailbox_lag_seconds", {"mailbox": one.id}, one.lag.total_seconds())
            for one in standing.reading_of_mail(session)
            if one.lag is not None and not one.paused
        ),
        ("tregua_feed_lag", {}, int(standing.feed(session).lag)),
        ("tregua_alarms_running", {}, session.scalar(running) or 0),
    ]


def _of_queues() -> list[Sample]:
    """Nothing where Redis is away: a missing number is an alarm of its own."""
    failed = queues.failed()
    if failed is None:
        return []
    return [
        *(("tregua_queue_depth", {"queue": one}, queues.depth(one) or 0) for one in queues.QUEUES),
        *(
            ("tregua_queue_workers", {"queue": one}, queues.workers(one) or 0)
            for one in queues.QUEUES
        ),
        ("tregua_failed_calls", {}, len(failed)),
    ]


def _of_disk() -> list[Sample]:
    room = standing.room()
    return [
        ("tregua_disk_free_bytes", {}, room.free),
        ("tregua_disk_total_bytes", {}, room.total),
    ]


def _written(samples: list[Sample]) -> str:
    lines: list[str] = []
    for name, about in _HELP.items():
        some = [one for one in samples if one[0] == name]
        if some:
            lines += [f"# HELP {name} {about}", f"# TYPE {name} gauge"]
            lines += [f"{name}{_labels(labels)} {value:.15g}" for _name, labels, value in some]
    # Scrapers know by it how fresh the numbers are.
    lines += [
        "# HELP tregua_now_seconds When they were taken.",
        "# TYPE tregua_now_seconds gauge",
        f"tregua_now_seconds {clock.now().timestamp():.0f}",
    ]
    return "\n".join(lines) + "\n"


def _labels(said: Mapping[str, object]) -> str:
    return "{" + ",".join(f'{name}="{value}"' for name, value in said.items()) + "}" if said else ""
