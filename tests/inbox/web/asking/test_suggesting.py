"""What a search box offers while somebody types, and a saved search in the words of the screen."""

import pytest

from cases import language
from inbox.web.asking.rewording import reworded
from inbox.web.asking.suggesting import suggestions

KNOWN = {
    "assignee": (("ana@tienda.test", "Ana Belén"),),
    "mailbox": (),
    "hold": (),
    "tag": (("black friday", ""),),
}


def _wholes(typed: str, spoken: str = "es") -> list[str]:
    with language.speaking(spoken):
        return [one.whole for one in suggestions(typed, KNOWN)]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", "es:"),
        ("ti", "tipo:"),
        ("roto -as", "roto -asunto:"),
        ("(anim", "(ánimo:"),
        ("es:ab", "es:abierto "),
        ("is:cerr", "es:cerrado "),
        ("asignado:bel", "asignado:ana@tienda.test "),
        ("asignado:y", "asignado:yo "),
        ("es:abierto plazo:", "es:abierto plazo:tarde "),
        ("idioma:esp", "idioma:es "),
        ("tipo:entre", "tipo:entrega "),
        ("etiq", "etiqueta:"),
        ("-tag:bla", '-etiqueta:"black friday" '),
    ],
)
def test_the_last_piece_is_completed(typed: str, offered: str) -> None:
    assert offered in _wholes(typed)


def test_the_screen_speaks_its_own_language() -> None:
    assert _wholes("t", "en")[:2] == ["to:", "type:"]
    assert _wholes("es:abi", "en") == ["is:open "]


@pytest.mark.parametrize(
    "typed", ['asunto:"taza ro', "zzzz", "https://x.example/a", 'es:"', "nada:x"]
)
def test_what_cannot_be_completed_is_left_alone(typed: str) -> None:
    assert not [one for one in _wholes(typed) if not one.startswith("es:")]


@pytest.mark.parametrize(
    ("saved", "read"),
    [
        ("is:open -mood:angry", "es:abierto -ánimo:enfadado"),
        ('type:fulfil.delivery OR "late again"', 'tipo:entrega O "late again"'),
        ("subject:open https://x.example roto", "asunto:open https://x.example roto"),
        ("sla:<2h (is:late", "plazo:<2h (es:tarde"),
        ("nonsense:open", "nonsense:open"),
        ("", ""),
    ],
)
def test_a_saved_search_is_read_in_the_words_of_the_screen(saved: str, read: str) -> None:
    with language.speaking("es"):
        assert reworded(saved) == read
    with language.speaking("en"):
        assert reworded("es:abierto asignado:yo") == "is:open assignee:me"
