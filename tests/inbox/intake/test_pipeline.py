"""Mails go from the spool into cases, and what cannot be read or filed holds up no other."""

import pytest
from sqlalchemy import select, update

from cases import Case
from cases.db import reading, transaction
from inbox import spool
from inbox.intake import pipeline
from inbox.intake.jail import Unreadable
from inbox.intake.knowing import who_is_who
from inbox.intake.opening import open_mail
from inbox.intake.pipeline import Parsed
from inbox.spool import Fate, Fetched, Place, RawMail
from tests.inbox.conftest import AT


def _taken(place: Place, *heads: bytes, last_try: bool = True) -> list[spool.Taken]:
    contents = [head + b"\r\n\r\nNo llega mi pedido\r\n" for head in heads]
    with transaction() as session:
        spool.put(
            session, place, 7, [Fetched(n, one, AT, len(one)) for n, one in enumerate(contents, 1)]
        )
        if last_try:
            session.execute(update(RawMail).values(attempts=spool.TRIES - 1))
    return spool.take()


def _fates() -> list[Fate]:
    with reading() as session:
        return list(session.scalars(select(RawMail.fate).order_by(RawMail.id)))


def _subjects() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(Case.subject).order_by(Case.id)))


def test_a_mail_that_kills_its_reader_gets_a_case_whatever_bytes_its_header_has(
    place: Place,
) -> None:
    hostile = b"From: %s\x00@c.test\r\nSubject: %s\x00 llega"
    killing, other = _taken(place, hostile % (b"ana", b"No"), hostile % (b"bea", b"Ya"))
    readable: Parsed = other, open_mail(other.content, who_is_who())
    pipeline.ingest([(killing, Unreadable("it killed the reader")), readable])
    assert _fates() == [Fate.FAILED, Fate.FILED]
    assert sorted(_subjects()) == ["No llega", "Ya llega"]


@pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.server)], indirect=True
)
def test_a_mail_that_cannot_even_be_put_aside_holds_up_no_other(place: Place) -> None:
    worst, other = _taken(place, b"From: ana@c.test", b"From: bea@c.test")
    unkept = "PostgreSQL keeps no \x00"
    pipeline.ingest([(worst, Unreadable(unkept)), (other, Unreadable("it took too long"))])
    assert _fates() == [Fate.FAILED, Fate.FAILED]
    assert len(_subjects()) == 1
