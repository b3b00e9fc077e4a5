"""A mail is opened in one go: read, judged, and asked who is speaking."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass

import pytest

from cases.mail import Origin
from inbox.intake.known import Known
from inbox.intake.opening import open_mail

QUESTION = """\
From: Ana <ana@example.org>
To: soporte@example.com
Subject: Pedido 5
Message-ID: <m1@example.org>

No llega mi pedido.

El lun, 2 nov 2026 a las 10:00, Soporte <soporte@example.com> escribió:
> ¿En qué podemos ayudarle?
""".encode()


def test_a_persons_mail_is_a_customers_with_the_new_words_apart() -> None:
    mail = open_mail(QUESTION, Known(own=frozenset({"soporte@example.com"})))
    assert mail.origin is Origin.CUSTOMER
    assert mail.new_text.strip() == "No llega mi pedido."
    assert "¿En qué podemos ayudarle?" in mail.text


def test_our_own_mail_is_recognised() -> None:
    assert open_mail(QUESTION, Known(own=frozenset({"ana@example.org"}))).origin is Origin.OWN


def test_a_delivery_report_is_a_bounce() -> None:
    report = (
        b"From: MAILER-DAEMON@mx.example.com\nSubject: Undelivered Mail\nReturn-Path: <>\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        b"--b\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\n"
        b"Reporting-MTA: dns; mx.example.com\n\n"
        b"Final-Recipient: rfc822; luis@example.org\nAction: failed\nStatus: 5.1.1\n--b--\n"
    )
    mail = open_mail(report, Known())
    assert mail.origin is Origin.BOUNCE
    assert mail.bounce is not None
    assert (mail.bounce.recipients, mail.bounce.status) == (("luis@example.org",), "5.1.1")


def test_a_page_alone_is_read_by_its_structure() -> None:
    page = (
        b"From: ana@example.org\nContent-Type: text/html\n\n<div>Gracias, ya funciona.</div>"
        b'<div class="gmail_quote"><blockquote class="gmail_quote">Hola</blockquote></div>'
    )
    assert open_mail(page, Known()).new_text.strip() == "Gracias, ya funciona."


def test_a_forward_is_told_by_its_subject_or_by_what_it_encloses() -> None:
    assert open_mail(QUESTION.replace(b"Pedido 5", b"Fwd: Pedido 5"), Known()).forwarded
    enclosing = b"From: ana@example.org\nContent-Type: message/rfc822\n\nSubject: x\n\nhola"
    assert open_mail(enclosing, Known()).forwarded
    assert not open_mail(QUESTION, Known()).forwarded


def test_nothing_at_all_can_be_opened_too() -> None:
    assert open_mail(b"", Known()).text == ""


def _unkept(value: object, where: str = "") -> Iterator[str]:
    """Where a mail says what PostgreSQL cannot keep: zero bytes and half characters."""
    if isinstance(value, str) and not ("\x00" not in value and value.isascii()):
        whole = value.encode("utf-8", "replace").decode() == value
        yield from [where] * ("\x00" in value or not whole)
    elif is_dataclass(value):
        for one in fields(value):
            yield from _unkept(getattr(value, one.name), f"{where}.{one.name}")
    elif isinstance(value, tuple):
        for one in value:
            yield from _unkept(one, where)


@pytest.mark.parametrize("odd", [b"a\x00b", b"=?utf-7?q?a+2AA-b?=", b"=?utf-8?q?a=00b?="])
def test_nothing_of_a_mail_is_what_no_database_keeps(odd: bytes) -> None:
    named = (b"From", b"To", b"Cc", b"Reply-To", b"Return-Path", b"Delivered-To")
    ids = (b"Message-ID", b"References", b"In-Reply-To")
    raw = b"".join(b'%s: "%s" <%s@b.c>\r\n' % (one, odd, odd) for one in named)
    raw += b"".join(b"%s: <%s@b.c>\r\n" % (one, odd) for one in ids)
    raw += b"Subject: %s\r\nContent-Type: multipart/report; boundary=q\r\n\r\n" % odd
    raw += b"--q\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n%s +2AA-\r\n" % odd
    raw += b"--q\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
    raw += b"Final-Recipient: rfc822; %s@c.d\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" % odd
    raw += b'--q\r\nContent-Type: image/png; name="%s"\r\n' % odd
    raw += b"Content-ID: <%s>\r\n\r\nx\r\n" % odd
    raw += b"--q\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <%s@b>\r\n\r\n--q--\r\n" % odd
    assert list(_unkept(open_mail(raw, Known()))) == []
