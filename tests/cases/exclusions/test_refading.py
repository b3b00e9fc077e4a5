"""A new half-life counts for what was written before too: sums are reckoned anew, by steps."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from cases import Case, clock
from cases.contact import Kind, introduce
from cases.db import reading, transaction
from cases.exclusions import ours, policies, pressing, refading, touches
from cases.exclusions.touches import Pressure
from cases.mail import Origin
from cases.message import Direction, Message
from cases.pressure import faded, score
from tests.builders import MORNING

DAY = timedelta(days=1)
MAILS = ((20, 1.0, "sale"), (13, 1.0, "sale"), (6, 0.5, "news"))
NORA = "nora@x.example"


def decide(days: float) -> None:
    with transaction() as session:
        said = policies.with_term(policies.to_change(session), "pressure_half_life", 24 * days)
        policies.adopt(session, said, what={}, by="a@b.example", why="x", at=MORNING)


def got(values: list[str]) -> None:
    with transaction() as session:
        touches.record(session, [
            {"kind": Kind.ADDRESS, "value": value, "source": "t", "event_id": f"{value} {days}",
             "campaign_class": "promotional", "topic": topic, "weight": weight,
             "sent_at": MORNING - days * DAY}
            for value in values for days, weight, topic in MAILS
        ])  # fmt: skip


@pytest.fixture
def nora(installation: object) -> Iterator[None]:
    """A customer who got three mailings and an answer, all weighed by a half-life of a week."""
    with clock.at(MORNING):
        got([NORA])
        with transaction() as session:
            person = introduce(session, NORA, name="Nora", at=MORNING)
            session.flush()
            case = Case(contact_id=person.id, subject="Hola", opened_at=MORNING - 9 * DAY)
            case.last_at = MORNING
            session.add(case)
            session.flush()
            written = {"direction": Direction.OUT, "origin": Origin.AGENT}
            session.add(Message(case_id=case.id, arrived_at=MORNING - 9 * DAY, **written))
        ours.weigh(MORNING)
        refading.follow(MORNING)
        yield


def weighs(days: float, value: str = NORA) -> float:
    with reading() as session:
        load = session.get_one(Pressure, (Kind.ADDRESS, value)).load(days * DAY)
        return faded(load.score, MORNING - load.at, days * DAY) if load.at else 0.0


def by_definition(days: float, *more: tuple[float, float]) -> float:
    mails = [(MORNING - age * DAY, weight) for age, weight, _topic in MAILS]
    mails += [(MORNING - age * DAY, weight) for age, weight in more]
    return score(mails, MORNING, days * DAY)


def test_sums_are_as_if_the_new_half_life_had_always_been(nora: None, database_url: str) -> None:
    assert weighs(7) == pytest.approx(by_definition(7, (9, 0.3)))
    decide(30)
    assert weighs(30) != pytest.approx(by_definition(30, (9, 0.3)))
    with reading() as session:
        assert refading.underway(session) == refading.Progress(0, 1)
    assert refading.follow(MORNING) == 1
    assert weighs(30) == pytest.approx(by_definition(30, (9, 0.3)))
    with reading() as session:
        row = session.get_one(Pressure, (Kind.ADDRESS, NORA))
        ages = {name: (saved, at) for name, (saved, at) in row.topics.items()}
        assert ages["sale"][0] == pytest.approx(1 + 2 ** (-7 / 30))
        assert refading.underway(session) is None
    assert refading.follow(MORNING) == 0


def test_it_goes_on_by_steps_and_from_where_it_was(
    nora: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = [f"p{n}@x.example" for n in range(6)]
    got(some)
    decide(30)
    monkeypatch.setattr(refading, "AT_ONCE", 2)
    monkeypatch.setattr(refading, "STEPS", 2)
    assert refading.follow(MORNING) == 4
    with reading() as session:
        assert refading.underway(session) == refading.Progress(4, 7)
        assert pressing.refading.moved(session, MORNING)
    assert refading.follow(MORNING) == 3
    assert [weighs(30, one) for one in some] == pytest.approx([by_definition(30)] * 6)
    # Who looked before the end has to look again, and who looks after it has not.
    with reading() as session:
        assert refading.moved(session, MORNING - DAY)
        assert not refading.moved(session, MORNING)


def test_another_change_in_between_begins_anew(nora: None, monkeypatch: pytest.MonkeyPatch) -> None:
    got([f"p{n}@x.example" for n in range(3)])
    monkeypatch.setattr(refading, "AT_ONCE", 2)
    monkeypatch.setattr(refading, "STEPS", 1)
    decide(30)
    refading.follow(MORNING)
    decide(14)
    for _look in range(3):
        refading.follow(MORNING)
    assert weighs(14, "p2@x.example") == pytest.approx(by_definition(14))
    assert weighs(14) == pytest.approx(by_definition(14, (9, 0.3)))
