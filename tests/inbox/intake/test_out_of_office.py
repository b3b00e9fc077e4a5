"""The day of return, as people write it."""

from datetime import UTC, datetime

import pytest

from inbox.intake.out_of_office import returns_on

SENT = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Vuelvo el 12 de enero.", (2027, 1, 12)),
        ("Estaré fuera hasta el 9-dic.", (2026, 12, 9)),
        ("Estoy ausente del 1 al 15 de diciembre.", (2026, 12, 15)),
        ("De vacaciones del 20/12/2026 al 07/01/2027, vuelvo el 8/1.", (2027, 1, 8)),
        ("Me reincorporo el lunes 30 de noviembre", (2026, 11, 30)),
        ("I am away until Monday 3rd March 2027.", (2027, 3, 3)),
        ("Back on 03/12", (2026, 12, 3)),
        ("I will be back in the office on January 7, 2027", (2027, 1, 7)),
        ("I return on the 4th of January", (2027, 1, 4)),
        ("out from 12/20/2026 through 12/28/2026", (2026, 12, 28)),
        ("I am back on Monday", (2026, 11, 30)),
        ("I'll be back tomorrow", (2026, 11, 26)),
        ("Ich bin bis zum 5. Januar nicht im Büro", (2027, 1, 5)),
        ("Ab Montag, 7.12. wieder da. Zurück am 7.12.", (2026, 12, 7)),
        ("Je serai de retour le 1er décembre 2026", (2026, 12, 1)),
        ("Volto no dia 10 de dezembro", (2026, 12, 10)),
        ("Torno il 12.01.2027", (2027, 1, 12)),
        ("I am on leave until 2027-01-04.", (2027, 1, 4)),
        ("Ab dem 16.12. bin ich wieder erreichbar", (2026, 12, 16)),
        ("ab 16. Dezember wieder im Büro", (2026, 12, 16)),
        ("A partir del día 16/12 volveré a estar disponible", (2026, 12, 16)),
        ("Bis 15. Dezember geschlossen. Ab dem 16. Dezember sind wir wieder da", (2026, 12, 16)),
        ("out of office 2 Dec - 16 Dec", (2026, 12, 16)),
        ("from 12/02/2026 to 12/16/2026", (2026, 12, 16)),
        ("reabrimos el 1 de diciembre", (2026, 12, 1)),
        ("Tancat fins al 31 de desembre", (2026, 12, 31)),
        ("afwezig tot 16 maart", (2027, 3, 16)),
    ],
)
def test_the_day_of_return_is_found(text: str, day: tuple[int, int, int]):
    assert returns_on(text, "", SENT) == datetime(*day, tzinfo=UTC)


def test_the_subject_may_name_it():
    subject = "AUTO: Ana is out of the office (returning 12/01/2027)"
    assert returns_on("", subject, SENT) == datetime(2027, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I am out of the office.",
        "Back soon!",
        "Estaré fuera hasta nuevo aviso.",
        "My number is 12/34/5678, until then.",
        "I was back on 3 March 2019.",
        "back on 31 February 2027",
        "until 99/99",
    ],
)
def test_no_day_is_invented(text: str):
    assert returns_on(text, "", SENT) is None


def test_without_a_date_of_sending_the_year_has_to_be_there():
    assert returns_on("Vuelvo el 12 de enero", "", None) is None
    full = returns_on("Vuelvo el 12 de enero de 2027", "", None)
    assert full == datetime(2027, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("filler", ["until ", "back 1/1/ ", "1 ", "hasta el 1 de "])
def test_hostile_text_ends(filler: str):
    found = returns_on(filler * 20_000, filler * 20_000, SENT)
    assert found is None or found > SENT
