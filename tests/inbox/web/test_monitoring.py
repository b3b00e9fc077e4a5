"""What machines that watch are told, and what people see of failed calls."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from bot import queues, signs
from bot.signs import WorkerSign
from cases import clock
from cases.audit import Entry
from cases.db import reading, transaction
from cases.taxonomy import following
from inbox import schema, tokens
from inbox.tokens import Scope
from tests.databases import forget
from tests.inbox.web.conftest import Enter, Visitor
from tests.seeding import ADMIN


def test_it_says_that_it_lives_and_whether_it_can_serve(visitor: Visitor) -> None:
    assert visitor.get("/healthz").json == {"ok": True}
    away = visitor.get("/readyz")
    assert (away.status_code, away.json["tables"]) == (503, False)
    schema.stamp()
    assert visitor.get("/readyz").json == {"ok": True, "database": True, "tables": True}


def test_it_lives_while_the_database_is_away(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    following.forget()
    monkeypatch.setenv("TREGUA_DATABASE_URL", f"sqlite:///{tmp_path}/none/tregua.db")
    forget()
    alive, ready = visitor.get("/healthz"), visitor.get("/readyz")
    monkeypatch.undo()
    forget()
    assert (alive.status_code, alive.json) == (200, {"ok": True})
    assert (ready.status_code, ready.json["database"]) == (503, False)


def test_whoever_watches_from_outside_is_told_that_nobody_works(visitor: Visitor) -> None:
    schema.stamp()
    now = clock.now()
    with transaction() as session:
        session.execute(delete(WorkerSign))
    nobody = visitor.get("/readyz?workers=1")
    assert (nobody.status_code, nobody.json["silent"]) == (503, ["file", "send", "tag"])
    with transaction() as session:
        for one in queues.QUEUES:
            signs.give(session, one, now)
    assert visitor.get("/readyz?workers=1").json["ok"]
    with transaction() as session:
        signs.give(session, signs.POLLER, now)
    with clock.at(now + timedelta(minutes=2)):
        with transaction() as session:
            signs.give(session, queues.SEND, clock.now())
        dead = visitor.get("/readyz?workers=1")
        assert (dead.status_code, dead.json["silent"]) == (503, ["file", "tag", "poll"])
        # A proxy that only asks whether pages can be served goes on sending people here.
        assert visitor.get("/readyz").status_code == 200


def test_the_numbers_are_for_this_machine_and_for_a_token_that_may(visitor: Visitor) -> None:
    page = visitor.get("/metrics").text
    assert re.search(r'^tregua_waiting\{what="filing"\} \d+$', page, re.MULTILINE)
    assert re.search(r'^tregua_mailbox_lag_seconds\{mailbox="2"\} 1\d+', page, re.MULTILINE)
    assert re.search(r'^tregua_queue_depth\{queue="send"\} \d+$', page, re.MULTILINE)
    assert "@" not in page
    with transaction() as session:
        may = tokens.issue(session, "Prometheus", frozenset({Scope.METRICS_READ}))
        may_not = tokens.issue(session, "Boletines", frozenset({Scope.CHECK}))
    by_proxy = {"X-Forwarded-For": "203.0.113.9"}
    for token, status in ((may, 200), (may_not, 403), ("", 403)):
        headers = by_proxy | {"Authorization": f"Bearer {token}"}
        assert visitor.client.get("/metrics", headers=headers).status_code == status


def test_a_failed_call_is_shown_tried_again_and_discarded(enter: Enter) -> None:
    admin = enter(ADMIN)
    job = queues.queue(queues.TAG).enqueue("inbox.intake.jobs.no_such_job", failure_ttl=60)
    waiting = queues.queue(queues.TAG)
    waiting.remove(job)
    waiting.failed_job_registry.add(job, ttl=60, exc_string="ValueError: the reason")
    page = admin.get("/admin/queues").text
    assert "no_such_job" in page
    before = queues.depth(queues.TAG) or 0
    fields = {"queue": queues.TAG, "job": job.id}
    assert admin.post("/admin/queues/failed", do="again", **fields).status_code == 303
    assert queues.depth(queues.TAG) == before + 1
    assert admin.post("/admin/queues/failed", do="discard", **fields).location.endswith(
        "done=gone_call.0"
    )
    waiting.remove(job)
    with reading() as session:
        assert [one.what for one in session.scalars(select(Entry))] == ["queue.retried"]
