"""Waves hold all who are part of them, and what is usual decides who wrote too often."""

from datetime import timedelta

from sqlalchemy import select

from cases import Case, Event, Exclusion, clock
from cases.contact import introduce
from cases.db import reading, transaction
from cases.exclusions import waving
from cases.exclusions.policies import in_force
from cases.exclusions.settings import settings
from tests.builders import MORNING

DAY = timedelta(days=1)
TYPE = "delivery.late"


def complaints(session, count, at, name):
    for n in range(count):
        person = introduce(session, f"{name}{n}@x.example", name="", at=at)
        session.flush()
        session.add(
            Case(
                subject="?",
                contact_id=person.id,
                opened_at=at,
                last_at=at,
                type=TYPE,
                complaint=True,
            )
        )
    session.flush()


def held(now):
    with reading() as session:
        wave = select(Exclusion).where(Exclusion.reason == "contact_wave")
        return [row for row in session.scalars(wave) if row.holds_at(now)]


def test_a_wave_is_held_grows_and_lets_go(installation):
    with clock.at(MORNING):
        with transaction() as session:
            complaints(session, 1, MORNING - 14 * DAY, "before")
            complaints(session, 8, MORNING - DAY / 4, "wave")
            assert waving.look_for_waves(session, MORNING) == (TYPE,)
            assert waving.types_of_waves(session) == [TYPE]
        assert len(held(MORNING)) == 8
    later = MORNING + DAY / 3
    with clock.at(later), transaction() as session:
        complaints(session, 2, later, "late")
        waving.look_for_waves(session, later)
    assert len(held(later)) == 10
    over = MORNING + 3 * DAY
    with clock.at(over), transaction() as session:
        assert waving.look_for_waves(session, over) == ()
    assert held(over) == []


def test_who_was_let_go_by_hand_is_not_held_by_the_same_wave_again(installation):
    with clock.at(MORNING), transaction() as session:
        complaints(session, 1, MORNING - 14 * DAY, "before")
        complaints(session, 8, MORNING - DAY / 4, "wave")
        waving.look_for_waves(session, MORNING)
        row = session.scalars(select(Exclusion).where(Exclusion.reason == "contact_wave")).first()
        row.lifted_at, row.lifted_by = MORNING, "bea@tienda.test"
        session.flush()
        waving.look_for_waves(session, MORNING + timedelta(minutes=10))
    assert len(held(MORNING + timedelta(minutes=11))) == 7


def test_where_all_people_write_much_many_contacts_are_more(installation):
    with clock.at(MORNING), transaction() as session:
        assert waving.follow_the_usual(session, MORNING) == 3
        for n in range(20):
            person = introduce(session, f"p{n}@x.example", name="", at=MORNING)
            session.flush()
            case = Case(subject="?", contact_id=person.id, opened_at=MORNING, last_at=MORNING)
            session.add(case)
            session.flush()
            session.add_all(
                Event(case_id=case.id, what="message_received", at=MORNING - DAY * k, by="",
                      data={"owes": True})
                for k in range(2 + n % 3)
            )  # fmt: skip
        session.flush()
        number = waving.follow_the_usual(session, MORNING)
        assert number > 3
    with reading() as session:
        assert in_force(session).chosen.repeated_contacts == number


def test_many_unproven_complaints_in_an_hour_are_an_alarm(monkeypatch, installation):
    monkeypatch.setenv("TREGUA_PROVISIONAL_ALARM", "5")
    settings.cache_clear()
    with clock.at(MORNING), transaction() as session:
        session.add_all(
            Exclusion(contact_id=n, reason="provisional", severity="soft", starts_at=MORNING,
                      origin="case", created_at=MORNING)
            for n in range(5)
        )  # fmt: skip
        session.flush()
        assert waving.flooded(session, MORNING) == 5
        assert waving.flooded(session, MORNING + DAY) == 0
