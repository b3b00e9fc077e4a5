"""Bounces: what is one, whom it concerns, for how long, and which mail it reports."""

import pytest

from cases.mail import Bounce, Mail, Origin
from inbox.intake.bounces import read_bounce
from inbox.intake.known import Known
from inbox.intake.opening import open_mail

DSN = """Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: help@shop.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <report1@mx.example.net>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="frontier"

--frontier
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.net. {words}

--frontier
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

{groups}
--frontier
Content-Type: message/rfc822

From: help@shop.example
To: someone@example.net
Subject: Your order
Message-ID: <tregua.m1.abc@help.shop.example>

Hello
--frontier--
"""
DEAD = """Final-Recipient: rfc822; {who}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <{who}>: Recipient address rejected: User unknown
"""
FULL = """Final-Recipient: rfc822; {who}
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 mailbox full, user is over quota
"""
LATE = """Final-Recipient: rfc822; {who}
Action: delayed
Status: 4.4.1
Diagnostic-Code: smtp; connect to mx.example.net: Connection timed out
"""
FINE = """Final-Recipient: rfc822; {who}
Action: delivered
Status: 2.0.0
"""


def opened(text: str) -> Mail:
    return open_mail(text.encode(), Known())


def dsn(*groups: str, words: str = "") -> Mail:
    return opened(DSN.format(groups="\n".join(groups), words=words))


def bounce_of(mail: Mail) -> Bounce:
    assert mail.origin is Origin.BOUNCE
    assert mail.bounce is not None
    return mail.bounce


def plain(
    body: str,
    subject: str = "Undeliverable mail",
    sender: str = "Mail Delivery System <mailer-daemon@mx.example.net>",
    extra: str = "Return-Path: <>\n",
) -> Mail:
    header = f"From: {sender}\nTo: help@shop.example\nSubject: {subject}\nMessage-ID: <r@x>\n"
    return opened(f"{extra}{header}Content-Type: text/plain; charset=utf-8\n\n{body}\n")


def test_an_unknown_user_is_a_permanent_failure_of_a_dead_address():
    bounce = bounce_of(dsn(DEAD.format(who="Ana@Example.net")))
    assert bounce.recipients == ("ana@example.net",)
    assert (bounce.status, bounce.permanent, bounce.address_dead) == ("5.1.1", True, True)


def test_a_bounce_names_the_mail_that_failed():
    bounce = bounce_of(dsn(DEAD.format(who="ana@example.net")))
    assert bounce.original_message_id == "tregua.m1.abc@help.shop.example"


def test_a_full_mailbox_is_permanent_but_not_dead():
    bounce = bounce_of(dsn(FULL.format(who="ana@example.net")))
    assert bounce.permanent
    assert not bounce.address_dead


def test_a_warning_of_delay_is_a_temporary_bounce():
    bounce = bounce_of(dsn(LATE.format(who="ana@example.net")))
    assert (bounce.permanent, bounce.status, bounce.address_dead) == (False, "4.4.1", False)


def test_only_the_failed_recipients_count_where_some_are_merely_late():
    bounce = bounce_of(dsn(LATE.format(who="luis@example.net"), DEAD.format(who="ana@example.net")))
    assert bounce.recipients == ("ana@example.net",)


def test_those_that_were_reached_are_no_failures():
    bounce = bounce_of(dsn(FINE.format(who="luis@example.net"), DEAD.format(who="a@example.net")))
    assert bounce.recipients == ("a@example.net",)


def test_a_report_of_deliveries_alone_is_a_receipt():
    mail = dsn(FINE.format(who="luis@example.net"))
    assert mail.bounce is None
    assert mail.origin is Origin.RECEIPT


def test_the_address_that_was_written_to_comes_before_the_one_it_was_forwarded_to():
    group = "Original-Recipient: rfc822;ana@example.net\n" + DEAD.format(
        who="a.perez@inner.example"
    )
    assert bounce_of(dsn(group)).recipients == ("ana@example.net",)


def test_fields_without_a_blank_line_between_recipients_are_told_apart():
    groups = DEAD.format(who="a@example.net") + FULL.format(who="b@example.net")
    assert bounce_of(dsn(groups)).recipients == ("a@example.net", "b@example.net")


def test_what_is_said_after_the_text_of_the_mail_is_a_filters_word():
    words = "said: 550 User unknown (in reply to end of DATA command)"
    group = DEAD.format(who="a@example.net").replace("5.1.1", "5.0.0")
    assert not bounce_of(dsn(group, words=words)).address_dead


@pytest.mark.parametrize(
    "said",
    [
        "550 5.7.1 Message rejected as spam by content filtering",
        "554 5.7.1 Service unavailable; client host blocked using zen.spamhaus.org",
        "552 5.3.4 Message size exceeds fixed limit",
        "550 5.7.26 This mail is unauthenticated; DMARC policy",
        "550 5.2.1 The email account that you tried to reach is disabled",
        "554 5.7.1 Relay access denied",
    ],
)
def test_a_refusal_of_the_mail_does_not_make_the_address_dead(said: str):
    code = said.split()[1]
    group = f"Final-Recipient: rfc822; a@example.net\nAction: failed\nStatus: {code}\n"
    bounce = bounce_of(dsn(f"{group}Diagnostic-Code: smtp; {said}\n"))
    assert bounce.permanent
    assert not bounce.address_dead


@pytest.mark.parametrize(
    "said",
    [
        "550 5.1.1 The email account that you tried to reach does not exist",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
        "550 No such user here",
        "550 5.4.1 Recipient address rejected: Access denied",
        "Host or domain name not found. Name service error for name=gone.example: Host not found",
        "550 5.1.2 Bad destination system: domain gone.example does not exist",
        "550 5.1.6 The user has moved to another address",
        "550 El usuario no existe",
    ],
)
def test_an_address_or_a_host_that_nobody_knows_is_dead(said: str):
    group = (
        f"Final-Recipient: rfc822; a@example.net\nAction: failed\nDiagnostic-Code: smtp; {said}\n"
    )
    assert bounce_of(dsn(group)).address_dead


VENDORS = {
    "qmail": (
        "Hi. This is the qmail-send program at example.net.\nI'm afraid I wasn't able to deliver "
        "your message to the following addresses.\nThis is a permanent error; I've given up.\n\n"
        "<ana@example.net>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 no such user"
        "\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <help@shop.example>\n"
        "Message-ID: <one@shop.example>\nTo: ana@example.net\n",
        ("ana@example.net",),
        "one@shop.example",
    ),
    "exim": (
        "This message was created automatically by mail delivery software.\n\nA message that you "
        "sent could not be delivered to one or more of its\nrecipients. This is a permanent error. "
        "The following address(es) failed:\n\n  ana@example.net\n    Unrouteable address\n"
        "  luis@example.net\n    host mx.example.net [192.0.2.1]\n    SMTP error from remote mail "
        "server after RCPT TO:<luis@example.net>:\n    550 5.1.1 user unknown\n\n------ This is a "
        "copy of the message, including all the headers. ------\n\n"
        "Message-ID: <one@shop.example>\n",
        ("ana@example.net", "luis@example.net"),
        "one@shop.example",
    ),
    "Exchange": (
        "Your message\n\n  To:      Ana\n  Subject: Your order\n\ndid not reach the following "
        "recipient(s):\n\nana@example.net on Mon, 2 Mar 2026 10:00:00 +0100\n    The recipient "
        "name is not recognized\n    MSEXCH:IMS:Example:MAIL 0 (000C05A6) Unknown Recipient\n",
        ("ana@example.net",),
        None,
    ),
    "Exchange in Spanish": (
        "No se pudo entregar el mensaje a estos destinatarios o grupos:\n\nana@example.net\nNo se "
        "encontró la dirección de correo electrónico que escribió.\n\nInformación de diagnóstico "
        "para administradores:\n\n550 5.1.10 RESOLVER.ADR.RecipientNotFound\n\nEncabezados de "
        "mensajes originales:\n\nMessage-ID: <one@shop.example>\n",
        ("ana@example.net",),
        "one@shop.example",
    ),
    "Exchange in German": (
        "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\n"
        "ana@example.net\nDie eingegebene E-Mail-Adresse konnte nicht gefunden werden.\n\n"
        "550 5.1.1 RESOLVER.ADR.RecipNotFound\n",
        ("ana@example.net",),
        None,
    ),
    "Exchange in French": (
        "Échec de la remise à ces destinataires ou groupes :\n\nana@example.net\nL'adresse de "
        "courrier que vous avez entrée est introuvable.\n\n550 5.1.1 RESOLVER.ADR.RecipNotFound\n",
        ("ana@example.net",),
        None,
    ),
    "Gmail": (
        "** Address not found **\n\nYour message wasn't delivered to ana@example.net because the "
        "address couldn't be found, or is unable to receive mail.\n\nThe response from the remote "
        "server was:\n550 5.1.1 user unknown\n",
        ("ana@example.net",),
        None,
    ),
    "Gmail in Spanish": (
        "** No se encontró la dirección **\n\nNo se ha entregado tu mensaje a ana@example.net "
        "porque no se encontró la dirección o esta no puede recibir correos.\n\nLa respuesta fue:\n"
        "550 5.1.1 user unknown\n",
        ("ana@example.net",),
        None,
    ),
    "Yahoo": (
        "Sorry, we were unable to deliver your message to the following address.\n\n"
        "<ana@example.net>:\nRemote host said: 554 delivery error: dd This user doesn't have a "
        "yahoo.com account [0]\n\n--- Below this line is a copy of the message.\n\n"
        "Message-ID: <one@shop.example>\n",
        ("ana@example.net",),
        "one@shop.example",
    ),
    "sendmail": (
        "The original message was received at Mon, 2 Mar 2026 10:00:00 GMT\nfrom localhost\n\n"
        "   ----- The following addresses had permanent fatal errors -----\n<ana@example.net>\n\n"
        "   ----- Transcript of session follows -----\n... while talking to mx.example.net.:\n"
        ">>> RCPT To:<ana@example.net>\n<<< 550 <ana@example.net>... User unknown\n",
        ("ana@example.net",),
        None,
    ),
    "Domino": (
        "Your message\n\n  Subject: Your order\n\nwas not delivered to:\n\n  ana@example.net\n\n"
        "because:\n\n  User ana (ana@example.net) not listed in Domino Directory\n",
        ("ana@example.net",),
        None,
    ),
    "a gateway in sentences": (
        "Delivery to the following recipient failed permanently:\n\n     ana@example.net\n\n"
        "Technical details of permanent failure:\n550 5.1.1 no such user\n",
        ("ana@example.net",),
        None,
    ),
}


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_forms_of_vendors_are_read(vendor: str):
    body, recipients, original = VENDORS[vendor]
    bounce = bounce_of(plain(body))
    assert tuple(sorted(bounce.recipients)) == recipients
    assert bounce.permanent
    assert bounce.address_dead
    assert bounce.original_message_id == original


def test_exim_names_the_recipients_in_its_header():
    extra = "Return-Path: <>\nX-Failed-Recipients: ana@example.net\n"
    assert bounce_of(plain("Sorry.", extra=extra)).recipients == ("ana@example.net",)


def test_amazon_reports_a_bounce_as_json():
    body = (
        '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":'
        '[{"emailAddress":"ana@example.net","status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 '
        'user unknown"}]},"mail":{"commonHeaders":{"messageId":"<one@shop.example>"}}}'
    )
    for extra in ("x-amz-sns-message-id: 1\n", ""):
        mail = plain(body, "AWS Notification Message", "no-reply@sns.amazonaws.com", extra)
        bounce = bounce_of(mail)
        assert bounce.recipients == ("ana@example.net",)
        assert bounce.address_dead
        assert bounce.original_message_id == "one@shop.example"


def test_a_warning_in_words_is_temporary():
    body = (
        "THIS IS A WARNING MESSAGE ONLY.\n\nDelivery to the following recipient has been delayed:\n"
        "\n     ana@example.net\n\nMessage will be retried for 2 more day(s)\n"
    )
    bounce = bounce_of(plain(body, "Delivery Status Notification (Delay)"))
    assert (bounce.permanent, bounce.status) == (False, "4.0.0")


@pytest.mark.parametrize(
    "subject",
    [
        "Undelivered Mail Returned to Sender",
        "Mail delivery failed: returning message to sender",
        "Delivery Status Notification (Failure)",
        "failure notice",
        "No se puede entregar: Su pedido",
        "Correo no entregado",
        "Mensaje devuelto al remitente",
        "Notificación de estado de entrega (error)",
        "Unzustellbar: Ihre Bestellung",
        "Non remis : Votre commande",
        "Impossibile recapitare: ordine",
        "Mensagem não pode ser entregue",
    ],
)
def test_a_subject_alone_tells_an_empty_bounce(subject: str):
    assert bounce_of(plain("", subject, extra="")).permanent
    nobody_known = "Buzon <notificaciones@example.net>"
    assert opened(f"From: {nobody_known}\nTo: help@shop.example\nSubject: {subject}\n\n").bounce


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Entrega fallida", "El repartidor dice que no pudo entregar mi pedido 123. Llámenme."),
        ("Entrega fallida", ""),
        ("Undelivered order", "My order was not delivered. Write me at ana@home.example."),
        ("Delivery failed again", "Delivery to ana@home.example failed? I never got the parcel."),
        ("Pedido devuelto", "Me han devuelto el pedido al almacén."),
        ("Rechazado", "Mi pago fue rechazado."),
        ("Problema de entrega", "No se ha podido entregar el paquete."),
        ("Error en el envío", "El envío no se ha entregado."),
        ("Re: Undelivered Mail Returned to Sender", "Your system returned my mail, why?"),
        (
            "Fwd: Mail delivery failed: returning message to sender",
            "I got this from your server:\n\n> The following address(es) failed:\n>\n"
            ">   help@shop.example\n>     550 5.1.1 user unknown\n",
        ),
        (
            "I cannot write to you",
            "It says: <sales@shop.example>: 550 5.1.1 User unknown. What is your address?",
        ),
    ],
)
def test_a_persons_complaint_is_no_bounce(subject: str, body: str):
    mail = plain(body, subject, "Ana <ana@home.example>", "Return-Path: <ana@home.example>\n")
    assert mail.bounce is None
    assert mail.origin is Origin.CUSTOMER


def test_a_postmaster_who_complains_is_a_person():
    mail = plain("My payment was rejected twice.", "Invoice", "postmaster@firm.example", "")
    assert mail.bounce is None


def test_an_out_of_office_with_an_empty_return_path_is_no_bounce():
    mail = plain("I am out of the office until Monday.", "Automatic reply: Order", "a@home.example")
    assert mail.origin is Origin.AUTO_REPLY
    assert mail.bounce is None


def test_without_a_parsed_message_the_text_has_to_serve():
    known = plain("Delivery to the following recipient failed permanently:\n\n  ana@example.net\n")
    bounce = read_bounce(known, None)
    assert bounce is not None
    assert bounce.recipients == ("ana@example.net",)


def test_a_report_with_a_wrong_boundary_is_read_all_the_same():
    text = DSN.format(groups=DEAD.format(who="ana@example.net"), words="")
    broken = text.replace('boundary="frontier"', 'boundary="elsewhere"')
    bounce = bounce_of(opened(broken))
    assert bounce.recipients == ("ana@example.net",)
    assert bounce.original_message_id == "tregua.m1.abc@help.shop.example"


def test_a_charset_that_the_library_cannot_bear_does_no_harm():
    text = DSN.format(groups=DEAD.format(who="ana@example.net"), words="é")
    odd = text.replace("charset=us-ascii", 'charset="us\x00ascii"')
    assert bounce_of(opened(odd)).recipients == ("ana@example.net",)


@pytest.mark.parametrize("filler", ["\n", "<", "a@", "550 5.1.1 ", "Final-Recipient: x@y\n"])
def test_hostile_text_ends_in_a_bounce_or_none_but_ends(filler: str):
    mail = plain(filler * (60_000 // len(filler)))
    assert len((mail.bounce or Bounce()).recipients) <= 1000
