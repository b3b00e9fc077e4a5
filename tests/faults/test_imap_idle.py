"""Waiting for news can never silently stop the intake, however the server or the line dies."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cases import clock
from inbox.intake.poller.watching import Watch, watch
from tests.databases import forget
from tests.mailroom import ADDRESS, Mailroom, a_mail
from tests.running import until
from tests.servers.dovecot import Dovecot
from tests.servers.toxic import ToxicProxy

NOTICED_WITHIN = 40.0


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """What is asked of the server is the same on every database."""
    return f"sqlite:///{tmp_path}/tregua.db"


@pytest.fixture
def proxy(dovecot: Dovecot, toxic: Callable[[int], ToxicProxy]) -> ToxicProxy:
    return toxic(dovecot.imap_port)


@pytest.fixture
def room(
    installation: str,
    monkeypatch: pytest.MonkeyPatch,
    redis_url: str,
    dovecot: Dovecot,
    proxy: ToxicProxy,
) -> Iterator[Mailroom]:
    monkeypatch.setenv("TREGUA_REDIS_URL", redis_url)
    monkeypatch.setenv("TREGUA_POLL_SECONDS", "3")
    monkeypatch.setattr("inbox.intake.imap.account.READ_SECONDS", 2.0)
    monkeypatch.setattr("inbox.intake.imap.idling.LEAVE_SECONDS", 1.0)
    forget()
    yield Mailroom(dovecot, proxy.port)
    forget()


@contextmanager
def _watching(room: Mailroom) -> Iterator[Watch]:
    one = Watch(room.id, threading.Event())
    thread = threading.Thread(target=watch, args=(one,))
    thread.start()
    try:
        until(lambda: room.row.last_ok_at is not None)
        time.sleep(0.2)
        yield one
    finally:
        one.stop.set()
        one.pulse.cut()
        thread.join(60)
    assert not thread.is_alive()


def _closed(room: Mailroom, proxy: ToxicProxy) -> None:
    room.dovecot.kick(ADDRESS)


def _reset(room: Mailroom, proxy: ToxicProxy) -> None:
    proxy.cut()


def _dead_line(room: Mailroom, proxy: ToxicProxy) -> None:
    """Nothing passes and nothing is closed; what was open then never comes back."""
    proxy.stalled = True
    time.sleep(0.5)
    proxy.cut()
    proxy.heal()


def _server_asleep(room: Mailroom, proxy: ToxicProxy) -> None:
    sleepers = _descendants(room.dovecot.process.pid if room.dovecot.process else 0)
    for pid in sleepers:
        os.kill(pid, signal.SIGSTOP)
    time.sleep(1.0)
    for pid in sleepers:
        os.kill(pid, signal.SIGCONT)


def _descendants(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    found = [int(child) for child in children]
    return found + [deeper for child in found for deeper in _descendants(child)]


FAULTS = (_closed, _reset, _dead_line, _server_asleep)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault.__name__)[1:])
def test_after_a_fault_new_mail_is_noticed(
    room: Mailroom, proxy: ToxicProxy, fault: Callable[[Mailroom, ToxicProxy], None]
) -> None:
    with _watching(room):
        fault(room, proxy)
        room.deliver(a_mail("a"))
        until(lambda: bool(room.subjects), seconds=NOTICED_WITHIN)
    assert room.subjects == ["a"]


def test_a_line_that_stays_dead_is_known_on_the_mailbox(room: Mailroom, proxy: ToxicProxy) -> None:
    with _watching(room):
        proxy.stalled = True
        until(lambda: room.row.failing_since is not None)
        assert "cannot be used now" in room.row.last_error
        proxy.heal()
        until(lambda: room.row.failing_since is None)
        assert not room.row.is_silent(clock.now())


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_a_hundred_faults_stop_nothing(room: Mailroom, proxy: ToxicProxy) -> None:
    with _watching(room):
        for n in range(100):
            FAULTS[n % len(FAULTS)](room, proxy)
            room.deliver(a_mail(f"m{n}"))
            until(lambda: len(room.mails) == n + 1, seconds=60)  # noqa: B023  called at once
    assert room.subjects == [f"m{n}" for n in range(100)]
