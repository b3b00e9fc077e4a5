"""The doorbell, and what goes on without it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot import queues, worker
from bot.outbox import State
from bot.timetable import TIMETABLE
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
