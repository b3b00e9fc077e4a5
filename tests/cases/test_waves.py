"""Contacts far off the usual: of a person among all, and of a type against its season."""

import random
from datetime import timedelta
from math import exp, factorial

import pytest
from sqlalchemy.orm import Session

from cases import clock
from cases.contact import introduce
from cases.filing import file, file_all
from cases.filing.arrival import Belief
from cases.wave_facts import contacts, usual_contacts, waves
from cases.waves import Usual, many, usual, usual_of_many, wave
from tests.builders import MORNING, a_mail, an_arrival

DAY = timedelta(days=1)


def poisson_tail(mean: float, count: int) -> float:
    return 1 - sum(exp(-mean) * mean**k / factorial(k) for k in range(count))


@pytest.mark.parametrize("mean", [0.01, 0.3, 1, 2.5, 10, 40])
def test_chance_alone_reaches_it_less_than_once_in_a_thousand(mean: float):
    least = many(Usual(mean, 0), least=0)
    assert poisson_tail(mean, least) < 0.001 <= poisson_tail(mean, least - 1)


def test_it_takes_three_contacts_and_more_where_all_write_much():
    assert many(Usual(0.02, 0.15)) == 3
    assert many(Usual(2.0, 2.0)) == 9
    assert many(Usual(0.0, 0.0)) == 3


def test_large_means_are_reckoned_too():
    assert many(Usual(500, 0)) <= many(Usual(501, 0)) <= many(Usual(502, 0))
    assert many(Usual(100_000, 0)) == pytest.approx(100_000 + 3.09 * 100_000**0.5, abs=4)


def test_sums_give_the_same_as_the_counts():
    counts = [0] * 90 + [1] * 8 + [4, 9]
    by_sums = usual_of_many(sum(counts), sum(n * n for n in counts), len(counts))
    assert by_sums.mean == pytest.approx(usual(counts).mean)
    assert by_sums.spread == pytest.approx(usual(counts).spread)
    assert usual_of_many(0, 0, 0) == usual([]) == Usual(0.0, 0.0)


def test_a_type_far_above_its_season_is_a_wave():
    found = wave("fulfil.delivery", 30, [6, 8, 7, 5, 9, 7])
    assert found is not None
    assert found.expected == 7
    assert wave("fulfil.delivery", 12, [6, 8, 7, 5, 9, 7]) is None


def test_what_comes_every_year_is_no_wave():
    assert wave("fulfil.delivery", 60, [6, 8, 7, 5, 9, 7], last_year=55) is None


def test_chance_seldom_makes_a_wave():
    chance = random.Random(5)

    def count() -> int:
        return sum(chance.random() < 0.1 for _ in range(100))

    false = sum(wave("x", count(), [count() for _ in range(6)]) is not None for _ in range(300))
    assert false <= 3


def test_a_person_who_writes_far_more_than_all_others_is_found(session: Session):
    for n in range(60):
        introduce(session, f"quiet{n}@cliente.example", name="", at=MORNING)
    senders = ["ana", "ana", "ana", "ana", "eva", "luz"]
    arrivals = [
        an_arrival(a_mail(f"Asunto {n}", sender=f"{name}@cliente.example"), minutes=n)
        for n, name in enumerate(senders)
    ]
    ana = file_all(session, arrivals, Belief())[0].case.contact
    later = MORNING + DAY
    from_on = many(usual_contacts(session, later))
    found = {one for one, times in contacts(session, later).items() if times >= from_on}
    assert found == {ana.id}
    assert contacts(session, later, [ana.id]) == {ana.id: 4}
    assert contacts(session, MORNING + 15 * DAY) == {}


def test_imported_mail_is_no_contact(session: Session):
    for n in range(5):
        file(session, an_arrival(f"Hace mucho {n}", history=True))
    session.flush()
    assert contacts(session, MORNING + DAY) == {}


def complaints(session: Session, day: int, count: int) -> None:
    arrivals = [
        an_arrival(
            a_mail("No llega", sender=f"d{day}n{n}@cliente.example"),
            minutes=day * 24 * 60 + n,
        )
        for n in range(count)
    ]
    for filed in file_all(session, arrivals, Belief()):
        filed.case.type, filed.case.complaint = "fulfil.delivery", True
    session.flush()


def test_a_late_lorry_is_seen_as_a_wave(session: Session):
    with clock.at(MORNING):
        for week in range(-4, 0):
            complaints(session, 7 * week, 2)
        assert waves(session, MORNING + DAY / 2) == []
        complaints(session, 0, 12)
        (found,) = waves(session, MORNING + DAY / 2)
    assert (found.type, found.count, found.expected) == ("fulfil.delivery", 12, 2)


def test_in_the_first_week_nothing_is_a_wave(session: Session):
    complaints(session, 0, 12)
    assert waves(session, MORNING + DAY / 2) == []
