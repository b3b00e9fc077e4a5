"""A link or a sender that looks like another place says what it really is."""

import pytest
from sqlalchemy import select

from cases.db import transaction
from cases.language import speaking
from cases.message import Message
from inbox.web.mail import host_marks, hosts
from inbox.web.mail.hosts import Letters
from inbox.web.mail.safe_html import clean
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ADMIN

CYRILLIC_A = "\u0430"
HONEST = (
    "<a href='https://www.tienda.es/oferta'>tienda.es</a>",
    "<a href='https://click.tienda.es/x'>Ver en https://tienda.es/oferta</a>",
    "<a href='https://tienda.es/f'>factura.pdf, notes.md, 89.90, Sr.Ruiz</a>",
    "<a href='mailto:ana@tienda.es'>correos.es</a>",
    "<a href='https://cdn.example/a'>Pulsa aquí</a>",
    "<a href='https://cdn.example/a'>ana@correos.es</a>",
    "<p>correos.es</p>",
)
POSING = (
    "<a href='https://thief.example/x'>www.correos.es</a>",
    "<a href='https://thief.example/x'>https://<b>corr</b>eos.example/pago</a>",
    "<a href='https://thief.example/x'>Paga en cor\u00ad\u200breos.es.</a>",
    "<a href='https://thief.example/x'>ｃｏｒｒｅｏｓ．ｅｓ</a>",
    "<a href='ht\ntps:\\\\thief.example\\x'>correos.es</a>",
    "<a href='https://correos.es@thief.example/'>Pulsa aquí</a>",
    "<a href='https://thief%2Eexample:8443/'>correos.es<br>seguimiento</a>",
    "<a href='https://thief.example/'>c\u043erreos.es</a>",
)


@pytest.mark.parametrize("html", HONEST)
def test_a_link_that_leads_where_it_seems_stays_as_it_is(html: str) -> None:
    safe = clean(html, {}).html
    assert host_marks.in_html(safe) == safe


@pytest.mark.parametrize("html", POSING)
def test_a_link_that_shows_another_host_says_where_it_leads(html: str) -> None:
    with speaking("es"):
        marked = host_marks.in_html(clean(html, {}).html)
    mark = '<strong class="leads is-odd" dir="ltr" lang="es">Lleva a thief.example</strong>'
    assert marked.endswith(f"</a> {mark}")


@pytest.mark.parametrize(
    ("domain", "letters"),
    [
        ("paypal.com", Letters.PLAIN),
        ("españa.es", Letters.FOREIGN),
        ("xn--espaa-rta.es", Letters.FOREIGN),
        ("пример.com", Letters.FOREIGN),
        ("日本ひらカナabc.jp", Letters.FOREIGN),
        (f"p{CYRILLIC_A}ypal.com", Letters.DECEPTIVE),
        ("xn--pypal-4ve.com", Letters.DECEPTIVE),
        ("аррӏе.com", Letters.DECEPTIVE),
        ("googlε.com", Letters.DECEPTIVE),
        ("xn--" + "z" * 59 + ".com", Letters.FOREIGN),
    ],
)
def test_every_mix_of_alphabets_is_seen(domain: str, letters: Letters) -> None:
    assert hosts.named(domain).letters is letters


def test_coded_names_are_shown_as_they_are_asked_for() -> None:
    safe = clean(f"<a href='https://p{CYRILLIC_A}ypal.com'>Entra</a>", {}).html
    assert "Deceptive letters: leads to xn--pypal-4ve.com" in host_marks.in_html(safe)
    spanish = host_marks.in_html(clean("<a href='https://españa.es'>Entra</a>", {}).html)
    assert 'class="leads"' in spanish
    assert "Leads to xn--espaa-rta.es" in spanish


def test_what_a_mail_writes_never_breaks_out_of_its_mark() -> None:
    hostile = "<a href='https://<b>\"x&quot;&amp;lt;i>.example/'>correos.es</a>"
    marked = host_marks.in_html(clean(hostile, {}).html)
    for sign in ("<b>", "<i>", 'x"', "<script"):
        assert sign not in marked


def test_a_megabyte_of_links_is_marked_in_one_go() -> None:
    many = "<a href='https://a.example'>b.es c.es d.es</a>" * 2_000
    nested = "<a href='https://a.example'><table><td>" * 2_000 + "correos.es"
    long = "<a href='https://a.example'>correos.es " + "x." * 50_000 + "<br>" * 50_000
    for html in (many, nested, long):
        assert "Leads to a.example" in host_marks.in_html(clean(html, {}).html)


def test_the_body_the_plain_text_and_the_sender_are_marked(enter: Enter) -> None:
    admin, case = enter(ADMIN), case_about("Factura")
    with transaction() as session:
        mine = select(Message).where(Message.case_id == case.id).order_by(Message.id)
        message = session.scalars(mine).first()
        assert message is not None
        message.sender = f"aviso@p{CYRILLIC_A}ypal.com"
        message.text = message.new_text = (
            f"Entra en https://p{CYRILLIC_A}ypal.com/x y en https://tienda.es/y."
        )
    page = admin.get(f"/cases/{case.id}").text
    assert "Remitente engañoso: xn--pypal-4ve.com" in page
    assert page.count("Letras engañosas: lleva a xn--pypal-4ve.com") == 1
    assert "Lleva a tienda.es" not in page
