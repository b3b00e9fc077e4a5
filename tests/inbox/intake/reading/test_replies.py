"""What a person newly wrote is told in the replies of the programs and providers people use."""

import tomllib
from pathlib import Path

import pytest

from inbox.intake.html_text import html_to_text
from inbox.intake.reading import newly_written

ASSETS = Path(__file__).parents[3] / "assets"
REPLIES = tomllib.loads((ASSETS / "replies.toml").read_text(encoding="utf-8"))
WORDS = "Sigue sin llegar.\n\n¿Me podéis decir algo?"


def _plain(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("case", REPLIES["below"], ids=lambda case: case[0])
def test_what_stands_below_the_words_is_folded(case: tuple[str, str]) -> None:
    read = newly_written(f"{WORDS}\n\n{case[1]}", subject="Re: Pedido")
    assert read.new_text == WORDS
    assert read.folded


@pytest.mark.parametrize("case", REPLIES["whole"], ids=lambda case: case[0])
def test_a_whole_mail_gives_what_was_newly_written(case: tuple[str, str, str, str]) -> None:
    assert _plain(newly_written(case[1], subject=case[3]).new_text) == _plain(case[2])


@pytest.mark.parametrize("case", REPLIES["pages"], ids=lambda case: case[0])
def test_a_page_gives_what_was_newly_written(case: tuple[str, str, str]) -> None:
    read = newly_written(html_to_text(case[1]), html=case[1], subject="Re: Pedido")
    assert _plain(read.new_text) == _plain(case[2])


@pytest.mark.parametrize(
    "text",
    [
        "Hola.\n\nDe conformidad con lo establecido en el Reglamento (UE) 2016/679, solicito que"
        " borren mis datos personales.",
        "Buenas.\n\nEl contenido de este paquete estaba roto.",
        "Salve.\n\nAi sensi dell'art. 130 del Codice del Consumo chiedo la sostituzione.",
        "Hola.\n\nEn virtud de lo dispuesto en la ley de consumidores, exijo la devolución.",
        "Mirad:\n\n[image: foto.jpg]\nAsí llegó la lámpara\nEs la de Ana",
        "Me escribió Luis:   no llega.\nY nada más.",
    ],
)
def test_what_only_resembles_a_disclaimer_or_a_logo_is_kept(text: str) -> None:
    assert newly_written(text).new_text == text
