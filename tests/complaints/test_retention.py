"""What users of other tools complain about: what is kept too long, or deleted by hand."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from cases import Case, Mailbox, Message, audit, clock
from cases.audit import Entry
from cases.db import reading, transaction
from inbox.intake import pipeline
from inbox.intake.poller.backfill import want
from inbox.spool import Place, RawContent, RawMail
from inbox.spool.jobs import let_go_of_old
from tests.databases import forget
from tests.mailroom import Mailroom, a_mail
from tests.servers.dovecot import Dovecot


@pytest.fixture
def database_url(tmp_path: object) -> str:
    """What is kept how long is the same on every database."""
    return f"sqlite:///{tmp_path}/tregua.db"


@pytest.fixture
def room(
    installation: str, monkeypatch: pytest.MonkeyPatch, redis_url: str, dovecot: Dovecot
) -> Iterator[Mailroom]:
    monkeypatch.setenv("TREGUA_REDIS_URL", redis_url)
    forget()
    yield Mailroom(dovecot)
    forget()


def _keeps(room: Mailroom, *, words: int | None, names: int | None) -> None:
    with transaction() as session:
        box = session.get_one(Mailbox, room.id)
        box.words_days, box.names_days = words, names


def _closed(room: Mailroom, subject: str, *, days: float) -> None:
    """A case with one mail, closed so many days ago."""
    room.deliver(a_mail(subject, f"Mi número es 600 000 000 ({subject})"))
    room.read()
    pipeline.file_waiting()
    with transaction() as session:
        case = session.scalars(select(Case).order_by(Case.id.desc())).first()
        assert case is not None
        case.close(by="bea@tienda.example", at=clock.now() - timedelta(days=days))


def _cases() -> list[Case]:
    with reading() as session:
        cases = session.scalars(select(Case).order_by(Case.id)).all()
        for case in cases:
            assert case.messages is not None
            assert case.contact.address is not None
        return list(cases)


def test_28_nothing_goes_by_itself_unless_somebody_wants_it(room: Mailroom) -> None:
    _closed(room, "old", days=4_000)
    let_go_of_old()
    assert "600 000 000" in _cases()[0].messages[0].text


def test_28_words_and_files_go_after_the_mailboxs_days_and_do_not_come_back(room: Mailroom) -> None:
    _keeps(room, words=30, names=None)
    _closed(room, "old", days=31)
    _closed(room, "new", days=29)
    let_go_of_old()
    old, new = _cases()
    assert (old.messages[0].text, old.messages[0].raw_id, old.snippet) == ("", None, "")
    assert old.subject == "old"
    assert old.contact.address
    assert "600 000 000" in new.messages[0].text
    with transaction() as session:
        assert session.scalars(select(RawMail.id)).all() == [new.messages[0].raw_id]
        assert len(session.scalars(select(RawContent)).all()) == 1
        want(session, Place(room.id, "INBOX"), clock.now() - timedelta(days=60))
    room.renumber()
    assert room.read() == 0
    assert len(_cases()) == 2


def test_28_names_go_later_and_what_counts_stays(room: Mailroom) -> None:
    _keeps(room, words=None, names=90)
    _closed(room, "older", days=91)
    with transaction() as session:
        session.scalars(select(Case)).one().type = "delivery.late"
    let_go_of_old()
    case = _cases()[0]
    assert (case.subject, case.contact.address, case.contact.name) == ("", "", "")
    assert (case.messages[0].sender, case.messages[0].text) == ("", "")
    assert case.type == "delivery.late"
    assert case.closed_at is not None


def test_28_a_case_that_went_on_is_judged_by_its_last_end(room: Mailroom) -> None:
    _keeps(room, words=30, names=None)
    _closed(room, "old", days=31)
    let_go_of_old()
    with transaction() as session:
        case = session.scalars(select(Case)).one()
        case.reopen(by="bea@tienda.example", at=clock.now() - timedelta(days=1))
        session.scalars(select(Message)).one().text = "written later"
    let_go_of_old()
    assert _cases()[0].messages[0].text == "written later"


def test_28_what_went_is_in_the_audit_log_without_anybodys_name(room: Mailroom) -> None:
    _keeps(room, words=1, names=2)
    _closed(room, "old", days=3)
    let_go_of_old()
    let_go_of_old()
    with reading() as session:
        noted = session.scalars(select(Entry).where(Entry.by == "retention")).all()
        assert [(one.what, one.data) for one in noted] == [
            ("retention.words", {"cases": 1}),
            ("retention.names", {"cases": 1}),
        ]
        assert audit.broken(session) is None
