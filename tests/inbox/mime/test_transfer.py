"""Attachments come out byte by byte, also of encodings that were damaged on the way."""

import base64
import binascii

import pytest

from inbox.mime.transfer import enclosed_files, undo

CONTENT = bytes(range(256)) * 3


def uuencoded(content: bytes) -> bytes:
    lines = [binascii.b2a_uu(content[n : n + 45]) for n in range(0, len(content), 45)]
    return b"begin 644 a.bin\n" + b"".join(lines) + b"`\nend\n"


def yencoded(content: bytes) -> bytes:
    coded = bytearray()
    for byte in content:
        value = (byte + 42) % 256
        coded += bytes([0x3D, (value + 64) % 256]) if value in b"\0\n\r=" else bytes([value])
    return (
        b"=ybegin line=128 size=%d name=a.bin\n" % len(content) + bytes(coded) + b"\n=yend size=1\n"
    )


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (base64.encodebytes(CONTENT), b"base64"),
        (base64.encodebytes(CONTENT), b" BASE64 "),
        (base64.encodebytes(CONTENT).replace(b"\n", b"\r\n"), b"base64; x=y"),
        (base64.b64encode(CONTENT).rstrip(b"="), b"base64"),
        (base64.b64encode(CONTENT[:100]) + b"\n" + base64.b64encode(CONTENT[100:]), b"base64"),
        (binascii.b2a_qp(CONTENT, istext=False), b"quoted-printable"),
        (uuencoded(CONTENT), b"x-uuencode"),
        (CONTENT, b"8bit"),
        (CONTENT, b""),
        (CONTENT, b"nobody-knows"),
    ],
)
def test_an_encoding_is_undone(body: bytes, encoding: bytes) -> None:
    assert undo(body, encoding) == CONTENT


def test_what_stands_behind_the_end_of_base64_is_no_content() -> None:
    assert undo(b"SG9sYQ== ignored", b"base64") == b"Hola"
    assert undo(b"SG9sYQ==\n_____\nA list\n", b"base64") == b"Hola"


def test_words_that_only_claim_to_be_base64_are_kept() -> None:
    assert undo("Hola, ¿qué tal?".encode(), b"base64") == "Hola, ¿qué tal?".encode()


@pytest.mark.parametrize("encoded", [uuencoded(CONTENT), yencoded(CONTENT)])
def test_a_file_inside_the_text_is_taken_out(encoded: bytes) -> None:
    text, files = enclosed_files(b"antes\n" + encoded + b"\ndespues\n")
    assert files == [("a.bin", CONTENT)]
    assert text.split() == [b"antes", b"despues"]


def test_a_sentence_about_beginnings_is_no_file() -> None:
    said = b"begin 2026 with us\nMore words here and there.\nend\n"
    assert enclosed_files(said) == (said, [])
    assert enclosed_files(b"begin 644 a.txt\nnot coded\nend") == (
        b"begin 644 a.txt\nnot coded\nend",
        [],
    )


def test_thousands_of_openings_cost_no_time() -> None:
    assert len(enclosed_files(b"begin 644 a\n" * 50_000)[1]) == 0
    assert len(enclosed_files(b"=ybegin name=a\nx\n" * 50_000)[1]) <= 100


def test_what_a_list_writes_below_a_base64_text_does_no_harm() -> None:
    body = b"TGEgc2XDsWFsIGVzdMOhIGNhw61kYS4K\n\n--\nmailing list footer\n"
    assert undo(body, b"base64").decode() == "La señal está caída.\n"
    pieces = b"YQ==\n\nYg==\n"
    assert undo(pieces, b"base64") == b"ab"
