"""The connection breaks at any byte, stalls or crawls: no mail is lost, doubled or waited for."""

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inbox.intake.imap import ImapFailure
from tests.databases import forget
from tests.mailroom import Mailroom, a_mail
from tests.servers.dovecot import Dovecot
from tests.servers.toxic import ToxicProxy


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
    monkeypatch.setattr("inbox.intake.imap.account.READ_SECONDS", 1.0)
    forget()
    yield Mailroom(dovecot, proxy.port)
    forget()


def _read_whatever_happens(room: Mailroom) -> bool:
    try:
        room.read()
    except ImapFailure:
        return False
    return True


def assert_cuts_lose_nothing(room: Mailroom, proxy: ToxicProxy, cuts: int, seed: int) -> None:
    chance, broken = random.Random(seed), 0
    for n in range(cuts):
        room.deliver(a_mail(f"a{n}", "x" * chance.randrange(9000)), a_mail(f"b{n}"))
        # From the greeting over SELECT, SEARCH and FETCH to STORE.
        proxy.cut_after = chance.randrange(1, 16_000)
        broken += not _read_whatever_happens(room)
        proxy.heal()
        if n % 3 == 0:
            room.read()
    room.read()
    assert sorted(room.subjects) == sorted(f"{part}{n}" for part in "ab" for n in range(cuts))
    assert broken > cuts / 4


def test_a_line_cut_at_any_byte_loses_and_doubles_nothing(
    room: Mailroom, proxy: ToxicProxy
) -> None:
    assert_cuts_lose_nothing(room, proxy, cuts=15, seed=5)


@pytest.mark.nightly
@pytest.mark.timeout(900)
def test_three_hundred_cuts_lose_and_double_nothing(room: Mailroom, proxy: ToxicProxy) -> None:
    assert_cuts_lose_nothing(room, proxy, cuts=300, seed=6)


def test_a_line_that_goes_dead_is_left_after_the_read_timeout(
    room: Mailroom, proxy: ToxicProxy
) -> None:
    room.deliver(a_mail("a"))
    with room.connect() as connection:
        proxy.stalled = True
        began = time.monotonic()
        with pytest.raises(ImapFailure):
            connection.new_uids(0)
        assert time.monotonic() - began < 30
    proxy.heal()
    assert room.read() == 1


def test_a_line_that_crawls_gives_all_the_same(room: Mailroom, proxy: ToxicProxy) -> None:
    room.deliver(a_mail("a", "x" * 60_000))
    proxy.delay = 0.02
    assert room.read() == 1
    assert len(room.content(room.mails[0])) > 60_000


def test_a_server_that_takes_nobody_in_is_tried_later(room: Mailroom, proxy: ToxicProxy) -> None:
    room.deliver(a_mail("a"))
    proxy.refusing = True
    assert not _read_whatever_happens(room)
    proxy.heal()
    assert room.read() == 1
