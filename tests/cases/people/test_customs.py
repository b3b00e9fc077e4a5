"""A country brings its usual; a person's own choice stays."""

import pytest

from bot.waking import quiet_hours
from cases import Contact
from cases.people.customs import CUSTOMS, NotUsable, choose_quiet, choose_zone, live_in
from tests.builders import MORNING


def somebody(**known: str) -> Contact:
    return Contact(created_at=MORNING, **known)


def test_a_country_brings_zone_language_and_quiet_hours() -> None:
    contact = somebody()
    live_in(contact, "mx")
    assert (contact.country, contact.zone, contact.language, contact.quiet_hours) == (
        *("MX", "America/Mexico_City", "es"),
        "21:00-08:00",
    )


def test_who_moves_gets_the_usual_of_the_new_country_but_keeps_what_they_chose() -> None:
    contact = somebody()
    live_in(contact, "ES")
    choose_quiet(contact, "20:00-10:00")
    live_in(contact, "GB")
    assert (contact.zone, contact.quiet_hours, contact.language) == (
        *("Europe/London", "20:00-10:00"),
        "es",
    )


@pytest.mark.parametrize("country", ["Spain", "E", "E1", "🇪🇸"])
def test_a_country_that_is_none_is_refused(country: str) -> None:
    with pytest.raises(NotUsable):
        live_in(somebody(), country)


@pytest.mark.parametrize("zone", ["Madrid", "../../etc/passwd", "Europe/", "\x00"])
def test_a_zone_that_is_none_is_refused(zone: str) -> None:
    with pytest.raises(NotUsable):
        choose_zone(somebody(), zone)


@pytest.mark.parametrize("span", ["22-9", "25:00-09:00", "22:00-09:60", "always"])
def test_quiet_hours_that_are_none_are_refused(span: str) -> None:
    with pytest.raises(NotUsable):
        choose_quiet(somebody(), span)


def test_every_preset_can_be_used() -> None:
    for country, usual in CUSTOMS.items():
        contact = somebody()
        live_in(contact, country)
        choose_zone(contact, contact.zone)
        assert quiet_hours(usual.quiet) is not None
