"""Others use the mailbox too: they read, flag, move and delete while we fetch."""

import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from inbox.intake.poller.catching_up import Reading, begin, catch_up
from inbox.intake.poller.places import places
from inbox.settings import settings
from tests.databases import forget
from tests.mailroom import Mailroom, a_mail
from tests.servers.dovecot import Dovecot


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """What is asked of the server is the same on every database."""
    return f"sqlite:///{tmp_path}/tregua.db"


@pytest.fixture
def room(
    installation: str, monkeypatch: pytest.MonkeyPatch, redis_url: str, dovecot: Dovecot
) -> Iterator[Mailroom]:
    monkeypatch.setenv("TREGUA_REDIS_URL", redis_url)
    forget()
    yield Mailroom(dovecot)
    forget()


def test_mails_taken_away_between_seeing_and_fetching_are_counted(
    room: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.deliver(*(a_mail(f"m{n}") for n in range(10)))
    place, past = next(iter(places(room.id).items()))
    with room.connect() as connection, room.person() as client:
        at = Reading(place, past, connection)
        begin(at)
        batches = connection.batches

        def then_somebody_deletes(uids: list[int]) -> object:
            found = list(batches(uids))
            client.delete_messages([3, 7])
            client.expunge()
            return iter(found)

        monkeypatch.setattr(connection, "batches", then_somebody_deletes)
        assert catch_up(at) == 8
    assert room.cursor().vanished == 2
    assert room.cursor().uid == 10


def test_reading_flagging_and_moving_hide_no_mail(room: Mailroom) -> None:
    room.deliver(*(a_mail(f"m{n}") for n in range(20)))
    with room.person() as client:
        client.create_folder("Archivo")
        client.add_flags(range(1, 11), [b"\\Seen", b"\\Flagged"])
        client.move([2, 4], "Archivo")
    room.watch_folder("Archivo")
    assert room.read() == 20
    assert sorted(room.subjects) == sorted(f"m{n}" for n in range(20))


def _disturb(room: Mailroom, seed: int, stop: threading.Event) -> set[int]:
    """Somebody flags, moves and deletes at random until told to stop; UIDs that are gone."""
    chance, gone = random.Random(seed), set()
    with room.person() as client:
        client.create_folder("Archivo")
        while not stop.wait(0.01):
            present = client.search()
            some = chance.sample(present, min(5, len(present)))
            what = chance.randrange(3) if some else 0
            if what == 0 and some:
                client.add_flags(some, [b"\\Seen"])
            elif what == 1:
                client.move(some, "Archivo")
                gone |= set(some)
            elif what == 2:
                client.delete_messages(some)
                client.expunge()
                gone |= set(some)
    return gone


def assert_all_that_stays_comes_in(room: Mailroom, number: int, seed: int) -> None:
    room.deliver(*(a_mail(f"m{n}", "x" * 2000) for n in range(number)))
    stop, gone = threading.Event(), [set[int]()]
    thread = threading.Thread(target=lambda: gone.append(_disturb(room, seed, stop)))
    thread.start()
    room.read()
    stop.set()
    thread.join()
    stored = {raw.uid for raw in room.mails}
    never_seen = set(range(1, number + 1)) - stored
    # What we do not have, somebody took away before we could fetch it.
    assert never_seen <= gone[-1]
    assert room.cursor().vanished <= len(never_seen)
    room.read()
    assert len(room.mails) == len(stored)


def test_a_mailbox_in_full_use_gives_all_that_stays(
    room: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.intake.imap.BATCH", 10)
    assert_all_that_stays_comes_in(room, 150, seed=3)


@pytest.mark.nightly
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(5))
def test_a_large_mailbox_in_full_use_gives_all_that_stays(room: Mailroom, seed: int) -> None:
    assert_all_that_stays_comes_in(room, 2000, seed)


def test_the_limit_on_sizes_is_the_admins(room: Mailroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREGUA_LARGEST_MAIL", str(2**16))
    settings.cache_clear()
    room.deliver(a_mail("big", "x" * 900 + "\r\n" + ("y" * 900 + "\r\n") * 2000))
    room.read()
    (raw,) = room.mails
    assert raw.partial
    assert raw.size > 1_800_000
