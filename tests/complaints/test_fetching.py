"""What users of other tools complain about: mails that are missed, come back, or never go."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from cases import clock
from cases.db import transaction
from inbox import spool
from inbox.intake.poller.backfill import want
from inbox.spool import Fate, Place
from inbox.spool.burying import bury
from tests.databases import forget
from tests.mailroom import Mailroom, a_mail
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


def test_05_mail_that_was_read_elsewhere_or_has_a_bad_date_comes_in(room: Mailroom) -> None:
    dates = ("", "not a date", "Thu, 01 Jan 1970 00:00:00 +0000", "Fri, 31 Dec 2099 23:59:59 +0000")
    room.deliver(*(a_mail(f"m{n}", Date=date) for n, date in enumerate(dates)))
    with room.person() as client:
        client.add_flags(client.search("ALL"), [b"\\Seen"])
    assert room.read() == len(dates)
    room.deliver(a_mail("newest"))
    assert room.read() == 1
    assert room.subjects == ["m0", "m1", "m2", "m3", "newest"]


def test_06_after_an_outage_all_that_came_meanwhile_comes_in(room: Mailroom) -> None:
    room.deliver(a_mail("before"))
    room.read()
    for days in (9, 5, 1):
        room.lay(a_mail(f"{days} days ago"), _ago(days=days))
    assert room.read() == 3
    assert set(room.subjects) == {"before", "9 days ago", "5 days ago", "1 days ago"}


def test_07_what_was_deleted_does_not_come_back(room: Mailroom) -> None:
    room.deliver(a_mail("a"))
    room.read()
    with transaction() as session:
        bury(session, [raw.id for raw in room.mails])
        want(session, Place(room.id, "INBOX"), _ago(days=60))
    room.renumber()
    assert room.read() == 0
    assert room.subjects == []


def test_08_a_poison_mail_is_tried_a_few_times_and_then_shown(room: Mailroom) -> None:
    room.deliver(a_mail("poison"))
    room.read()
    tries = 0
    while taken := spool.take():
        tries += 1
        with transaction() as session:
            if taken[0].attempts >= spool.TRIES:
                spool.settle(session, [taken[0].id], Fate.FAILED, "it cannot be read")
            else:
                spool.release(session, taken[0].id, "it cannot be read")
    assert tries == spool.TRIES
    assert (room.mails[0].fate, room.mails[0].reason) == (Fate.FAILED, "it cannot be read")
    assert room.read() == 0


def test_28_what_is_deleted_leaves_no_bytes_behind(room: Mailroom) -> None:
    room.deliver(a_mail("private", "Mi número es 600 000 000"))
    room.read()
    raw = room.mails[0]
    with transaction() as session:
        bury(session, [raw.id])
    with transaction() as session:
        assert spool.content_of(session, raw.id) is None
        assert session.query(spool.RawContent).count() == 0
