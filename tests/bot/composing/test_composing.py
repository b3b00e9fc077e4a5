"""The bytes of what we send say what was meant, and nothing that somebody smuggled in."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.composing import Draft, NotAsMeant, compose, references, safe, safe_id
from bot.composing.html_twin import as_html
from cases.mail import Address

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
VECTORS = (
    "Hi\r\nBcc: evil@x.test",
    "Hi\nBcc: evil@x.test",
    "Hi\rBcc: evil@x.test",
    "Hi =?UTF-8?Q?a=0ABcc:_evil@x.test?=",
    "Hi =?UTF-8?B?YQpCY2M6IGV2aWxAeC50ZXN0?=",
    "Hi =?utf-8?q?=0D=0A=0D=0A<script>?= there",
    "Hi\u2028Bcc: evil@x.test",
    "Hi\u2029Bcc: evil@x.test",
    "Hi\x85Bcc: evil@x.test",
    "Hi\x00\x0b\x0cBcc: evil@x.test",
    "Hi\r\n\r\nBcc: evil@x.test",
    "Hi\r\n Bcc: evil@x.test",
    '"Ana" <evil@x.test>, "Other" <o@x.test>',
    "Ana, evil@x.test; <evil@x.test> (comment",
    "=?" * 500,
    "x" * 5000,
    "ñ" * 3000,
    "\ud800 surrogate",
    "\u202egnp.exe",
)


def _draft(**about: object) -> Draft:
    said = {
        "message_id": "tregua.c1.abc@t.test",
        "sender": Address("soporte@t.test", "Soporte"),
        "recipient": Address("ana@cliente.test", "Ana"),
        "subject": "Re: Pedido",
        "text": "Hola",
        "at": AT,
    } | about
    return Draft(**said)


def _mail(**about: object) -> Message:
    return message_from_bytes(compose(_draft(**about)))


def _names(mail: Message) -> list[str]:
    return sorted(name.lower() for name in mail.keys())  # noqa: SIM118  each, doubles too


PLAIN = [
    *("content-transfer-encoding", "content-type", "date", "from", "message-id"),
    *("mime-version", "subject", "to"),
]


def test_an_answer_says_who_to_whom_what_and_to_which_mail() -> None:
    mail = _mail(in_reply_to="q1@cliente.test", references=("q0@cliente.test",), language="es")
    assert mail["From"] == "Soporte <soporte@t.test>"
    assert mail["To"] == "Ana <ana@cliente.test>"
    assert mail["In-Reply-To"] == "<q1@cliente.test>"
    assert mail["References"] == "<q0@cliente.test> <q1@cliente.test>"
    assert mail["Content-Language"] == "es"
    assert mail["Auto-Submitted"] is None


def test_automatic_mail_says_that_it_is() -> None:
    mail = _mail(automatic=True, loop_mark="m")
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["Precedence"] == "auto_reply"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["X-Tregua-Loop"] == "m"


@pytest.mark.parametrize("vector", VECTORS)
def test_a_hostile_subject_adds_no_header(vector: str) -> None:
    mail = _mail(subject=f"Re: {vector}")
    assert _names(mail) == PLAIN
    assert mail.get_payload(decode=True).strip() == b"Hola"


@pytest.mark.parametrize("vector", VECTORS)
def test_a_hostile_name_adds_no_header_and_no_recipient(vector: str) -> None:
    mail = _mail(sender=Address("soporte@t.test", vector), recipient=Address("ana@c.test", vector))
    assert _names(mail) == PLAIN
    assert str(mail["To"]).rstrip().endswith("ana@c.test>")
    assert len(mail.get_all("To", [])) == 1


@pytest.mark.parametrize("vector", VECTORS)
def test_hostile_ids_and_languages_add_no_header(vector: str) -> None:
    mail = _mail(
        in_reply_to=vector, references=(vector, "good@x.test"), reply_to=vector, language=vector
    )
    assert set(_names(mail)) - set(PLAIN) <= {
        *("references", "reply-to", "content-language", "in-reply-to")
    }
    assert "evil@x.test" not in str(mail["In-Reply-To"])


@pytest.mark.parametrize(
    "address",
    ["", "ana", "a b@c.test", "ana@c.test\r\nBcc: x@y.test", "ñ@c.test", "a@b@c..", "<a@b.test>"],
)
def test_an_address_that_is_none_is_refused_and_nothing_crashes(address: str) -> None:
    with pytest.raises(NotAsMeant):
        compose(_draft(recipient=Address(address)))


def test_an_address_in_another_script_is_written_in_ascii() -> None:
    assert "xn--" in str(_mail(recipient=Address("ana@tiendá.test"))["To"])


@given(st.text(max_size=200), st.text(max_size=80), st.text(max_size=2000))
@settings(max_examples=150, deadline=None)
def test_whatever_is_written_arrives_as_one_mail(subject: str, name: str, text: str) -> None:
    content = compose(_draft(subject=subject, sender=Address("s@t.test", name), text=text))
    mail = message_from_bytes(content)
    assert set(_names(mail)) | {"subject"} == set(PLAIN)
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")


def test_a_subject_in_any_language_is_read_as_it_was_written() -> None:
    for subject in ("Re: ¿Dónde está mi pedido nº 7?", "Re: 注文 " * 20, "Re: 👍 " * 40):
        said = _mail(subject=subject)["Subject"]
        assert "".join(str(make_header(decode_header(said))).split()) == "".join(subject.split())


def test_texts_keep_their_words_and_lose_what_is_no_text() -> None:
    mail = _mail(text="Hola\r\n\r.\r\n..\x00\x07\n\tFin ñ")
    text = mail.get_payload(decode=True).decode()
    assert text.replace("\r\n", "\n") == "Hola\n\n.\n..\n\tFin ñ\n"


def test_an_answer_can_go_out_in_two_forms_that_say_the_same() -> None:
    mail = _mail(text="Hola & <b>:\n\nvea https://t.test/a?b=1&c=2.\nAdiós", has_html=True)
    plain, twin = mail.get_payload()
    assert mail.get_content_type() == "multipart/alternative"
    assert "<b>:" in plain.get_payload(decode=True).decode()
    html = twin.get_payload(decode=True).decode()
    assert "<p>Hola &amp; &lt;b&gt;:</p>" in html
    assert '<a href="https://t.test/a?b=1&amp;c=2">https://t.test/a?b=1&amp;c=2</a>.<br>' in html


@given(st.text(max_size=2000))
@settings(max_examples=100, deadline=None)
def test_no_text_becomes_markup_in_its_twin(text: str) -> None:
    tags = set(re.findall(r"<(/?[a-zA-Z!]+)", as_html(text)))
    assert tags <= {
        *("!DOCTYPE", "html", "head", "meta", "/head", "body", "p", "br", "a", "/a", "/p"),
        *("/body", "/html"),
    }


def test_references_keep_the_oldest_and_the_newest_below_what_relays_take() -> None:
    ids = tuple(f"{n:04}.{'x' * 60}@cliente.test" for n in range(100))
    found = references(ids, "parent@t.test")
    assert len(found) <= 1500
    assert found.startswith(f"<{ids[0]}> <{ids[1]}>")
    assert found.endswith(f"<{ids[99]}> <parent@t.test>")
    assert references(("x" * 590 + "@y",) * 3, "p@t.test").endswith("<p@t.test>")


def test_safe_words_have_one_line_and_a_bounded_length() -> None:
    assert safe(" a\r\n b\t c ") == "a b c"
    assert len(safe("x" * 5000)) == 900
    assert safe_id("a@b") == "a@b"
    assert safe_id("a@b> <c@d") == safe_id("a b") == safe_id("") == ""
