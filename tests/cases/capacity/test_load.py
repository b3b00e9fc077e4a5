"""Whether the agents can bear a mailing: the formula, its borders, and whence its numbers come."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import Agent, Case, calendars, clock
from cases.capacity import load_now
from cases.capacity.load import Inputs, Slot, Verdict, judge, max_per_hour
from cases.capacity.load_facts import attainment, capacity, forecast, gather, pace, slots
from cases.capacity.load_now import Asked
from cases.filing import file_all
from cases.filing.arrival import Belief
from cases.hours import parse
from cases.language import speaking
from cases.sla import book
from tests.builders import MORNING, a_mail, an_arrival

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CALM = Inputs(backlog_due=20, forecast=30, capacity=100, data_for=timedelta(days=60))


def test_a_mailing_that_the_agents_can_bear_goes():
    found = judge(replace(CALM, audience=1000))
    assert found.verdict is Verdict.GO
    assert found.rho == pytest.approx((20 + 30 + 1000 * 0.01 * 0.8) / 100)


def test_between_the_borders_it_goes_in_waves():
    found = judge(replace(CALM, audience=4000))
    assert found.verdict is Verdict.WAVES
    assert found.max_per_hour == int((0.8 * 100 - 50) / 24 / 0.01)
    assert not found.blocks


def test_beyond_the_border_it_does_not_go_and_a_better_time_is_named():
    later = [Slot(MORNING + n * DAY, replace(CALM, forecast=90 - 30 * n)) for n in (1, 2)]
    found = judge(replace(CALM, audience=6000), later)
    assert found.verdict is Verdict.NO_GO
    assert found.not_before == MORNING + DAY * 2
    assert found.blocks
    with speaking("es"):
        said = judge(replace(CALM, audience=6000))
    assert said.reasons == ("la carga es del 98%",)
    assert said.formula == "carga = (por vencer 20 + previstos 30 + del envío 48) / 100 = 0.98"


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ({"breaches_now": 21}, Verdict.NO_GO),
        ({"degraded": True}, Verdict.NO_GO),
        ({"capacity": 0}, Verdict.NO_GO),
        ({"attainment": 0.8}, Verdict.WAVES),
        ({"attainment": 0.95}, Verdict.GO),
        ({"data_for": timedelta(days=13)}, Verdict.UNKNOWN),
        ({"audience": 3749}, Verdict.GO),
        ({"audience": 3750}, Verdict.WAVES),
        ({"audience": 5625}, Verdict.NO_GO),
    ],
)
def test_each_border(values: dict[str, float], verdict: Verdict):
    assert judge(replace(CALM, **values)).verdict is verdict  # type: ignore[arg-type]


def test_in_the_first_month_it_advises_and_never_blocks():
    young = replace(CALM, audience=9000, data_for=timedelta(days=20))
    assert judge(young).verdict is Verdict.NO_GO
    assert not judge(young).blocks


def test_waves_leave_the_load_below_the_border():
    tight = replace(CALM, audience=4000)
    mails = max_per_hour(tight) * 24
    assert replace(tight, audience=mails).rho <= 0.8
    assert max_per_hour(replace(CALM, forecast=500)) == 0


OFFICE = parse("mon-fri 09:00-18:00", "Europe/Madrid")


@pytest.fixture
def six_weeks(session: Session) -> Session:
    """Every weekday for six weeks four cases, each closed by Bea within the hour."""
    bea = Agent(address="bea@tienda.example", name="Bea", created_at=MORNING)
    session.add(bea)
    days = [MORNING - n * DAY for n in range(1, 43) if (MORNING - n * DAY).weekday() < 5]
    for day in sorted(days):
        arrivals = [
            an_arrival(
                a_mail("No llega", sender=f"c{day:%j}{n}@cliente.example"),
                minutes=(day - MORNING) / timedelta(minutes=1) + n * 60,
            )
            for n in range(4)
        ]
        for filed in file_all(session, arrivals, Belief()):
            case: Case = filed.case
            case.answered(by=bea.address, at=case.opened_at + HOUR / 2)
            case.close(by=bea.address, at=case.opened_at + HOUR)
    session.flush()
    return session


def test_the_forecast_is_the_median_of_the_same_hours(six_weeks: Session):
    assert forecast(six_weeks, MORNING, MORNING) == 4
    weekend = MORNING + 4 * DAY
    assert forecast(six_weeks, weekend, MORNING) == 0


def test_the_capacity_is_the_pace_of_four_weeks_times_those_on_shift(six_weeks: Session):
    assert pace(six_weeks, OFFICE, MORNING) == pytest.approx(4 / 9, rel=0.05)
    able = capacity(six_weeks, OFFICE, MORNING, MORNING)
    assert able == pytest.approx(4, rel=0.05)


def test_who_is_away_is_missed_now_and_counted_on_later(six_weeks: Session):
    six_weeks.scalars(select(Agent)).one().away_since = MORNING
    six_weeks.flush()
    assert capacity(six_weeks, OFFICE, MORNING, MORNING) == 0
    assert gather(six_weeks, OFFICE, MORNING).capacity == 0
    assert [slot.inputs.capacity > 0 for slot in slots(six_weeks, OFFICE, MORNING)] == [True] * 7


def test_who_is_away_until_then_is_counted_on_from_then(six_weeks: Session):
    one = six_weeks.scalars(select(Agent)).one()
    one.away_since, one.away_until = MORNING, MORNING + 2 * DAY
    six_weeks.flush()
    assert capacity(six_weeks, OFFICE, MORNING, MORNING) == 0
    found = [slot.inputs.capacity > 0 for slot in slots(six_weeks, OFFICE, MORNING)]
    assert found == [False, *[True] * 6]
    assert capacity(six_weeks, OFFICE, one.away_until, one.away_until) > 0


def test_what_is_gathered_is_enough_to_judge(six_weeks: Session):
    with clock.at(MORNING):
        found = gather(six_weeks, OFFICE, MORNING)
    assert found.data_for > timedelta(days=40)
    assert found.backlog_due == found.breaches_now == 0
    assert judge(found).verdict is Verdict.NO_GO
    assert [slot.inputs.forecast for slot in slots(six_weeks, OFFICE, MORNING)] == [4] * 7


def test_without_promises_nothing_is_said_of_how_many_were_kept(session: Session):
    assert attainment(session, MORNING - DAY, MORNING) is None


def test_the_load_is_counted_by_the_hours_that_the_admin_wrote_down(six_weeks: Session):
    calendars.publish(six_weeks, book.DEFAULT, {"opening_hours": "sat 10:00-12:00"}, at=MORNING)
    book.forget(six_weeks)
    answer = load_now.ask(six_weeks, Asked(), MORNING + HOUR / 4)
    assert answer.inputs.capacity == 0
    assert {one.starts_at.weekday() for one in answer.slots} == {5}
