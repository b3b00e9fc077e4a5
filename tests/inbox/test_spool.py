"""What comes in is kept once, with its bytes, and what was deleted does not come back."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases import clock
from cases.db import reading, transaction
from cases.settings import settings
from inbox import spool
from inbox.spool import Fate, Fetched, Place, RawContent, RawMail, Tombstone
from inbox.spool.burying import bury
from inbox.spool.marks import head_mark, sent_at
from inbox.spool.storing import complete, known_uids
from inbox.spool.taking import want_rest
from tests.inbox.conftest import AT


def _mail(uid: int, text: str = "hola", *, id_: str = "", at: datetime = AT) -> Fetched:
    head = f"Message-ID: <{id_}>\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\n" if id_ else ""
    content = f"{head}From: a@b.test\r\nSubject: {uid}\r\n\r\n{text}\r\n".encode()
    return Fetched(uid, content, at, len(content))


def _put(place: Place, *mails: Fetched, uidvalidity: int = 7) -> int:
    with transaction() as session:
        return spool.put(session, place, uidvalidity, mails)


def _number(of: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(of)) or 0


def test_a_mail_is_stored_with_its_bytes_and_the_cursor_moves_with_it(place: Place) -> None:
    assert _put(place, _mail(3), _mail(9)) == 2
    with reading() as session:
        known = spool.cursor(session, place)
        assert known is not None
        assert (known.uidvalidity, known.uid) == (7, 9)
        assert spool.content_of(session, 1) == _mail(3).content


def test_a_mail_that_is_put_twice_is_there_once(place: Place) -> None:
    _put(place, _mail(3))
    _put(place, _mail(3), _mail(4))
    assert _number(RawMail) == 2


def test_the_same_bytes_twice_are_two_mails_and_one_content(place: Place) -> None:
    one = _mail(3)
    _put(place, one, Fetched(4, one.content, AT, one.size))
    assert _number(RawMail) == 2
    assert _number(RawContent) == 1


def test_a_server_whose_clock_runs_ahead_promises_us_no_time(place: Place) -> None:
    _put(place, _mail(1, at=clock.now() + timedelta(days=400)))
    with reading() as session:
        raw = session.scalars(select(RawMail)).one()
        assert raw.arrived_at == raw.fetched_at


def test_mails_are_taken_oldest_first_and_by_one_worker_alone(place: Place) -> None:
    _put(place, _mail(1), _mail(2), _mail(3))
    first, second = spool.take(2), spool.take(2)
    assert [one.id for one in first + second] == [1, 2, 3]
    assert spool.take() == []


def test_no_more_mails_are_taken_at_once_than_memory_holds(place: Place) -> None:
    large = [Fetched(n, _mail(n).content, AT, 7 * 2**20) for n in (1, 2, 3)]
    huge = Fetched(4, _mail(4).content, AT, 40 * 2**20)
    _put(place, *large, huge)
    assert [len(spool.take()) for _ in range(4)] == [2, 1, 1, 0]


def test_a_lease_that_ran_out_is_taken_again_and_counted(place: Place) -> None:
    _put(place, _mail(1))
    spool.take()
    with clock.at(clock.now() + timedelta(hours=1)):
        (again,) = spool.take()
    assert again.attempts == 2


def test_only_a_failed_mail_can_be_tried_again(place: Place) -> None:
    _put(place, _mail(1))
    with transaction() as session:
        assert not spool.try_again(session, 1)
        spool.settle(session, [1], Fate.FAILED, "broken")
        assert spool.try_again(session, 1)
    assert len(spool.take()) == 1


def test_uids_that_are_held_are_told(place: Place) -> None:
    _put(place, _mail(1), _mail(5))
    with reading() as session:
        assert known_uids(session, place, 7, [1, 2, 5, 9]) == {1, 5}
        assert known_uids(session, place, 8, [1, 5]) == frozenset()


def test_the_rest_of_a_mail_takes_the_place_of_its_part(place: Place) -> None:
    _put(place, Fetched(1, b"Subject: x\r\n\r\n", AT, 5000, partial=True))
    with transaction() as session:
        assert want_rest(session, 1)
        complete(session, 1, b"Subject: x\r\n\r\nall of it")
        assert not want_rest(session, 1)
    with reading() as session:
        assert spool.content_of(session, 1) == b"Subject: x\r\n\r\nall of it"


def _bury(*raw_ids: int) -> None:
    with transaction() as session:
        bury(session, raw_ids)


def test_a_buried_mail_leaves_nothing_and_does_not_come_back(place: Place) -> None:
    _put(place, _mail(1, id_="x@y"), _mail(2))
    _bury(1, 2)
    assert _number(RawMail) == _number(RawContent) == 0
    back = Fetched(12, _mail(1, id_="x@y").content, AT, 10)
    assert _put(place, _mail(11, id_="x@y"), back, _mail(2)) == 1
    with reading() as session:
        # Another mail that bears the same id is another mail.
        assert session.scalars(select(RawMail.uid)).one() == 11
        known = spool.cursor(session, place)
        assert known is not None
        assert known.uid == 12


def test_a_buried_mail_is_known_in_whatever_form_it_comes_back(place: Place) -> None:
    head = _mail(1, id_="q@b.test").content
    _put(place, Fetched(1, head, AT, len(head)))
    _bury(1)
    again = b"Received: by another\r\n" + head
    assert _put(place, Fetched(2, again, AT, len(again)), uidvalidity=8) == 0


def test_contents_that_another_mail_needs_stay(place: Place) -> None:
    one = _mail(1)
    _put(place, one, Fetched(2, one.content, AT, one.size))
    _bury(1)
    with reading() as session:
        assert spool.content_of(session, 2) == one.content


def test_a_tombstone_tells_nothing_and_outlives_a_new_secret(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    _put(place, _mail(1, id_="x@y"))
    mark = head_mark(_mail(1, id_="x@y").content)
    _bury(1)
    with reading() as session:
        assert session.scalars(select(Tombstone.mac)).one() != mark
    monkeypatch.setenv("TREGUA_SECRET_KEY", "another secret that only tests use")
    monkeypatch.setenv("TREGUA_OLD_SECRET_KEYS", '["a secret that only tests use"]')
    settings.cache_clear()
    assert _put(place, _mail(2, id_="y@y")) == 1
    assert _put(place, Fetched(3, _mail(1, id_="x@y").content, AT, 10)) == 0


def test_head_marks_see_through_folding_order_and_case() -> None:
    one = b"Message-ID: <a@b>\r\nSubject: x\r\nDate: Mon, 2 Nov 2026 10:00:00 +0100\r\n"
    one += b"From: Ana\r\n <a@b>\r\n\r\n"
    two = b"from:  Ana <a@b>\ndate: Mon, 2 Nov 2026\n 10:00:00 +0100\nMESSAGE-ID:\n <a@b>\n"
    two += b"Subject:   x\n\nbody"
    assert head_mark(one) == head_mark(two) != ""
    assert head_mark(b"From: a@b\r\n\r\nMessage-ID: <a@b>\r\n") == ""


@pytest.mark.parametrize("said", ["", "gestern", "Mon, 99 Nov 2026", "1 Jan 99999999 00:00:00"])
def test_a_date_that_cannot_be_read_is_none(said: str) -> None:
    assert sent_at(f"Date: {said}\r\n\r\n".encode()) is None


def test_hostile_headers_cost_little(session: Session) -> None:
    for piece in (b"From:", b"Date:\n ", b"\n", b"Message-ID: <", b" \t"):
        assert isinstance(head_mark(piece * 100_000), str)


def test_numbers_may_be_as_large_as_imap_allows(place: Place) -> None:
    largest = 2**32 - 1
    assert _put(place, _mail(largest), uidvalidity=largest) == 1
    with reading() as session:
        known = spool.cursor(session, place)
        assert known is not None
        assert (known.uidvalidity, known.uid) == (largest, largest)
