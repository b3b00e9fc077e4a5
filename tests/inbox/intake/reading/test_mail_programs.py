"""What each mail program puts around an answer, in each language, is told from the answer."""

import tomllib
from pathlib import Path

import pytest

from inbox.intake.reading import newly_written

ASSETS = Path(__file__).parents[3] / "assets"
PROGRAMS = tomllib.loads((ASSETS / "mail_programs.toml").read_text(encoding="utf-8"))
WORDS = "4711 – 25 €.\n\nPlease, por favor, bitte, s'il vous plaît, per favore."
SAID = "4711: no llega / ne vient pas / kommt nicht."


def _is_marked(heading: str) -> bool:
    return heading.startswith("> ") or "\n> " in heading


@pytest.mark.parametrize("language", PROGRAMS)
def test_marked_lines_below_the_heading_of_any_program_are_quoted(language: str) -> None:
    for heading in PROGRAMS[language]["headings"]:
        text = f"{WORDS}\n\n{heading}\n> Hola, Ana:\n>\n> Your parcel is late.\n"
        assert newly_written(text).new_text == WORDS, heading


@pytest.mark.parametrize("language", PROGRAMS)
def test_bare_lines_below_the_heading_of_any_program_are_quoted(language: str) -> None:
    for heading in PROGRAMS[language]["headings"]:
        text = f"{WORDS}\n\n{heading}\n\nHola, Ana:\n\nYour parcel is late.\n\n-- \nShop\n"
        if not _is_marked(heading):
            assert newly_written(text).new_text == WORDS, heading
            assert newly_written(text.replace("\n", "\r\n")).new_text == WORDS, heading


@pytest.mark.parametrize("language", PROGRAMS)
def test_what_people_and_their_telephones_sign_with_is_folded(language: str) -> None:
    for signature in PROGRAMS[language]["signatures"]:
        read = newly_written(f"{SAID}\n\n{signature}\n")
        assert read.new_text == SAID, signature
        assert signature.split("\n")[-1] in read.with_signature


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("In attesa di un vostro riscontro, cordiali saluti", "Ana Rossi"),
        ("A la espera de vuestras noticias, un saludo.", "Ana"),
        ("Espero vuestra respuesta. Un saludo.", "Ana García"),
        ("Dans l'attente de votre réponse, cordialement", "Ana Dupont"),
        ("Ich warte auf Ihre Antwort. Viele Grüße", "Ana Meier"),
    ],
)
def test_a_farewell_that_also_says_something_stays_and_the_name_below_it_goes(
    line: str, name: str
) -> None:
    said = f"4711: no llega.\n\n{line}"
    assert newly_written(f"{said}\n{name}\n").new_text == said


@pytest.mark.parametrize(
    "text",
    [
        "Bonne journée de merde : le colis n'est pas arrivé.",
        "Es ist Mi., 2. März 2026 um 10:15 Uhr, und Ihr Mitarbeiter schrieb mir nichts:\nschade.",
        "Il 2 marzo 2026 alle 10:15 mi avete scritto:\nIl pacco parte oggi.\nNon è partito.",
        "Em 2 de março de 2026 vocês me escreveram que chegava:\nnão chegou.",
        "Le 2 mars 2026, vous m'avez écrit :\nle colis part aujourd'hui.",
        "Op 2 maart 2026 schreef u mij dat het kwam:\nhet kwam niet.",
        "De: Madrid\nA: Oslo\nFecha: 2 de marzo\nPasajeros: 2",
        "Von: Berlin\nAn: Oslo\nDatum: 2. März\nPersonen: 2",
        "Da: Roma\nA: Oslo\nData: 2 marzo\nPersone: 2",
        "Quiero cambiar dos cosas:\n\n- La talla\n- El color\n\n¿Puede ser?",
        "Grazie mille, ma il pacco non è arrivato.",
        "Obrigado, mas a encomenda não chegou.",
        "Danke und Gruß an Ihr Team, aber das Paket fehlt.",
        "No funciona.\n\n—Ana",
    ],
)
def test_what_people_tell_is_kept(text: str) -> None:
    assert newly_written(text).new_text == text
