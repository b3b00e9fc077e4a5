"""The second connection's work: copies into Sent, the rest of large mails, counts of each day."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.delivery.sent_copies import CopyState, SentCopy
from bot.outbox import OutgoingMail, State
from cases import Case, Message, clock
from cases.db import reading, transaction
from inbox.content import attachment
from inbox.intake.pipeline import file_waiting
from inbox.intake.poller import copies, errands
from inbox.settings import settings
from inbox.spool import DayCount, Fate
from inbox.spool.taking import want_rest
from tests.databases import forget
from tests.mailroom import ADDRESS, Mailroom, a_mail
from tests.servers.dovecot import Dovecot

QUOTA = """
mail_plugins = quota
plugin {
  quota = maildir:User quota
  quota_rule = *:storage=6K
}
"""


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """What is asked of the server is the same on every database."""
    return f"sqlite:///{tmp_path}/tregua.db"


@pytest.fixture
def ready(installation: str, monkeypatch: pytest.MonkeyPatch, redis_url: str) -> Iterator[None]:
    monkeypatch.setenv("TREGUA_REDIS_URL", redis_url)
    forget()
    yield
    forget()


@pytest.fixture
def room(ready: None, dovecot: Dovecot) -> Mailroom:
    return Mailroom(dovecot)


def _answered(room: Mailroom, text: str = "Ya va en camino.") -> int:
    """A customer's mail, and an answer that the relay took; the answer's number."""
    room.deliver(a_mail("q"))
    room.read()
    file_waiting()
    now = clock.now()
    with transaction() as session:
        case = session.scalars(select(Case)).one()
        mail = OutgoingMail(
            case_id=case.id,
            key="answer:1",
            automatic=False,
            rule="answer",
            sender=ADDRESS,
            recipient="ana@cliente.test",
            domain="cliente.test",
            rfc_id="a1@tregua.test",
            content=a_mail("a1", text, From=ADDRESS, Message_ID="<a1@tregua.test>"),
            state=State.ACCEPTED,
            queued_at=now,
            due_at=now,
            settled_at=now,
        )
        session.add(mail)
        session.flush()
        return mail.id


def test_what_was_sent_lies_in_the_sent_folder_once_and_as_read(room: Mailroom) -> None:
    _answered(room)
    room.change(copy_sent=True)
    errands.run_once()
    errands.run_once()
    with room.person("Sent") as client:
        (uid,) = client.search()
        assert b"\\Seen" in client.get_flags([uid])[uid]
        assert b"Ya va en camino." in client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"]


def test_a_copy_whose_laying_down_was_interrupted_is_not_doubled(room: Mailroom) -> None:
    outgoing_id = _answered(room)
    room.change(copy_sent=True)
    with room.connect() as connection:
        copies.lay_down(room.id, connection)
        with transaction() as session:
            row = session.get_one(SentCopy, outgoing_id)
            row.state, row.due_at = type(row.state).WAITING, clock.now()
        copies.lay_down(room.id, connection)
    with room.person("Sent") as client:
        assert len(client.search()) == 1


def test_a_full_account_keeps_no_answer_back(ready: None) -> None:
    server = Dovecot()
    with (server.folder / "dovecot.conf").open("a") as file:
        file.write(QUOTA)
    server.start()
    try:
        room = Mailroom(server)
        outgoing_id = _answered(room, "x" * 20_000)
        room.change(copy_sent=True)
        errands.run_once()
        with reading() as session:
            assert "OVERQUOTA" in session.get_one(SentCopy, outgoing_id).last_error
            assert session.get_one(OutgoingMail, outgoing_id).state is State.ACCEPTED
        assert room.read() == 0
        assert room.row.last_error == ""
    finally:
        server.remove()


def test_a_sent_folder_that_is_not_there_is_noted(room: Mailroom) -> None:
    outgoing_id = _answered(room)
    room.change(copy_sent=True, sent_folder="Nowhere")
    errands.run_once()
    with reading() as session:
        assert "Nowhere" in session.get_one(SentCopy, outgoing_id).last_error


def _with_a_file(size: int) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ana@cliente.test", ADDRESS, "big"
    mail["Message-ID"], mail["Date"] = "<big@cliente.test>", "Mon, 02 Nov 2026 10:00:00 +0100"
    mail.set_content("No llega mi pedido, adjunto la factura.")
    mail.add_attachment(b"%PDF" + b"x" * size, "application", "pdf", filename="factura.pdf")
    return mail.as_bytes()


def test_the_rest_of_a_large_mail_comes_when_somebody_wants_it(
    room: Mailroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREGUA_LARGEST_MAIL", str(2**16))
    settings.cache_clear()
    room.deliver(_with_a_file(300_000))
    room.read()
    file_waiting()
    (raw,) = room.mails
    assert raw.fate is Fate.DAMAGED
    assert "larger than the limit" in raw.reason
    with reading() as session:
        message = session.scalars(select(Message)).one()
        assert "No llega mi pedido" in message.text
        assert message.attachments[0]["name"] == "factura.pdf"
    with transaction() as session:
        assert want_rest(session, raw.id)
    errands.run_once()
    with reading() as session:
        (file,) = session.scalars(select(Message)).one().attachments
    found = attachment(room.content(room.mails[0]), file["part"], file["size"])
    assert found is not None
    assert len(found) == 300_004
    assert not room.mails[0].partial
    assert not room.mails[0].rest_wanted


def test_the_rest_of_a_mail_that_is_gone_is_not_asked_for_again(room: Mailroom) -> None:
    room.deliver(a_mail("x"))
    room.read()
    with transaction() as session:
        raw = session.merge(room.mails[0])
        raw.partial = raw.rest_wanted = True
    with room.person() as client:
        client.delete_messages([1])
        client.expunge()
    errands.run_once()
    assert not room.mails[0].rest_wanted
    assert room.mails[0].partial


def test_a_folder_that_is_gone_holds_up_no_other_errand(room: Mailroom) -> None:
    room.change(copy_sent=True)
    _answered(room)
    with transaction() as session:
        raw = session.merge(room.mails[0])
        raw.partial = raw.rest_wanted = True
        raw.folder = "Gone"
    errands.run_once()
    assert not room.mails[0].rest_wanted
    with reading() as session:
        assert session.scalars(select(SentCopy)).one().state is CopyState.DONE


def test_days_are_counted_once_an_hour(room: Mailroom) -> None:
    room.deliver(a_mail("x"))
    room.read()
    assert errands.run_once() == 1
    assert errands.run_once() == 0
    with reading() as session:
        day = session.scalars(select(DayCount)).one()
        assert (day.on_server, day.stored, day.missing) == (1, 1, 0)


def test_a_mailbox_that_cannot_be_reached_is_left_alone_for_a_while(room: Mailroom) -> None:
    room.read()
    room.change(imap_port=1)
    later: dict[int, float] = {}
    assert errands.run_once(later) == 1
    assert errands.run_once(later) == 0
