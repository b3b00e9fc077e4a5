"""Every mail can be parsed; what could not be read is named."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.mail import Address, Mail
from inbox.intake import parsing
from inbox.intake.parsing import parse

ORDINARY = """\
Return-Path: <ana@example.org>
Delivered-To: help@example.com
X-Original-To: soporte@example.com
Received: from mx.example.org (mx.example.org [192.0.2.1]) by mx.example.com (Postfix)
\twith ESMTPS id 4C; Mon, 2 Nov 2026 10:00:01 +0100
From: =?utf-8?q?Ana_Garc=C3=ADa?= <Ana@Example.org>
Reply-To: ana.casa@example.org
To: Soporte <soporte@example.com>, help@example.com
Cc: Luis <luis@example.org>
Subject: =?utf-8?q?Reclamaci=C3=B3n?= del pedido 5
Date: Mon, 2 Nov 2026 10:00:00 +0100
Message-ID: <m1@example.org>
In-Reply-To: <m0@example.com>
References: <a@example.com>
 <m0@example.com>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="frontera"

--frontera
Content-Type: multipart/alternative; boundary="otra"

--otra
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

No llega, ¿qué pasó?
--otra
Content-Type: text/html; charset=utf-8

<p>No llega, ¿qué pasó?</p>
--otra--
--frontera
Content-Type: application/pdf; name="factura.pdf"
Content-Transfer-Encoding: base64

JVBERi0xLjQK
--frontera--
""".encode()

BROKEN = (
    b"From: Ana <ana@example.org\r\nDate: yesterday\r\nSubject: uno\r\nSubject: dos\r\n"
    b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    b"Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; boundary=never\r\n\r\n"
    b"--b\r\n"
)
JAPANESE = (
    b"From: taro@example.jp\nSubject: =?iso-2022-jp?b?GyRCQ21KOBsoQg==?=\n"
    b"Content-Type: text/plain; charset=iso-2022-jp\n\n"
) + "注文が届きません".encode("iso2022_jp")


def test_an_ordinary_mail_is_read_whole() -> None:
    mail = parse(ORDINARY).mail
    assert mail.message_id == "m1@example.org"
    assert mail.in_reply_to == ("m0@example.com",)
    assert mail.references == ("a@example.com", "m0@example.com")
    assert mail.sender == Address("ana@example.org", "Ana García")
    assert mail.reply_to == (Address("ana.casa@example.org"),)
    assert mail.to == (Address("soporte@example.com", "Soporte"), Address("help@example.com"))
    assert mail.cc == (Address("luis@example.org", "Luis"),)
    assert mail.delivered_to == ("help@example.com", "soporte@example.com")
    assert mail.return_path == "ana@example.org"
    assert mail.subject == "Reclamación del pedido 5"
    assert mail.sent_at == datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    assert mail.text == mail.text_from_html == "No llega, ¿qué pasó?"
    assert [(file.name, file.size) for file in mail.attachments] == [("factura.pdf", 9)]
    assert mail.header("X-Original-To") == "soporte@example.com"
    assert [name for name, _ in mail.headers][:2] == ["return-path", "delivered-to"]
    assert mail.defects == ()


def test_the_null_return_path_is_not_the_absent_one() -> None:
    assert parse(b"Return-Path: <>\n\n").mail.return_path == ""
    assert parse(b"Subject: x\n\n").mail.return_path is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Ruiz, Ana <ana@x.example>", Address("ana@x.example", "Ana")),
        ("Ana <ana@x.example>, Luis <luis@x.example>", Address("ana@x.example", "Ana")),
        ("ana", Address("ana")),
    ],
)
def test_a_comma_in_a_name_divides_nobody(written: str, read: Address) -> None:
    assert parse(f"From: {written}\n\nHola".encode()).mail.sender == read


def test_what_is_wrong_with_a_mail_is_named() -> None:
    defects = " | ".join(parse(BROKEN).mail.defects)
    for said in (
        "subject stands 2 times",
        "DateHeaderDefect",
        "AddressHeaderDefect",
        "last boundary",
    ):
        assert said in defects


def test_a_date_that_the_standard_forbids_is_read_all_the_same() -> None:
    assert parse(b"Date: 2 Nov 2026 10:00\n\n").mail.sent_at == datetime(
        2026, 11, 2, 10, tzinfo=UTC
    )
    assert parse(b"Date: nonsense\n\n").mail.sent_at is None
    assert parse(b"Date: Mon, 99 Nov 99999 99:99:99 +9999\n\n").mail.sent_at is None


def test_ids_are_found_among_other_words() -> None:
    mail = parse(
        b"Message-ID: m1@example.org\nIn-Reply-To: Your message of Monday <m0@example.org>\n"
        b"References: <a@b><c@d>, <a\n @b>\n\n"
    ).mail
    assert (mail.message_id, mail.in_reply_to) == ("m1@example.org", ("m0@example.org",))
    assert mail.references == ("a@b", "c@d")


def test_a_mail_survives_what_the_library_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(message: object) -> object:
        raise TypeError("broken")

    monkeypatch.setattr(parsing, "_examine", fails)
    mail = parse(ORDINARY).mail
    assert mail.subject == "Reclamación del pedido 5"
    assert mail.sent_at == datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    assert mail.defects == ("the header could not be examined (TypeError)",)


def test_the_message_for_reports_is_given_unless_it_is_hostile() -> None:
    message = parse(ORDINARY).message
    assert message is not None
    assert message.get_content_type() == "multipart/mixed"
    deep = b"".join(
        b"Content-Type: multipart/x; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(99)
    )
    assert parse(deep).message is None
    assert (
        parse(b"Content-Type: multipart/x; boundary=b\n\n" + b"--b\n\nx\n" * 5_000).message is None
    )


HEADER = b"From: ana@example.org\r\nMIME-Version: 1.0\r\n"
HOSTILE = {
    "100,000 newlines": HEADER + b"\r\n" * 100_000,
    "20,000 encoded words": HEADER + b"Subject: " + b"=?utf-8?q?=C3=B3?= " * 20_000 + b"\r\n\r\nx",
    "20,000 addresses": HEADER + b"To: " + b"a@example.org, " * 20_000 + b"\r\n\r\nx",
    "10,000 parts": HEADER
    + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\n\r\nx\r\n" * 10_000,
    "depth of 10,000": HEADER
    + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(10_000)
    ),
    "10,000 enclosed mails": HEADER + b"Content-Type: message/rfc822\r\n\r\n" * 10_000,
    "header of 5 MB": HEADER + b"X-Long: " + b"x" * 5_000_000 + b"\r\n\r\nx",
    "5,000 name sections": HEADER
    + b"Content-Type: text/plain"
    + b"".join(b";\r\n name*%d*=%%41" % n for n in range(5_000))
    + b"\r\n\r\nx",
    "3,000 hops": HEADER + b"Received: from a (b [192.0.2.1]) by c; x\r\n" * 3_000 + b"\r\nx",
    "100,000 ids": HEADER + b"References: " + b"<a@b> " * 100_000 + b"\r\n\r\nx",
    "20 MB": HEADER + b"\r\n" + b"hola hola\r\n" * 2_000_000,
    "only zeros": HEADER + b"\r\n" + bytes(1_000_000),
    "nothing": b"",
}


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.timeout(30)
def test_a_hostile_mail_is_read_as_far_as_the_limits_allow(what: str) -> None:
    mail = parse(HOSTILE[what]).mail
    assert isinstance(mail, Mail)
    assert len(mail.to) <= 1_000
    assert len(mail.attachments) <= 1_000
    assert len(mail.text) <= 2_000_000


def test_what_the_limits_cut_off_is_named() -> None:
    def named(what: str) -> str:
        return " | ".join(parse(HOSTILE[what]).mail.defects)

    assert "more than 1000 addresses in to" in named("20,000 addresses")
    assert "more than 1000 parts" in named("10,000 parts")
    assert "nested deeper than 50" in named("depth of 10,000")
    assert "header is too long" in named("header of 5 MB")
    assert "subject is longer" in named("20,000 encoded words")
    assert "text is longer" in named("20 MB")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    original=st.sampled_from([ORDINARY, BROKEN, JAPANESE]),
    cut=st.integers(0, 1_500),
    seed=st.integers(0, 2**32),
    flips=st.integers(0, 40),
)
def test_a_damaged_mail_is_still_a_mail(original: bytes, cut: int, seed: int, flips: int) -> None:
    damaged, dice = bytearray(original[: len(original) - cut % len(original)]), random.Random(seed)
    for _ in range(flips if damaged else 0):
        damaged[dice.randrange(len(damaged))] = dice.randrange(256)
    mail = parse(bytes(damaged)).mail
    for text in (
        mail.subject,
        mail.text,
        mail.html,
        mail.sender.name,
        *dict(mail.headers).values(),
    ):
        assert text.encode("utf-8").decode() == text


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_a_mail(content: bytes) -> None:
    assert isinstance(parse(content).mail, Mail)
