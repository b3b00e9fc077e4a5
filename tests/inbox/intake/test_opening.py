"""A mail is opened in one go: read, judged, and asked who is speaking."""

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
