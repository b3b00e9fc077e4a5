"""The doorbell, and what goes on without it."""

import re
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from rq import Callback, Queue
from rq.serializers import DefaultSerializer
from sqlalchemy.exc import OperationalError

from bot import queues, worker
from bot.outbox import State
from bot.timetable import CALLS, TIMETABLE, Periodic
from cases import clock
from cases.db import transaction
from inbox import schema
from tests.bot.test_outbox import queued, state_of
from tests.databases import forget
from tests.running import running, until
from tests.servers.redis_server import RedisServer
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture
def ringing(
    installation: str,
    monkeypatch: pytest.MonkeyPatch,
    redis_url: str,
    smtp_sink: SmtpSink,
) -> None:
    """An installation with a Redis and a relay."""
    monkeypatch.setenv("TREGUA_REDIS_URL", redis_url)
    monkeypatch.setenv("TREGUA_SMTP_PORT", str(smtp_sink.port))
    forget()


@pytest.mark.usefixtures("ringing")
def test_the_bell_rings_only_after_the_commit(redis_server: RedisServer) -> None:
    with pytest.raises(ZeroDivisionError):
        _fail_after_waking()
    assert queues.queue(queues.SEND).count == 0
    with transaction() as session:
        queues.wake(session, queues.SEND, "bot.jobs.deliver_due")
        queues.wake(session, queues.SEND, "bot.jobs.deliver_due")
        assert queues.queue(queues.SEND).count == 0
    assert queues.queue(queues.SEND).count == 1


def _fail_after_waking() -> None:
    with transaction() as session:
        queues.wake(session, queues.SEND, "bot.jobs.deliver_due")
        raise ZeroDivisionError


@pytest.mark.usefixtures("installation")
def test_a_bell_that_cannot_ring_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREGUA_REDIS_URL", "redis://127.0.0.1:1/0")
    forget()
    with transaction() as session:
        queues.wake(session, queues.SEND, "bot.jobs.deliver_due")
    assert clock.now()


@pytest.mark.usefixtures("ringing")
def test_whoever_writes_to_redis_has_nothing_run_but_our_calls(
    tmp_path: Path, redis_server: RedisServer
) -> None:
    written = tmp_path / "written"
    touch = {"args": (str(written),), "result_ttl": 0}
    ours = queues.queue(queues.SEND)
    pickled = Queue(queues.SEND, connection=queues.connection(), serializer=DefaultSerializer)
    jobs = [
        ours.enqueue_call("os.mkdir", **touch),
        pickled.enqueue_call("os.mkdir", **touch),
        ours.enqueue_call("bot.worker.named", ("os.abort",)),
        ours.enqueue_call("os.getcwd"),
        ours.enqueue_call("bot.jobs.notice", on_success=Callback("os.abort")),
        ours.enqueue_call("no.such_call", on_failure=Callback("os.abort")),
    ]
    queues.ring(queues.SEND, "bot.jobs.deliver_due")
    worker.answer(queues.SEND)
    assert not written.exists()
    assert ours.count == 0
    failed = set(ours.failed_job_registry.get_job_ids())
    assert failed == {one.id for one in jobs} - {jobs[4].id}


def test_every_ring_in_the_code_is_one_of_our_calls() -> None:
    rung = re.compile(
        r"\b(?:wake|ring)\([^()\"]*\"(\w+\.[\w.]+)\"|^(?:FILE_)?JOB = \"([\w.]+)\"", re.M
    )
    found = {
        one[1] or one[2]
        for folder in ("bot", "inbox", "cases")
        for path in (Path(__file__).parents[2] / folder).rglob("*.py")
        for one in rung.finditer(path.read_text("utf-8"))
    }
    assert len(found) > 5
    assert found <= CALLS
    for one in CALLS:
        assert callable(worker.named(one)), one


def test_every_periodic_job_exists_and_has_a_worker() -> None:
    for periodic in TIMETABLE:
        assert callable(worker.named(periodic.job))
        assert periodic.queue in queues.QUEUES


def test_mail_leaves_though_redis_is_away(
    ringing: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, smtp_sink: SmtpSink
) -> None:
    monkeypatch.setenv("TREGUA_REDIS_URL", "redis://127.0.0.1:1/0")
    forget()
    schema.stamp()
    mail_id = queued()
    with running(tmp_path, ("work", "send")):
        until(lambda: state_of(mail_id) is State.ACCEPTED, what="sending")
    assert len(smtp_sink.mails) == 1


@pytest.mark.slow
@pytest.mark.usefixtures("ringing")
def test_a_worker_that_is_told_to_end_ends_though_redis_ended_first(
    redis_server: RedisServer, tmp_path: Path
) -> None:
    schema.stamp()
    command = [sys.executable, "-m", "inbox", "work", "send"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    until(lambda: queues.workers(queues.SEND) == 1, what="the worker serves")
    redis_server.stop()
    process.send_signal(signal.SIGTERM)
    try:
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        redis_server.start()


def test_a_database_that_is_away_is_told_in_a_line_and_nothing_of_people(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    over = threading.Event()
    monkeypatch.setattr(worker, "_stopping", over)

    def fail() -> None:
        over.set()
        said = Exception("connection refused\nIs the server running?")
        raise OperationalError("SELECT :address", {"address": "ana@cliente.test"}, said)

    worker._sweep(Periodic("bot.jobs.notice", queues.SEND, timedelta()), fail)
    assert caplog.messages == ["bot.jobs.notice waits: connection refused"]
    assert "Traceback" not in caplog.text
