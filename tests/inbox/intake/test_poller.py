"""Reading a mailbox: what is taken in, what is left, what is looked at again, what is noted."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cases import clock
from cases.db import transaction
from cases.mailbox import FolderRole
from inbox.intake.imap import Connection, ImapFailure
from inbox.intake.poller import health
from inbox.intake.poller.backfill import want
from inbox.intake.poller.catching_up import Reading, begin, catch_up
from inbox.intake.poller.counts import count_folder
from inbox.intake.poller.places import Past, places
from inbox.intake.poller.pulse import Pulse
from inbox.intake.poller.watching import Watch, pause_after, watch
from inbox.spool import Fetched, Place
from inbox.spool.burying import bury
from tests.databases import forget
from tests.mailroom import Mailroom, a_mail
from tests.running import until
from tests.servers.dovecot import Dovecot


@pytest.fixture
def database_url(tmp_path: object) -> str:
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


def _ago(**time: float) -> datetime:
    return clock.now() - timedelta(**time)


def test_mail_is_stored_once_in_its_order(room: Mailroom) -> None:
    room.deliver(a_mail("a"), a_mail("b"))
    assert room.read() == 2
    assert room.read() == 0
    room.deliver(a_mail("c"))
    assert room.read() == 1
    assert room.subjects == ["a", "b", "c"]


def test_a_mailbox_from_now_on_leaves_older_mail_and_loses_none_that_comes(room: Mailroom) -> None:
    room.lay(a_mail("old"), _ago(days=2))
    room.change(import_from=_ago(minutes=1), created_at=_ago(minutes=1))
    room.deliver(a_mail("before we first looked"))
    room.read()
    room.deliver(a_mail("new"))
    room.read()
    assert room.subjects == ["before we first looked", "new"]


def test_mail_from_before_us_is_history(room: Mailroom) -> None:
    now = clock.now()
    room.change(import_from=now - timedelta(days=10), created_at=now - timedelta(minutes=1))
    room.lay(a_mail("too old"), _ago(days=11))
    room.lay(a_mail("old"), _ago(days=9))
    room.deliver(a_mail("new", Date=f"{now:%a, %d %b %Y %H:%M:%S} +0000"))
    room.read()
    assert {s: m.history for s, m in zip(room.subjects, room.mails, strict=True)} == {
        "old": True,
        "new": False,
    }


def test_older_mail_can_be_wished_for_later(room: Mailroom) -> None:
    room.change(import_from=clock.now())
    room.lay(a_mail("old"), _ago(days=30))
    room.read()
    assert room.subjects == []
    with transaction() as session:
        assert want(session, Place(room.id, "INBOX"), _ago(days=60))
    room.read()
    assert room.subjects == ["old"]
    assert room.mails[0].history
    assert room.cursor().backfill_from is None


def test_a_long_backlog_is_taken_in_oldest_first(
    room: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inbox.intake.imap.BATCH", 10)
    room.deliver(*(a_mail(f"m{n:03}") for n in range(45)))
    assert room.read() == 45
    assert room.subjects == [f"m{n:03}" for n in range(45)]


def test_a_second_look_finds_what_the_cursor_missed(room: Mailroom) -> None:
    room.deliver(a_mail("a"), a_mail("b"), a_mail("c"))
    with room.connect() as connection:
        at = Reading(Place(room.id, "INBOX"), Past(None, clock.now()), connection)
        room.read()
        _forget_one(room, uid=2)
        assert catch_up(at) == 0
    assert room.read() == 1
    assert room.subjects == ["a", "c", "b"]


def _forget_one(room: Mailroom, uid: int) -> None:
    """The mail became visible after a later one was read: no row, no keyword."""
    with transaction() as session:
        session.delete(next(raw for raw in room.mails if raw.uid == uid))
    with room.person() as client:
        client.remove_flags([uid], [b"$TreguaStored"])


def test_a_keyword_that_somebody_took_off_does_not_double_the_mail(room: Mailroom) -> None:
    room.deliver(a_mail("a"))
    room.read()
    with room.person() as client:
        client.remove_flags([1], [b"$TreguaStored"])
    assert room.read() == 0
    with room.connect() as connection:
        assert connection.unmarked(1, 1) == []


def test_a_cursor_that_another_reader_moved_is_no_renumbering(room: Mailroom) -> None:
    room.deliver(a_mail("a"))
    with room.connect() as connection:
        room.deliver(a_mail("b"))
        room.read()
        begin(Reading(Place(room.id, "INBOX"), Past(None, clock.now()), connection))
    assert not room.cursor().recounting
    assert [raw.uid for raw in room.mails] == [1, 2]


def test_a_read_only_mailbox_gives_the_same_mails_by_its_cursor_alone(room: Mailroom) -> None:
    room.change(read_only=True)
    room.deliver(a_mail("a"), a_mail("b"))
    room.read()
    room.deliver(a_mail("c"))
    room.read()
    assert room.subjects == ["a", "b", "c"]
    with room.connect() as connection:
        assert connection.unmarked(1, 3) == [1, 2, 3]


def test_several_folders_are_read_each_with_its_role_and_cursor(room: Mailroom) -> None:
    room.watch_folder("Pedidos")
    room.watch_folder("Sent", FolderRole.SENT)
    room.watch_folder("Junk", FolderRole.JUNK)
    room.deliver(a_mail("in"))
    for folder in ("Pedidos", "Sent", "Junk"):
        room.lay(a_mail(folder), clock.now(), folder)
    assert room.read() == 4
    assert {raw.folder: raw.role.value for raw in room.mails} == {
        "INBOX": "inbox",
        "Pedidos": "inbox",
        "Sent": "sent",
        "Junk": "junk",
    }
    assert [room.cursor(folder).uid for folder in ("INBOX", "Pedidos", "Sent")] == [1, 1, 1]


def test_a_deleted_mail_is_not_imported_again(room: Mailroom) -> None:
    room.deliver(a_mail("a"), a_mail("b"))
    room.read()
    with transaction() as session:
        bury(session, [raw.id for raw in room.mails])
        want(session, Place(room.id, "INBOX"), _ago(days=60))
    assert room.read() == 0
    room.renumber()
    assert room.read() == 0
    assert room.subjects == []


def test_the_servers_count_is_compared_with_ours_day_by_day(room: Mailroom) -> None:
    room.lay(a_mail("yesterday"), _ago(days=1))
    room.deliver(a_mail("a"), a_mail("b"))
    room.read()
    with transaction() as session:
        session.delete(room.mails[1])
    place, past = next(iter(places(room.id).items()))
    with room.connect() as connection:
        today, yesterday = count_folder(place, past, connection)
    assert (today.on_server, today.stored, today.missing) == (2, 1, 1)
    assert (yesterday.on_server, yesterday.stored, yesterday.missing) == (1, 1, 0)


def test_what_was_deleted_or_never_wanted_is_not_missing(room: Mailroom) -> None:
    room.lay(a_mail("old"), _ago(days=3))
    room.change(import_from=_ago(hours=1))
    room.deliver(a_mail("a"))
    room.read()
    with transaction() as session:
        bury(session, [raw.id for raw in room.mails])
    place, past = next(iter(places(room.id).items()))
    with room.connect() as connection:
        assert [day.missing for day in count_folder(place, past, connection)] == [0, 0]


@pytest.fixture
def watching(room: Mailroom, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    monkeypatch.setattr("inbox.intake.poller.watching.FIRST_PAUSE", 0.2)
    one = Watch(room.id, threading.Event())
    thread = threading.Thread(target=watch, args=(one,))
    thread.start()
    yield one
    one.stop.set()
    one.pulse.cut()
    thread.join(60)
    assert not thread.is_alive()


def test_a_watched_mailbox_notices_mail_at_once_and_says_that_it_lives(
    room: Mailroom, watching: Watch
) -> None:
    room.deliver(a_mail("a"))
    until(lambda: room.subjects == ["a"])
    until(lambda: room.row.last_ok_at is not None)
    assert not room.row.is_silent(clock.now())
    assert room.row.is_silent(clock.now() + timedelta(minutes=4))
    time.sleep(0.3)
    room.deliver(a_mail("b"))
    until(lambda: room.subjects == ["a", "b"])


def test_old_mail_that_is_wished_for_comes_in_while_the_mailbox_is_watched(
    room: Mailroom, watching: Watch
) -> None:
    room.change(import_from=_ago(hours=1))
    until(lambda: room.row.last_ok_at is not None)
    with transaction() as session:
        want(session, Place(room.id, "INBOX"), _ago(days=60))
    room.lay(a_mail("old"), _ago(days=3))
    until(lambda: bool(room.subjects))
    assert room.subjects == ["old"]


def test_a_folder_that_cannot_be_opened_is_told_and_the_others_are_read(
    room: Mailroom, watching: Watch
) -> None:
    room.watch_folder("Nowhere", there=False)
    watching.pulse.cut()
    until(lambda: "Nowhere" in room.row.last_error)
    room.deliver(a_mail("a"))
    until(lambda: room.subjects == ["a"])
    assert room.row.failing_since is None


def test_a_mailbox_that_fails_says_since_when_and_why(
    room: Mailroom, watching: Watch, dovecot: Dovecot
) -> None:
    until(lambda: room.row.last_ok_at is not None)
    room.change(imap_port=1)
    watching.pulse.cut()
    until(lambda: room.row.failing_since is not None)
    assert "127.0.0.1" in room.row.last_error
    room.change(imap_port=dovecot.imap_port)
    until(lambda: room.row.failing_since is None)


def test_a_refused_password_is_tried_again_as_soon_as_it_is_mended(
    room: Mailroom, monkeypatch: pytest.MonkeyPatch, watching: Watch
) -> None:
    monkeypatch.setattr("inbox.intake.poller.watching.LOOK_SECONDS", 0.2)
    until(lambda: room.row.last_ok_at is not None)
    right = room.row.sealed_password
    room.change(sealed_password="")
    watching.pulse.cut()
    until(lambda: "password" in room.row.last_error)
    room.change(sealed_password=right)
    until(lambda: room.row.failing_since is None)
    assert not room.row.last_error


def test_a_connection_that_hangs_is_known_by_its_pulse(
    room: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulse = Pulse()
    with room.connect() as connection:
        pulse.hold(connection)
        assert not pulse.is_stuck()
        monkeypatch.setattr("inbox.intake.poller.pulse.STUCK_SECONDS", -1.0)
        assert pulse.is_stuck()
        pulse.cut()
        assert not pulse.is_stuck()
        with pytest.raises(ImapFailure):
            connection.new_uids(0)


def test_pauses_grow_and_stay_below_what_people_bear() -> None:
    assert max(pause_after(n) for n in range(1, 200)) <= 45
    assert pause_after(1) <= 4
    assert pause_after(1, lasting=True) >= 300


def test_a_failure_without_database_is_only_logged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: object, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("TREGUA_DATABASE_URL", f"sqlite:///{tmp_path}/nowhere/x.db")
    forget()
    health.note_failure(1, ImapFailure("gone"))
    assert "its failure cannot be noted" in caplog.text
    forget()


def test_an_idle_look_costs_next_to_nothing(room: Mailroom) -> None:
    room.deliver(*(a_mail(f"m{n}") for n in range(20)))
    room.read()
    with room.connect() as connection:
        at = Reading(Place(room.id, "INBOX"), Past(None, clock.now()), connection)
        said = _counted(connection)
        for _ in range(10):
            catch_up(at)
        assert 0 < sum(said) < 10 * 1000


def _counted(connection: Connection) -> list[int]:
    """The lengths of the lines that the server says from now on."""
    said: list[int] = []
    line = connection._client._imap.readline

    def readline() -> bytes:
        said.append(len(found := line()))
        return bytes(found)

    connection._client._imap.readline = readline
    return said


def test_a_restored_backup_gives_old_mail_new_dates_and_it_stays_history() -> None:
    past = Past(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC))
    old = a_mail("x", Date="Mon, 02 Feb 2026 10:00:00 +0100")
    restored = Fetched(1, old, datetime(2026, 11, 1, tzinfo=UTC), 10)
    assert past.is_history(restored)
    assert not past.is_history(Fetched(1, a_mail("x"), datetime(2026, 11, 3, tzinfo=UTC), 10))
    assert not Past(None, past.here_since).is_history(restored)
