"""Bounces in seven languages, and every form in which they return the mail that failed."""

import base64

import pytest

from cases.mail import Bounce, Origin
from inbox.intake.opening import open_mail
from tests.conversations import KNOWN

ANA = "ana@nadie.example"
ID = "tregua.m1.x@tienda.example"
RETURNED = (
    f"From: soporte@tienda.example\r\nTo: {ANA}\r\nMessage-ID: <{ID}>\r\nSubject: Re: Pedido\r\n"
    "Date: Mon, 02 Mar 2026 10:00:00 +0000\r\n"
)
UNKNOWN = f"<{ANA}>: 550 5.1.1 user unknown"


def _bounce(
    body: str, kind: str = "text/plain", sender: str = "", subject: str = "", more: str = ""
) -> Bounce:
    head = (
        f"From: {sender or 'MAILER-DAEMON@mx.example'}\r\nTo: soporte@tienda.example\r\n"
        f"Subject: {subject or 'Undelivered Mail Returned to Sender'}\r\nMessage-ID: <b@mx.example>"
        f"\r\n{more}MIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n"
    )
    mail = open_mail((head + body).encode(), KNOWN)
    assert mail.origin is Origin.BOUNCE
    assert mail.bounce is not None
    return mail.bounce


def _with_part(head: str, content: str) -> str:
    return (
        f"--b\r\nContent-Type: text/plain\r\n\r\n{UNKNOWN}\r\n--b\r\n{head}\r\n\r\n"
        f"{content}\r\n--b--\r\n"
    )


CODED = base64.encodebytes(f"{RETURNED}\r\nHola\r\n".encode()).decode().replace("\n", "\r\n")
FORMS = {
    "the mail": ("Content-Type: message/rfc822", f"{RETURNED}\r\nHola"),
    "its header": ("Content-Type: text/rfc822-headers", RETURNED),
    "the mail, encoded against the rules": (
        "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64",
        CODED,
    ),
    "a file of bytes": (
        "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=x.eml",
        f"{RETURNED}\r\nHola",
    ),
    "an encoded file": (
        'Content-Type: application/octet-stream; name="mail"\r\nContent-Transfer-Encoding: base64',
        CODED,
    ),
    "a file of text": (
        "Content-Type: text/plain\r\nContent-Disposition: attachment; filename=h.txt",
        RETURNED,
    ),
    "an id on the next line": (
        "Content-Type: message/rfc822",
        RETURNED.replace("Message-ID: <", "Message-ID:\r\n <") + "\r\nHola",
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_mail_that_failed_is_found_in_any_form(form: str) -> None:
    bounce = _bounce(_with_part(*FORMS[form]), 'multipart/mixed; boundary="b"')
    assert bounce.original_message_id == ID
    assert bounce.recipients == (ANA,)
    assert bounce.address_dead


@pytest.mark.parametrize(
    "below",
    [
        f"--- The header of the original message is following. ---\r\n\r\n{RETURNED}",
        f"----- Mensaje original -----\r\n\r\n{RETURNED}",
        f"> From: x\r\n> Message-ID: <{ID}>\r\n> Subject: x",
        f"Id. de mensaje: <{ID}>",
        f"Identifiant du message : <{ID}>",
    ],
)
def test_the_mail_that_failed_is_found_in_the_text(below: str) -> None:
    bounce = _bounce(f"{UNKNOWN}\r\n\r\n{below}\r\n")
    assert (bounce.original_message_id, bounce.recipients) == (ID, (ANA,))


def test_a_report_is_read_though_it_is_encoded() -> None:
    fields = f"Final-Recipient: rfc822; {ANA}\nAction: failed\nStatus: 5.1.1\n"
    report = (
        "--b\r\nContent-Type: message/delivery-status\r\nContent-Transfer-Encoding: base64"
        f"\r\n\r\n{base64.b64encode(fields.encode()).decode()}\r\n--b--\r\n"
    )
    bounce = _bounce(report, 'multipart/report; report-type=delivery-status; boundary="b"')
    assert (bounce.recipients, bounce.status, bounce.address_dead) == ((ANA,), "5.1.1", True)


def test_a_server_that_names_no_address_of_its_own_is_heard() -> None:
    sender, empty = '"Courier mail server at mx.example" <@>', "Return-Path: <>\r\n"
    body = f"Your message cannot be delivered.\r\n\r\n<{ANA}>:\r\n    550 User unknown."
    bounce = _bounce(body, sender=sender, subject="NOTICE: mail delivery status.", more=empty)
    assert (bounce.recipients, bounce.permanent) == ((ANA,), True)


@pytest.mark.parametrize("name", ["In-Reply-To", "References"])
def test_the_mail_that_failed_may_be_the_one_that_is_answered(name: str) -> None:
    assert _bounce(UNKNOWN, more=f"{name}: <{ID}>\r\n").original_message_id == ID


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        (
            "No se puede entregar: Re: Pedido",
            f"No se pudo entregar a:\r\n\r\n{ANA}\r\n\r\nNo existe.",
        ),
        ("Falha na entrega", f"Não foi possível entregar a:\r\n\r\n{ANA}\r\n\r\n550 5.1.1 erro"),
        (
            "Non remis : Re: Pedido",
            f"N'a pas pu être remis à :\r\n\r\n{ANA}\r\n\r\n550 5.1.1 inconnu",
        ),
        (
            "Unzustellbar: Re",
            f"Konnte nicht zugestellt werden:\r\n\r\n{ANA}\r\n\r\n550 5.1.1 unbekannt",
        ),
        ("Impossibile recapitare: R", f"Non è stato recapitato a:\r\n\r\n{ANA}\r\n\r\n550 5.1.1 x"),
        ("No s'ha pogut lliurar: Re", f"No s'ha pogut lliurar a:\r\n\r\n{ANA}\r\n\r\n550 5.1.1 x"),
        ("Undeliverable: Re", f"was not delivered to:\r\n\r\n{ANA}\r\n\r\n550 5.1.1 no such user"),
    ],
)
def test_a_postmaster_is_understood_in_seven_languages(subject: str, said: str) -> None:
    bounce = _bounce(said, sender="postmaster@empresa.example", subject=subject)
    assert bounce.recipients == (ANA,)
    assert bounce.permanent
    assert bounce.address_dead


def test_a_page_is_read_like_a_text() -> None:
    page = (
        f'<p>No se pudo entregar el mensaje a <a href="mailto:{ANA}">{ANA}</a>.</p><p>No se '
        f"encontró <b>ana</b> en nadie.example.</p><p>Id. de mensaje: &lt;{ID}&gt;</p>"
    )
    subject = "No se puede entregar: Re: Pedido"
    bounce = _bounce(page, "text/html; charset=utf-8", "postmaster@o.example", subject)
    assert (bounce.recipients, bounce.original_message_id) == ((ANA,), ID)
    assert bounce.address_dead


@pytest.mark.parametrize(
    "subject",
    [
        "El mensaje no se ha podido entregar",
        "Su mensaje no pudo ser entregado",
        "Devolución de correo",
        "Aviso de no entrega",
        "Correo electrónico no entregado",
        "Não é possível entregar: Pedido",
        "Missatge no lliurat",
        "Notificació d'estat de lliurament (error)",
    ],
)
def test_a_subject_alone_tells_a_bounce_without_words(subject: str) -> None:
    bounce = _bounce("", sender="servidor@otro.example", subject=subject)
    assert bounce.recipients == ()
