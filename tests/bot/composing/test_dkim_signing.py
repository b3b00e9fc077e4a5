"""Signatures of what we send: good at the receiver, and never in the way of an answer."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.composing import Draft, compose, dkim_signing
from bot.delivery.smtp import Relay, Way
from cases.mail import Address
from cases.settings import BadSetting
from tests.servers.smtp_sink import SmtpSink


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def chosen(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: rsa.RSAPrivateKey
) -> Iterator[pytest.MonkeyPatch]:
    file = tmp_path / "key.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    monkeypatch.setenv("TREGUA_DKIM_SELECTOR", "t1")
    monkeypatch.setenv("TREGUA_DKIM_KEY_FILE", str(file))
    dkim_signing.settings.cache_clear()
    yield monkeypatch
    dkim_signing.settings.cache_clear()


def _mail(text: str = "Hola, ¿qué tal?") -> bytes:
    return compose(
        Draft(
            message_id="a@t.test",
            sender=Address("soporte@t.test", "Soporte"),
            recipient=Address("ana@c.test"),
            subject="Re: Envío",
            text=text,
            at=datetime(2026, 11, 2, tzinfo=UTC),
        )
    )


def _verifies(content: bytes, key: rsa.RSAPrivateKey) -> bool:
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    return bool(dkim.verify(content, dnsfunc=lambda name, timeout=5: record))


@pytest.mark.usefixtures("chosen")
def test_a_signed_mail_verifies_after_its_way_over_the_wire(
    smtp_sink: SmtpSink, key: rsa.RSAPrivateKey
) -> None:
    with Relay(Way(smtp_sink.host, smtp_sink.port)) as door:
        for text in ("Hola", "ñ\n.\n..\n\n\n", "x" * 3000):
            door.send("s@t.test", ("a@c.test",), _mail(text), before_body=lambda: True)
    assert len(smtp_sink.mails) == 3
    assert all(_verifies(mail.content, key) for mail in smtp_sink.mails)
    assert b"d=t.test" in smtp_sink.mails[0].content


@pytest.mark.usefixtures("chosen")
def test_a_changed_word_or_a_second_header_breaks_the_signature(key: rsa.RSAPrivateKey) -> None:
    mail = _mail("Hola")
    assert _verifies(mail, key)
    assert not _verifies(mail.replace(b"Hola", b"Halo"), key)
    head, _gap, body = mail.partition(b"\r\n\r\n")
    for extra in (b"From: evil@x.test", b"Subject: evil", b"Reply-To: evil@x.test"):
        assert not _verifies(head + b"\r\n" + extra + b"\r\n\r\n" + body, key)


def test_without_a_selector_nothing_is_signed() -> None:
    dkim_signing.settings.cache_clear()
    assert b"DKIM-Signature" not in _mail()


def test_only_the_named_domains_are_signed_for(chosen: pytest.MonkeyPatch) -> None:
    chosen.setenv("TREGUA_DKIM_DOMAINS", '["other.test"]')
    dkim_signing.settings.cache_clear()
    assert b"DKIM-Signature" not in _mail()


@pytest.mark.parametrize("content", [None, b"", b"no key"])
def test_a_key_that_cannot_be_used_is_told_and_the_mail_leaves(
    chosen: pytest.MonkeyPatch,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    content: bytes | None,
) -> None:
    file = tmp_path / "key.pem"
    file.unlink() if content is None else file.write_bytes(content)
    assert b"DKIM-Signature" not in _mail()
    assert "without signature" in caplog.text
    with pytest.raises(BadSetting, match="TREGUA_DKIM_KEY_FILE"):
        dkim_signing.check("t.test")
