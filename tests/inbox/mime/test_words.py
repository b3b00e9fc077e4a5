"""Subjects and names are readable, however they were encoded."""

import pytest

from inbox.mime.words import decode_words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b"Hola", "Hola"),
        (b"=?utf-8?Q?Reclamaci=C3=B3n?=", "Reclamación"),
        (b"=?UTF-8?B?UmVjbGFtYWNpw7Nu?=", "Reclamación"),
        (b"=?iso-8859-1?q?Pedido_n=FAmero_5?= urgente", "Pedido número 5 urgente"),
        (b"Re: =?utf-8?q?uno?= =?utf-8?q?_dos?=", "Re: uno dos"),
        (b"=?utf-8?q?a?==?utf-8?q?b?=", "ab"),
        (b"=?utf-8?q?=C3?= =?utf-8?q?=B3?=", "ó"),
        (b"=?utf-8*es?q?ni=C3=B1o?=", "niño"),
        (b"=?utf-8?q?dos palabras?=", "dos palabras"),
        (b"=?utf-8?B?SG9sYQ?=", "Hola"),
        (b"=?utf-8?q?=3D=3Futf-8=3Fq=3FNi=3DC3=3DB1o=3F=3D?=", "Niño"),
        ("Reclamación".encode(), "Reclamación"),
        ("Reclamación".encode("cp1252"), "Reclamación"),
        (b"=?utf-8?q?sin fin", "=?utf-8?q?sin fin"),
        (b"=?x-unknown?q?a=F1o?=", "año"),
        (b"=?", "=?"),
        (b"", ""),
    ],
)
def test_a_header_is_read(value: bytes, text: str) -> None:
    assert decode_words(value) == text


def test_an_encoded_line_end_cannot_start_another_header() -> None:
    assert decode_words(b"=?utf-8?q?a=0D=0ABcc:_evil@example.com?=") == "a Bcc: evil@example.com"


def test_twenty_thousand_encoded_words_are_one_subject() -> None:
    assert decode_words(b" ".join([b"=?utf-8?q?=C3=B3?="] * 20_000)) == "ó" * 20_000
