"""Words and dates in the language that is spoken."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cases import clock, language
from cases.language import gettext as _
from cases.language import ngettext, say_date, say_number, say_time, speaking

NOON = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)


def test_a_text_is_said_in_the_chosen_language() -> None:
    with speaking("es"):
        assert _("{day} at {time}", day="lunes", time="9:00") == "lunes a las 9:00"
    with speaking("en"):
        assert _("{day} at {time}", day="Monday", time="9:00") == "Monday at 9:00"


def test_an_unknown_language_is_english() -> None:
    with speaking("sv"):
        assert language.current() == "en"


def test_a_text_nobody_translated_is_said_as_it_is() -> None:
    with speaking("es"):
        assert _("Quite unheard of") == "Quite unheard of"


@pytest.mark.parametrize(
    ("spoken", "away", "said"),
    [
        ("es", 10, "domingo 29 de marzo"),
        ("en", 10, "Sunday, March 29"),
        ("es", 300, "domingo 29 de marzo de 2026"),
        ("en", 300, "Sunday, March 29, 2026"),
    ],
)
def test_days_are_said_in_words_and_their_year_if_it_is_not_plain(
    spoken: str, away: int, said: str
) -> None:
    with speaking(spoken), clock.at(NOON + timedelta(days=away)):
        assert say_date(NOON, "Europe/Madrid") == said


def test_hours_are_those_of_the_persons_zone() -> None:
    with speaking("es"):
        assert say_time(NOON, "Europe/Madrid") == "14:00"
        assert say_time(NOON, "Atlantic/Canary") == "13:00"


@pytest.mark.parametrize(
    ("number", "english", "spanish"),
    [
        (999, "999", "999"),
        # The academies and CLDR let four digits stand together.
        (1234, "1,234", "1234"),
        (-12_345, "-12,345", "-12.345"),
        (1_234_567, "1,234,567", "1.234.567"),
        (1234.5, "1,234.5", "1234,5"),
    ],
)
def test_numbers_are_written_as_people_write_them(
    number: float, english: str, spanish: str
) -> None:
    assert say_number(number) == english
    with speaking("es"):
        assert say_number(number) == spanish
        many = ngettext("{number} person", "{number} people", int(number))
        assert many == f"{say_number(int(number))} personas"


def test_numbers_in_tables_and_tiles_pass_through_the_filter() -> None:
    cell = re.compile(r'class="(?:tile-)?number[^>]*>\{\{([^}]*)\}\}')
    # What is made of several, or is no quantity, is written where it is made.
    made = re.compile(
        r"\|number|percent\(|names\.|size\(|loop\.index|version|said_count|times\."
        r'|_\("|tile\.value|^ number $'
    )
    pages = (Path(__file__).parents[2] / "templates").rglob("*.html")
    found = {page.name: cell.findall(page.read_text("utf-8")) for page in pages}
    assert sum(map(len, found.values())) > 40
    assert [one for some in found.values() for one in some if not made.search(one)] == []
