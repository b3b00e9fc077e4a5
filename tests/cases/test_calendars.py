"""Holidays by country and region, days of one's own, and what customers are told of them."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.rules import Rule, rulebook
from bot.rules.rulebook import RuleRow
from bot.wording.values import values_of
from cases import Case, calendars, clock
from cases.calendars import BusinessCalendar, build
from cases.db import hold, reading, transaction
from cases.filing import file
from cases.hours import BadHours, NeverOpen, parse
from cases.language import speaking
from cases.sla import book
from cases.sla.book import SlaPolicy
from cases.sla.clocks import Clock
from cases.sla.policy import Target
from cases.sla.words import explain, promise_in_words
from tests.builders import MORNING, a_mail, an_arrival
from tests.meanwhile import ON_POSTGRESQL, meanwhile

OFFICE = "mon-fri 09:00-18:00"
HOUR = timedelta(hours=1)


def at(text: str, zone: str = "Europe/Madrid") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def free(country: str, region: str, day: str, **days: str) -> bool:
    own = tuple((f"{key[1:5]}-{key[5:7]}-{key[7:]}", said) for key, said in days.items())
    calendar = build("Europe/Madrid", OFFICE, country, region, own)
    return not calendar.hours_of(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("country", "region", "day"),
    [
        ("ES", "", "2026-10-12"),
        ("ES", "MD", "2026-05-01"),
        ("ES", "CN", "2025-05-30"),
        ("MX", "", "2026-09-16"),
        ("CO", "", "2026-07-20"),
        ("AU", "NSW", "2026-01-26"),
        ("US", "", "2026-11-26"),
    ],
)
def test_holidays_follow_the_country_and_the_region(country: str, region: str, day: str):
    assert free(country, region, day)
    assert not free("", "", day)


def test_a_holiday_of_one_region_is_none_of_another():
    assert free("ES", "CN", "2025-05-30")
    assert not free("ES", "MD", "2025-05-30")


def test_days_can_be_added_and_taken_away():
    assert free("ES", "MD", "2026-03-10", d20260310="closed")
    assert not free("ES", "MD", "2026-10-12", d20261012="open")
    assert not free("ES", "MD", "2026-12-25", d20261225="10:00-13:00")


@pytest.mark.parametrize(
    "said",
    [
        {"country": "Narnia"},
        {"country": "ES", "region": "XX"},
        {"days": (("tomorrow", "closed"),)},
        {"days": (("2026-12-24", "half a day"),)},
        {"zone": "Europe/Atlantis"},
        {"zone": "../etc/passwd"},
    ],
)
def test_what_nobody_knows_is_refused(said: dict[str, object]):
    with pytest.raises(BadHours):
        build(**({"zone": "Europe/Madrid", "opening_hours": OFFICE} | said))  # type: ignore[arg-type]


def test_a_calendar_that_never_opens_is_refused(session: Session):
    days = {f"{2026 + n // 366}-01-01": "closed" for n in range(1)}
    values = {"zone": "Europe/Madrid", "opening_hours": "mon 00:00-24:00", "days": days}
    calendars.publish(session, "thin", values, at=MORNING)
    with pytest.raises(BadHours):
        calendars.publish(session, "none", values | {"opening_hours": ""}, at=MORNING)
    swallowed = parse("sun 02:10-02:10", "Europe/Madrid", lambda _day: True)
    with pytest.raises(NeverOpen):
        swallowed.next_open(MORNING)


def test_a_change_is_a_new_version_that_keeps_the_rest(session: Session):
    first = {"zone": "Europe/Madrid", "opening_hours": OFFICE, "country": "ES", "region": "MD"}
    calendars.publish(session, "shop", first, at=MORNING)
    calendars.publish(session, "shop", {"region": "CN"}, at=MORNING + HOUR)
    rows = session.scalars(select(BusinessCalendar).order_by(BusinessCalendar.version)).all()
    assert [(row.version, row.region, row.opening_hours) for row in rows] == [
        (1, "MD", OFFICE),
        (2, "CN", OFFICE),
    ]


def a_clock(start: datetime, hours: float, calendar=None, **values: object) -> Clock:
    found = calendar or parse("mon-fri 09:00-18:00", "Europe/Madrid")
    return Clock(Target.FIRST_RESPONSE, start, hours * HOUR, found, **values)  # type: ignore[arg-type]


def test_a_due_instant_is_explained_in_words():
    friday = a_clock(at("2026-03-13T16:00"), 4)
    with speaking("en"):
        assert explain(friday) == "4 h = Fri 16:00–18:00 + Mon 9:00–11:00"
    with speaking("es"):
        assert explain(friday) == "4 h = vie 16:00–18:00 + lun 9:00–11:00"


def test_pauses_are_left_out_of_the_explanation():
    pause = ((at("2026-03-10T10:00"), at("2026-03-10T12:00")),)
    said = explain(a_clock(at("2026-03-10T09:30"), 1.5, pauses=pause))
    assert said == "1 h 30 min = Tue 9:30–10:00 + Tue 12:00–13:00"
    standing = a_clock(at("2026-03-10T09:00"), 2, paused_since=at("2026-03-10T09:45"))
    assert explain(standing) == "45 min of 2 h have passed; the clock stands"


def test_of_a_long_time_the_middle_is_left_out():
    said = explain(a_clock(at("2026-03-10T09:00"), 90))
    assert said.count("+") == 5
    assert "…" in said


def acknowledged(session: Session, now: datetime, language: str, **calendar: object) -> str:
    values = {"zone": "Europe/Madrid", "opening_hours": OFFICE} | calendar
    calendars.publish(session, "default", values, at=now - HOUR)
    minutes = (now - MORNING) / timedelta(minutes=1)
    with clock.at(now):
        case: Case = file(session, an_arrival(a_mail("No llega"), minutes=minutes)).case
        return promise_in_words(case, language)


def test_an_acknowledgement_says_until_when_and_that_we_are_closed(session: Session):
    said = acknowledged(session, at("2026-10-09T20:00"), "es", country="ES", region="MD")
    assert "a más tardar el martes 13 de octubre a las 17:00" in said
    assert "Nuestro horario de atención: lunes a viernes 9:00–18:00." in said
    assert "Ahora está cerrado; abrimos de nuevo el martes 13 de octubre" in said
    assert "12 de octubre (Fiesta Nacional de España)" in said


def test_a_template_that_names_our_hours_names_those_of_the_calendar(session: Session):
    values = {"zone": "Europe/Madrid", "opening_hours": "sat 10:00-12:00"}
    calendars.publish(session, "default", values, at=MORNING - HOUR)
    case = file(session, an_arrival(a_mail("No llega"))).case
    assert (
        values_of(case, "en")["hours"] == "Our opening hours: Saturday 10:00\u202fAM–12:00\u202fPM."
    )


def test_in_opening_hours_it_says_no_more_than_needed(session: Session):
    said = acknowledged(session, at("2026-03-10T10:00"), "en")
    assert said.splitlines() == [
        "A person will answer you by Tuesday, March 10 at 6:00\u202fPM at the latest.",
        "Our opening hours: Monday to Friday 9:00\u202fAM–6:00\u202fPM.",
    ]


def test_where_nothing_is_promised_no_time_is_named(session: Session):
    book.publish(session, "default", {"resolution": 3600}, at=MORNING - HOUR)
    said = acknowledged(session, at("2026-03-10T10:00"), "es")
    assert said.startswith("Una persona le responderá en cuanto podamos.")


def test_a_customer_far_away_reads_their_own_time(session: Session):
    values = {"zone": "Europe/Madrid", "opening_hours": OFFICE}
    calendars.publish(session, "default", values, at=MORNING - HOUR)
    with clock.at(MORNING):
        case = file(session, an_arrival(a_mail("No llega"))).case
        case.contact.zone = "America/Bogota"
        assert "a las 12:00 (hora de su zona)" in promise_in_words(case, "es").replace(
            "12:00", "12:00"
        )


@ON_POSTGRESQL
def test_two_who_save_at_once_make_two_versions(installation: str):
    def save(opening_hours: str) -> None:
        with transaction() as session:
            values = {"zone": "Europe/Madrid", "opening_hours": opening_hours}
            calendars.publish(session, "default", values, at=MORNING)
            book.publish(session, "default", {"first_response": 3600}, at=MORNING)
            rulebook.save(session, Rule("own", stop=True), by="admin", at=MORNING)

    others = (partial(save, "sat 10:00-12:00"), partial(save, "sun 10:00-12:00"))
    with meanwhile(*others) as both_save, transaction() as session:
        for lock in (calendars.LOCK, book.LOCK, rulebook.LOCK):
            hold(session, lock)
        both_save()
    with reading() as session:
        for table in (BusinessCalendar, SlaPolicy, RuleRow):
            assert session.scalars(select(table.version).order_by(table.version)).all() == [1, 2]
