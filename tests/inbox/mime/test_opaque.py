"""Mails that are signed as a whole are read; signed files stay files."""

import base64

import pytest

from inbox.intake.parsing import parse
from inbox.mime.opaque import signed_mail
from inbox.mime.parts import DEPTH, SIGNED_DEPTH, split

INSIDE = b"Content-Type: text/plain; charset=utf-8\r\n\r\nNo puedo entrar.\r\n"
SIGNED_MAIL = b"Content-Type: application/pkcs7-mime; name=smime.p7m\n\n"
DATA, SIGNED = bytes.fromhex("2a864886f70d010701"), bytes.fromhex("2a864886f70d010702")


def _tlv(tag: int, value: bytes) -> bytes:
    size = len(value)
    length = bytes([size]) if size < 128 else b"\x83" + size.to_bytes(3, "big")
    return bytes([tag]) + length + value


def _endless(tag: int, value: bytes) -> bytes:
    return bytes([tag, 0x80]) + value + b"\0\0"


def _whole(value: bytes) -> bytes:
    return _tlv(4, value)


def _in_pieces(value: bytes) -> bytes:
    return _endless(0x24, b"".join(_tlv(4, value[n : n + 10]) for n in range(0, len(value), 10)))


def _signed(value: bytes, *, endless: bool = False) -> bytes:
    wrap, octets = (_endless, _in_pieces) if endless else (_tlv, _whole)
    content = wrap(0x30, _tlv(6, DATA) + wrap(0xA0, octets(value)))
    inner = wrap(0x30, _tlv(2, b"\1") + _tlv(0x31, b"") + content + _tlv(0x31, b""))
    return wrap(0x30, _tlv(6, SIGNED) + wrap(0xA0, inner))


def _mail(signed: bytes) -> bytes:
    head = b"From: ana@x.example\nContent-Type: application/pkcs7-mime; name=smime.p7m\n"
    return head + b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(signed)


@pytest.mark.parametrize("endless", [False, True])
def test_a_mail_inside_its_signature_is_read(endless: bool) -> None:
    mail = parse(_mail(_signed(INSIDE, endless=endless))).mail
    assert mail.text.strip() == "No puedo entrar."
    assert not mail.attachments


def test_a_signed_invoice_is_a_file() -> None:
    assert signed_mail(_signed(b"<?xml version='1.0'?><FatturaElettronica/>")) is None
    mail = parse(_mail(_signed(b"<?xml version='1.0'?>"))).mail
    assert [one.name for one in mail.attachments] == ["smime.p7m"]


def test_signatures_inside_signatures_are_opened_a_few_deep() -> None:
    inside = INSIDE
    for _ in range(300):
        inside = SIGNED_MAIL + _signed(inside)
    root, defects = split(inside)
    depth = 0
    while root.children:
        root, depth = root.children[0], depth + 1
    assert depth == DEPTH // SIGNED_DEPTH
    assert any("nested deeper" in one for one in defects)


def test_what_is_cut_or_broken_is_no_mail_and_no_crash() -> None:
    whole = _signed(INSIDE, endless=True)
    for end in range(len(whole)):
        inside = signed_mail(whole[:end])
        assert inside is None or INSIDE.startswith(inside)
    for place in range(40):
        signed_mail(whole[:place] + b"\xff" + whole[place + 1 :])
