"""Mails that break programs, among good ones: the good are unaffected, the bad are shown."""

import pytest
from sqlalchemy import func, select

from cases import Case, Direction, Message
from cases.db import reading, transaction
from inbox import spool
from inbox.spool import Fate, RawMail
from tests.running import ADDRESS, Shop, a_raw_mail, running, until

HEAD = b"From: Mala <mala%d@cliente.test>\r\nTo: soporte@tregua.test\r\nMessage-ID: <bad%d@x>\r\n"
GOOD = 200
BY_DAY = [pytest.param("sqlite", marks=pytest.mark.nightly), "postgresql"]


def _many_parts(n: int) -> bytes:
    part = b"--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    return (
        HEAD % (n, n)
        + b"Subject: bad-parts\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        + part * 10_000
        + b"--b--\r\n"
    )


def _endless_subject(n: int) -> bytes:
    words = b" =?utf-8?q?pedido?=\r\n" * 100_000
    return HEAD % (n, n) + b"Subject: bad-subject\r\n" + words + b"\r\nNo llega.\r\n"


def _huge(n: int) -> bytes:
    return HEAD % (n, n) + b"Subject: bad-huge\r\n\r\n" + (b"x" * 998 + b"\r\n") * 50_000


def _bad_mails() -> list[bytes]:
    broken = (
        b"Subject: bad-broken\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: multipart/alternative; boundary=\xff"
    )
    return [
        HEAD % (1, 1) + broken,
        b"\r\n",
        _huge(3),
        _many_parts(4),
        _endless_subject(5),
    ]


def _done() -> bool:
    with reading() as session:
        waiting = session.scalar(select(func.count()).where(RawMail.fate == Fate.WAITING))
        stored = session.scalar(select(func.count()).select_from(RawMail))
    return stored == GOOD + 5 and not waiting


@pytest.mark.parametrize("database_url", BY_DAY, indirect=True)
def test_bad_mails_are_shown_and_the_good_go_on(shop: Shop) -> None:
    good = [
        a_raw_mail("No llega", subject=f"good-{n}", sender=f"g{n}@c{n}.test") for n in range(GOOD)
    ]
    bad = _bad_mails()
    mixed = [
        mail
        for n, mail in enumerate(good)
        for mail in ((bad[n // 40], mail) if n % 40 == 0 else (mail,))
    ]
    shop.dovecot.drop(ADDRESS, mixed)
    with running(shop.folder, ("poll",), ("work", "file")) as processes:
        until(_done, seconds=120, what="all mails settled\n" + processes.said())
    with reading() as session:
        subjects = set(
            session.scalars(select(Message.subject).where(Message.direction == Direction.IN))
        )
        shown = session.scalars(
            select(RawMail).where(RawMail.fate.in_((Fate.DAMAGED, Fate.FAILED)))
        ).all()
        cases = session.scalar(select(func.count()).select_from(Case))
    assert {f"good-{n}" for n in range(GOOD)} <= subjects
    assert cases == GOOD + 5
    assert all(mail.reason for mail in shown)
    assert len(shown) >= 4


@pytest.mark.parametrize("database_url", BY_DAY, indirect=True)
def test_a_mail_that_kills_its_reader_gets_a_stub_case_and_can_be_tried_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.customer_writes(a_raw_mail("No llega", subject="poison"))
    monkeypatch.setenv("TREGUA_FAILPOINT_POISON", "poison")
    with running(shop.folder, ("poll",), ("work", "file")):
        until(lambda: _fate() is Fate.FAILED, seconds=100, what="giving up")
    with reading() as session:
        stub = session.scalars(select(Case)).one()
        assert stub.is_open
        assert stub.contact.address == "ana@cliente.test"
    monkeypatch.delenv("TREGUA_FAILPOINT_POISON")
    with transaction() as session:
        assert spool.try_again(session, 1)
    with running(shop.folder, ("work", "file")):
        until(lambda: _fate() is Fate.FILED, seconds=100, what="the second try")
    with reading() as session:
        old, new = session.scalars(select(Case).order_by(Case.id)).all()
        assert old.merged_into_id == new.id
        assert new.is_open


def _fate() -> Fate:
    with reading() as session:
        return session.scalars(select(RawMail.fate)).first() or Fate.WAITING
