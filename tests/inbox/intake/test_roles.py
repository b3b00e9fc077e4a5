"""Folders that mean something: answers written elsewhere join their case, spam moves nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.decided import Decided
from cases import Case, Direction, Message, clock
from cases.db import reading
from cases.history import What
from cases.mail import Address, Mail, Origin, Speaker, Trust
from cases.mailbox import FolderRole
from cases.signing import new_message_id
from inbox.intake.pipeline import file_waiting
from inbox.intake.roles import in_its_folder
from tests.databases import forget
from tests.mailroom import ADDRESS, Mailroom, a_mail
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
    room = Mailroom(dovecot)
    room.watch_folder("Sent", FolderRole.SENT)
    room.watch_folder("Junk", FolderRole.JUNK)
    yield room
    forget()


def _file(room: Mailroom) -> None:
    room.read()
    file_waiting()


def test_an_answer_from_another_mail_program_joins_the_case_and_counts(room: Mailroom) -> None:
    room.deliver(a_mail("q1", "¿Dónde está mi pedido?"))
    _file(room)
    room.lay(
        a_mail(
            "a1",
            "Ya va en camino.",
            From=ADDRESS,
            To="Ana <ana@cliente.test>",
            In_Reply_To="<q1@cliente.test>",
            Date="Mon, 02 Nov 2026 11:00:00 +0100",
        ),
        clock.now(),
        "Sent",
    )
    _file(room)
    with reading() as session:
        case = session.scalars(select(Case)).one()
        question, answer = session.scalars(select(Message).order_by(Message.id)).all()
        assert (question.direction, answer.direction) == (Direction.IN, Direction.OUT)
        assert answer.origin is Origin.AGENT
        assert answer.origin_rule == "sent folder"
        assert answer.case_id == question.case_id == case.id
        assert What.ANSWERED in {event.what for event in case.events}
        decisions = session.scalars(select(Decided).where(Decided.message_id == answer.id)).all()
        assert [one.reply for one in decisions] == [False]


def test_a_reply_to_such_an_answer_comes_into_the_case(room: Mailroom) -> None:
    room.deliver(a_mail("q1"))
    room.lay(
        a_mail("a1", From=ADDRESS, To="ana@cliente.test", In_Reply_To="<q1@cliente.test>"),
        clock.now(),
        "Sent",
    )
    _file(room)
    room.deliver(a_mail("q2", "Gracias, pero sigue sin llegar.", In_Reply_To="<a1@cliente.test>"))
    _file(room)
    with reading() as session:
        assert len(session.scalars(select(Case)).all()) == 1


def test_spam_is_kept_and_moves_nothing(room: Mailroom) -> None:
    room.lay(a_mail("win"), clock.now(), "Junk")
    _file(room)
    with reading() as session:
        message = session.scalars(select(Message)).one()
        assert message.origin is Origin.SPAM
        assert not message.case.is_open


def test_what_a_person_takes_out_of_the_spam_becomes_a_matter(room: Mailroom) -> None:
    room.lay(a_mail("pedido"), clock.now(), "Junk")
    _file(room)
    with room.person("Junk") as there:
        there.move(there.search(), "INBOX")
    _file(room)
    with reading() as session:
        case = session.scalars(select(Case)).one()
        assert case.is_open
        assert not case.bulk
        assert [message.origin for message in case.messages] == [Origin.SPAM, Origin.CUSTOMER]


def _mail(origin: Origin, message_id: str = "x@y") -> Mail:
    speaker = Speaker(origin, "r", True, "")
    return Mail(message_id=message_id, sender=Address(ADDRESS), speaker=speaker)


def test_what_the_program_sent_stays_its_own(installation: str) -> None:
    ours = in_its_folder(_mail(Origin.OWN, new_message_id(7, "t.test")), FolderRole.SENT)
    assert ours.origin is Origin.OWN
    forged = in_its_folder(_mail(Origin.OWN, "tregua.c7.abcdefgh.x@t.test"), FolderRole.SENT)
    assert forged.origin is Origin.AGENT
    assert forged.trust is Trust.PASS


def test_machines_in_the_sent_folder_stay_machines() -> None:
    for origin in (Origin.AUTO_REPLY, Origin.MARKETING, Origin.BULK, Origin.BOUNCE):
        assert in_its_folder(_mail(origin), FolderRole.SENT).origin is origin


def test_the_inbox_says_nothing_of_its_mails() -> None:
    mail = _mail(Origin.CUSTOMER)
    assert in_its_folder(mail, FolderRole.INBOX) is mail
