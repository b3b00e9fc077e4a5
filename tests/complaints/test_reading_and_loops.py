"""What users of other tools complain about: eaten words, and machines that answer machines."""

from collections.abc import Iterator

import pytest

from cases import Message
from cases.db import scratch
from cases.mail import Origin
from inbox.intake.opening import open_mail
from inbox.intake.reading import newly_written
from inbox.web.casefile.entries import split
from tests.builders import MORNING
from tests.conversations import KNOWN
from tests.peers import Installation
from tests.raw import OURS, a_raw

BOUNCE = (
    b"From: MAILER-DAEMON@mx.example\r\nReturn-Path: <>\r\nSubject: Undelivered\r\n"
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    b"--b\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    b"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\n"
    b"Action: failed\r\nStatus: 5.1.1\r\n--b--\r\n"
)


@pytest.fixture
def database_url(tmp_path: object) -> str:
    """What is said to whom is the same on every database."""
    return f"sqlite:///{tmp_path}/tregua.db"


@pytest.fixture
def shop(installation: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    with scratch() as session:
        yield Installation(OURS, session, monkeypatch)


def _machine(sender: str, subject: str, **headers: str) -> bytes:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return a_raw(sender, subject, "Estoy fuera.", at=MORNING, headers=named, id="m@x.example")


@pytest.mark.parametrize(
    "content",
    [
        _machine("ana@c.example", "Fuera de la oficina: Re: Pedido", Auto_Submitted="auto-replied"),
        _machine("ana@c.example", "Automatic reply: Order", X_Auto_Response_Suppress="All"),
        _machine("no-reply@c.example", "Su factura"),
        _machine("noreply@c.example", "Your invoice"),
        _machine("ana@c.example", "Hola", Return_Path="<>"),
        _machine("list@c.example", "News", List_Id="<news.c.example>"),
        BOUNCE,
    ],
)
def test_09_absences_noreply_and_bounces_are_never_answered(
    shop: Installation, content: bytes
) -> None:
    assert shop.takes(content, MORNING) is None
    assert shop.decided[-1].reason


def test_14_bounces_of_mail_to_an_agent_who_left_begin_no_loop(shop: Installation) -> None:
    dead = BOUNCE.replace(b"a@b.example", b"agent@tienda.example")
    for n in range(5):
        assert shop.takes(dead.replace(b"Sorry.", b"Sorry %d." % n), MORNING) is None
    assert {message.origin for message in shop.messages()} == {Origin.BOUNCE}
    assert not any(message.case.is_open for message in shop.messages())


@pytest.mark.parametrize(
    "text",
    [
        "El lun, 9 mar 2026, Soporte escribió:\n> Hola\n\nMi respuesta va debajo.\n> ¿Más?\nSí.",
        "-- \nAna",
        "From: me\nThis is my own line that begins so.",
        "On Monday I wrote:\nplease send it again.",
    ],
)
def test_17_no_mail_loses_all_of_its_words(text: str) -> None:
    assert newly_written(text).new_text.strip()
    mail = open_mail(a_raw("ana@c.example", "Hola", text, at=MORNING), KNOWN)
    assert mail.new_text.strip()
    assert all(line in mail.text for line in text.splitlines() if line.strip())


def test_17_a_mail_that_only_quotes_is_shown_whole() -> None:
    """Nobody wrote a word in it, so there is nothing to judge; agents see all of it."""
    quoted = "> todo citado\n> y nada más"
    mail = open_mail(a_raw("ana@c.example", "Hola", quoted, at=MORNING), KNOWN)
    assert mail.new_text == ""
    shown, folded = split(Message(text=mail.text, new_text=mail.new_text))
    assert (shown, folded) == (quoted, "")


def test_17_answers_between_quotations_are_kept() -> None:
    text = "El lun, Soporte escribió:\n> ¿Qué número?\n4711\n> ¿Qué fecha?\nAyer\n"
    said = newly_written(text).new_text
    assert "4711" in said
    assert "Ayer" in said
