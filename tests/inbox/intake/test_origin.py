"""Who is speaking: each kind of mail gets the one origin that its signs tell."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cases.mail import Address, Attachment, Bounce, Mail, Origin, Trust
from inbox.intake.known import BotRule
from inbox.intake.origin import Known, who_speaks

US = "help@shop.example"
KNOWN = Known(
    own=frozenset({US}),
    agents=frozenset({"marta@shop.example"}),
    own_id_domains=frozenset({"help.shop.example"}),
)


def a_mail(
    subject: str = "My order", text: str = "Where is it?", sender: str = "ana@home.example", **more
) -> Mail:
    """A person's mail to us; `headers` are added to its own."""
    headers = (("from", sender), *more.pop("headers", ()))
    return Mail(
        message_id="one@home.example",
        sender=Address(sender),
        to=(Address(US),),
        subject=subject,
        text=text,
        new_text=text,
        headers=headers,
        **more,
    )


def origin_of(mail: Mail, known: Known = KNOWN) -> Origin:
    return who_speaks(mail, known).origin


def test_a_persons_mail_is_a_customers_and_may_be_answered():
    speaker = who_speaks(a_mail(), KNOWN)
    assert speaker.origin is Origin.CUSTOMER
    assert (speaker.may_answer, speaker.may_answer_reason) == (True, "a person wrote")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("auto-submitted", "auto-replied"),
        ("auto-submitted", "auto-replied (vacation)"),
        ("auto-submitted", "auto-generated"),
        ("x-autoreply", "yes"),
        ("x-autorespond", "1"),
        ("x-autoresponder", "yes"),
        ("precedence", "auto_reply"),
        ("x-freescout-mail-type", "auto.reply"),
        ("delivered-to", "Autoresponder"),
        ("x-ms-exchange-generated-message-source", "Mailbox Rules Agent"),
    ],
)
def test_a_machine_that_says_so_in_its_header_is_an_automatic_answer(name: str, value: str):
    speaker = who_speaks(a_mail(headers=((name, value),)), KNOWN)
    assert speaker.origin is Origin.AUTO_REPLY
    assert speaker.rule.startswith(name)
    assert not speaker.may_answer


def test_auto_submitted_no_means_a_person():
    mail = a_mail("Out of office: question", headers=(("auto-submitted", "no"),))
    speaker = who_speaks(mail, KNOWN)
    assert speaker.origin is Origin.CUSTOMER
    assert speaker.may_answer


def test_the_wish_for_no_answer_is_no_sign_of_a_machine():
    speaker = who_speaks(a_mail(headers=(("x-auto-response-suppress", "All"),)), KNOWN)
    assert speaker.origin is Origin.CUSTOMER
    assert not speaker.may_answer


def test_unasked_mail_of_a_machine_to_a_list_is_bulk():
    headers = (("auto-submitted", "auto-generated"), ("list-id", "<project.git.example>"))
    assert origin_of(a_mail("[project] Issue 12", headers=headers)) is Origin.BULK


@pytest.mark.parametrize(
    "subject",
    [
        "Respuesta automática: Mi pedido",
        "Automatic reply: My order",
        "Out of Office: My order",
        "Out of office",
        "Out of Office AutoReply: My order",
        "AUTO: Ana Pérez is out of the office (returning 12/01/2027)",
        "Fuera de la oficina: Mi pedido",
        "Fuera de la oficina",
        "Autorespuesta",
        "Ausente: Mi pedido",
        "Réponse automatique : Ma commande",
        "Absence du bureau",
        "Automatische Antwort: Bestellung",
        "Abwesenheitsnotiz: Bestellung",
        "Resposta automática: Pedido",
        "Risposta automatica: Ordine",
        "Automatisch antwoord: Bestelling",
        "Resposta automàtica: Comanda",
        "Autosvar: Order",
        "Odpowiedź automatyczna: Zamówienie",
        "Автоматический ответ: заказ",
        "自動返信: 注文",
        "자동 회신: 주문",
    ],
)
def test_a_subject_of_an_automatic_answer_is_enough(subject: str):
    assert origin_of(a_mail(subject, "")) is Origin.AUTO_REPLY


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: Order", "I am out of the office until Monday. For urgent matters contact Bob."),
        ("Re: Order", "This is an automated response. We will be in touch."),
        ("RE: Pedido", "Gracias por su mensaje. Estoy de vacaciones hasta el 15 de agosto."),
        ("Re: Pedido", "Este es un mensaje automático. Hemos recibido su consulta."),
        ("Re: Commande", "Je suis absent jusqu'au 3 mai. Merci pour votre message."),
        ("AW: Bestellung", "Ich bin zurzeit nicht im Büro. Vielen Dank für Ihre Nachricht."),
        ("Re: Ordine", "Sono assente fino al 3 maggio. Grazie per la mail."),
        ("Re: Pedido", "Estou de férias até dia 3. Obrigado pela sua mensagem."),
    ],
)
def test_words_that_fit_together_tell_a_machine_without_headers(subject: str, text: str):
    mail = a_mail(subject, text, in_reply_to=("tregua.m1.a@help.shop.example",))
    assert origin_of(mail) is Origin.AUTO_REPLY


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Order 123", "I will be out of the office tomorrow, so please deliver on Friday."),
        ("Pedido", "¿Dónde está? Estoy de vacaciones hasta el lunes y lo necesito antes."),
        ("Automatic door broken", "The automatic door that I bought does not work."),
        ("Your automatic reply", "I only get an automatic reply and nobody answers!"),
        ("Respuesta automática inútil", "Solo recibo una respuesta automática, nada más."),
        ("Re: Respuesta automática: Pedido", "Vale, y ahora quiero preguntar por la factura."),
        ("Vacaciones", "Quiero reservar para agosto."),
        ("Out of office hours", "Can you deliver out of office hours?"),
        ("Baja", "Ya no trabajo en Madrid. Contacten conmigo urgentemente."),
        ("Re: Pedido", "Gracias por su mensaje, pero sigo esperando."),
        ("Return", "Can I return it until 3 March?"),
    ],
)
def test_people_who_use_the_same_words_stay_people(subject: str, text: str):
    for answered in ((), ("tregua.m1.a@help.shop.example",)):
        assert origin_of(a_mail(subject, text, in_reply_to=answered)) is Origin.CUSTOMER


def test_a_subject_that_people_write_too_needs_a_second_sign():
    text = "Estaré fuera hasta el lunes."
    assert origin_of(a_mail("Vacaciones", text)) is Origin.CUSTOMER
    assert origin_of(a_mail("Vacaciones", text, in_reply_to=("a@b",))) is Origin.AUTO_REPLY
    hint = (("x-auto-response-suppress", "All"),)
    assert origin_of(a_mail("Vacaciones", "x", headers=hint)) is Origin.AUTO_REPLY


def test_an_answer_that_nothing_can_be_returned_to_is_a_machines():
    mail = a_mail("Re: Order", "Hello", in_reply_to=("a@b",), return_path="")
    assert origin_of(mail) is Origin.AUTO_REPLY
    assert origin_of(a_mail(return_path="")) is Origin.CUSTOMER


def test_a_car_is_no_automatic_answer():
    assert origin_of(a_mail("Auto: avería", "Mi auto no arranca.")) is Origin.CUSTOMER
    assert origin_of(a_mail("Auto: Order", "x", in_reply_to=("a@b",))) is Origin.AUTO_REPLY


def test_an_out_of_office_says_when_the_person_is_back():
    sent = datetime(2026, 8, 1, 9, tzinfo=UTC)
    mail = a_mail("Fuera de la oficina", "Vuelvo el 15 de agosto.", sent_at=sent)
    assert who_speaks(mail, KNOWN).returns_at == datetime(2026, 8, 15, tzinfo=UTC)


def test_a_bounce_is_a_bounce():
    assert origin_of(a_mail(bounce=Bounce(("x@y.example",)))) is Origin.BOUNCE


@pytest.mark.parametrize(
    ("content_type", "origin"),
    [
        ("multipart/report; report-type=feedback-report; boundary=x", Origin.FEEDBACK_REPORT),
        ("multipart/report; report-type=disposition-notification", Origin.RECEIPT),
        ('multipart/report; report-type="delivery-status"', Origin.RECEIPT),
        ("message/feedback-report", Origin.FEEDBACK_REPORT),
    ],
)
def test_reports_are_told_by_their_type(content_type: str, origin: Origin):
    assert origin_of(a_mail(headers=(("content-type", content_type),))) is origin


def test_a_read_receipt_in_words_is_a_receipt():
    mail = a_mail("Leído: Su pedido", "Su mensaje fue leído el lunes, 2 de marzo de 2026.")
    assert origin_of(mail) is Origin.RECEIPT
    assert origin_of(a_mail("Read this please", "It is broken.")) is Origin.CUSTOMER


def test_an_emoji_is_a_receipt_and_no_reply():
    emoji = Attachment("", "text/vnd.google.email-reaction+json", 20, "0" * 32, 2)
    assert origin_of(a_mail(attachments=(emoji,))) is Origin.RECEIPT
    words = a_mail("Re: Order", "👍 Ana reacted via Gmail", in_reply_to=("a@b",))
    assert origin_of(words) is Origin.RECEIPT


def test_the_answer_to_an_invitation_is_a_receipt_and_the_invitation_is_not():
    calendar = Attachment("invite.ics", "text/calendar", 20, "0" * 32, 2)
    assert origin_of(a_mail("Aceptada: Reunión", attachments=(calendar,))) is Origin.RECEIPT
    assert origin_of(a_mail("Reunión", attachments=(calendar,))) is Origin.CUSTOMER


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("list-id", "<news.other.example>"),
        ("list-unsubscribe", "<mailto:off@other.example>"),
        ("precedence", "bulk"),
        ("precedence", "junk"),
        ("precedence", "list"),
        ("x-cron-env", "<SHELL=/bin/sh>"),
        ("x-jira-fingerprint", "abc"),
    ],
)
def test_mail_to_many_and_news_of_machines_are_bulk(name: str, value: str):
    speaker = who_speaks(a_mail(headers=((name, value),)), KNOWN)
    assert speaker.origin is Origin.BULK
    assert not speaker.may_answer


def test_a_support_address_that_is_a_group_does_not_make_its_customers_a_list():
    headers = (("list-id", "<help.shop.example>"), ("precedence", "list"))
    speaker = who_speaks(a_mail(headers=headers), KNOWN)
    assert speaker.origin is Origin.CUSTOMER
    assert speaker.may_answer


def test_an_address_that_takes_no_answers_is_bulk_but_a_form_is_its_sender():
    noreply = a_mail(sender="no-reply@bank.example")
    assert origin_of(noreply) is Origin.BULK
    form = replace(noreply, reply_to=(Address("ana@home.example"),))
    assert origin_of(form) is Origin.CUSTOMER


def test_our_own_mail_is_recorded_only():
    ours = replace(a_mail(), message_id="tregua.m8123.k7f3q9x2b5d1@help.shop.example")
    assert origin_of(ours) is Origin.OWN
    assert origin_of(a_mail(sender=US)) is Origin.OWN
    foreign = replace(a_mail(), message_id="tregua.m8123.k7f3q9x2b5d1@evil.example")
    assert origin_of(foreign) is Origin.CUSTOMER


def test_a_form_on_our_site_that_writes_from_our_address_is_not_our_own_mail():
    form = a_mail(sender=US, reply_to=(Address("ana@home.example"),))
    assert origin_of(form) is Origin.CUSTOMER


@pytest.mark.parametrize(
    ("trust", "authserv_ids", "origin"),
    [
        (Trust.PASS, frozenset({"mx.shop.example"}), Origin.AGENT),
        (Trust.NONE, frozenset(), Origin.AGENT),
        (Trust.NONE, frozenset({"mx.shop.example"}), Origin.CUSTOMER),
        (Trust.FAIL, frozenset(), Origin.CUSTOMER),
    ],
)
def test_an_agent_has_to_be_verified_where_a_server_could(trust, authserv_ids, origin):
    known = replace(KNOWN, authserv_ids=authserv_ids)
    speaker = who_speaks(a_mail(sender="marta@shop.example", trust=trust), known)
    assert speaker.origin is origin
    assert not speaker.may_answer


WEBSHOP = BotRule("webshop", frozenset({"orders@shop.example"}), customer="body:Cliente:")


def test_a_registered_bot_names_the_customer_that_it_writes_about():
    known = replace(KNOWN, bots=(WEBSHOP,))
    text = "Pedido enviado\nCliente: Ana <Ana@home.example>\n"
    headers = (("auto-submitted", "auto-generated"),)
    mail = a_mail("Pedido 12", text, "orders@shop.example", headers=headers)
    speaker = who_speaks(mail, known)
    assert (speaker.origin, speaker.bot) == (Origin.BOT, "webshop")
    assert speaker.customer == "ana@home.example"


@pytest.mark.parametrize(
    ("place", "customer"),
    [
        ("to", "luis@home.example"),
        ("header:X-Customer", "A-1009"),
        ("body:Order:", "77-B"),
        ("", None),
    ],
)
def test_the_customer_of_a_bot_stands_where_its_rule_says(place: str, customer: str | None):
    rule = replace(WEBSHOP, customer=place)
    mail = a_mail("x", "Order: 77-B", "orders@shop.example", headers=(("x-customer", "A-1009"),))
    mail = replace(mail, to=(Address(US), Address("luis@home.example")))
    assert who_speaks(mail, replace(KNOWN, bots=(rule,))).customer == customer


def test_every_kind_of_sign_that_a_rule_names_has_to_be_there():
    rule = replace(WEBSHOP, headers=(("x-mailer", "shop*bot"),), subject_patterns=("pedido",))
    known = replace(KNOWN, bots=(rule,))
    headers = (("x-mailer", "Shop Invoice Bot"),)
    right = a_mail("Su PEDIDO", "x", "orders@shop.example", headers=headers)
    assert origin_of(right, known) is Origin.BOT
    assert origin_of(replace(right, subject="Factura"), known) is not Origin.BOT
    assert origin_of(replace(right, headers=()), known) is not Origin.BOT


def test_whoever_fails_authentication_is_no_registered_bot():
    known = replace(KNOWN, bots=(WEBSHOP,))
    forged = a_mail(sender="orders@shop.example", trust=Trust.FAIL)
    assert origin_of(forged, known) is Origin.CUSTOMER


def test_a_mailing_of_our_own_domain_is_marketing_and_a_strangers_claim_is_not():
    headers = (("list-unsubscribe", "<https://shop.example/off>"),)
    ours = a_mail("Offers", "Buy!", "news@shop.example", headers=headers)
    assert origin_of(ours) is Origin.MARKETING
    receipt = (("x-tregua-receipt", "abc"),)
    assert origin_of(a_mail(sender="news@shop.example", headers=receipt)) is Origin.MARKETING
    assert origin_of(a_mail(headers=receipt)) is Origin.CUSTOMER


def test_a_registered_marketing_sender_is_marketing():
    rule = BotRule("mailer", frozenset({"news@mailer.example"}), customer="to", kind="marketing")
    mail = a_mail("Offers", "Buy!", "news@mailer.example")
    speaker = who_speaks(mail, replace(KNOWN, marketing=(rule,)))
    assert (speaker.origin, speaker.bot) == (Origin.MARKETING, "mailer")


def test_the_spam_flag_counts_only_beside_our_own_servers_verdict():
    known = replace(KNOWN, authserv_ids=frozenset({"mx.shop.example"}))
    verdict = ("authentication-results", "mx.shop.example; spf=none")
    flag, hop = ("x-spam-flag", "YES"), ("received", "from x by mx.shop.example")
    assert origin_of(a_mail(headers=(flag, verdict, hop)), known) is Origin.SPAM
    assert origin_of(a_mail(headers=(verdict, hop, flag)), known) is Origin.CUSTOMER
    assert origin_of(a_mail(headers=(flag, hop)), known) is Origin.CUSTOMER
    assert origin_of(a_mail(headers=(flag, verdict, hop))) is Origin.CUSTOMER


def test_a_challenge_is_told_by_subject_and_words_together():
    text = "Please click the link to prove that you are human and your message is delivered."
    assert origin_of(a_mail("Please confirm your message", text)) is Origin.CHALLENGE
    assert origin_of(a_mail("Please confirm your delivery date", "When?")) is Origin.CUSTOMER


@pytest.mark.parametrize("filler", ["this is an auto ", "i am ", "\n", "reply to ", "urgen "])
def test_hostile_text_is_judged_all_the_same(filler: str):
    text = filler * (100_000 // len(filler))
    assert who_speaks(a_mail(text[:5000], text), KNOWN).origin in Origin
