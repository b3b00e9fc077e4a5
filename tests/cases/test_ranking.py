"""The list can be sorted by what presses, and what it sorts by is what is said in words."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from cases import Case, Contact, State, clock, ranking
from cases.exclusions.reasons import Reason, Severity
from cases.exclusions.rows import Exclusion
from cases.filing import file
from cases.people import scale
from cases.people.scale import Scale
from cases.priority import score, weight
from tests.bot.writing import a_case
from tests.builders import MORNING, a_mail, an_arrival

HOUR = timedelta(hours=1)


def some_people(session, count: int, chance: random.Random) -> list[Contact]:
    people = [
        Contact(
            created_at=MORNING,
            tier=chance.choice(["", "silver", "Gold"]),
            lifetime_value=float(chance.choice([0, 0, 50, 300, 5000])),
            nps=chance.choice([None, 3, 9]),
            vip=chance.random() < 0.1,
            influencer=chance.random() < 0.1,
        )
        for _ in range(count)
    ]
    session.add_all(people)
    session.flush()
    return people


def some_cases(session, count: int) -> list[Case]:
    chance = random.Random(count)
    people = some_people(session, count // 2, chance)
    cases = [
        Case(
            subject=f"n{n}",
            contact=chance.choice(people),
            opened_at=MORNING,
            last_at=MORNING,
            waiting_since=chance.choice([None, MORNING - chance.random() * 60 * HOUR]),
            due_at=chance.choice([None, MORNING + (chance.random() - 0.3) * 20 * HOUR]),
            anger=chance.choice([0.0, 0.5, 2.0, 3.0]),
            urgency=chance.choice([0.0, 1.0]),
        )
        for n in range(count)
    ]
    session.add_all(cases)
    session.flush()
    return cases


def test_the_database_sorts_by_the_very_weight_that_is_explained(session) -> None:
    cases = some_cases(session, 200)
    by_weight = ranking.weight_at(session, MORNING)
    found = session.execute(
        select(Case.id, by_weight).order_by(by_weight.desc(), Case.id.desc())
    ).all()
    facts = ranking.facts_of(session, [case.id for case in cases])
    assert [row[1] for row in found] == sorted((row[1] for row in found), reverse=True)
    for case_id, thousandths in found:
        assert thousandths == pytest.approx(1000 * weight(facts[case_id], MORNING), abs=5)


def test_a_page_of_cases_costs_one_statement(session) -> None:
    cases = some_cases(session, 50)
    scale.scale(session)
    sent: list[object] = []
    event.listen(session, "do_orm_execute", sent.append)
    assert len(ranking.facts_of(session, [case.id for case in cases])) == 50
    assert len(sent) == 1


def test_who_writes_again_without_an_answer_counts_and_an_answer_ends_it(session) -> None:
    case = a_case(session)
    for n in (10, 20):
        file(session, an_arrival(a_mail(f"¿Hola? {n}"), mailbox=case.mailbox, minutes=n))
    session.flush()
    assert ranking.facts_of(session, [case.id])[case.id].contacts == 3
    with clock.at(MORNING + HOUR):
        for one in session.scalars(select(Case).where(Case.state == State.OPEN)):
            one.answered(by="bea@tienda.example", at=MORNING + HOUR)
    session.flush()
    assert ranking.facts_of(session, [case.id])[case.id].contacts == 0


def test_value_and_risk_are_two_things(session) -> None:
    case = a_case(session)

    def reasons() -> set[str]:
        session.flush()
        facts = ranking.facts_of(session, [case.id])[case.id]
        return {part.name for part in score(facts, MORNING).parts} & {"value", "risk"}

    case.contact.vip = True
    assert reasons() == {"value"}
    case.contact.vip, case.contact.influencer = False, True
    assert reasons() == {"risk"}
    case.contact.influencer = False
    claim = Exclusion(
        contact_id=case.contact_id,
        reason=Reason.FORMAL_CLAIM,
        severity=Severity.SOFT,
        starts_at=MORNING,
        created_at=MORNING,
        origin="case",
    )
    session.add(claim)
    assert reasons() == {"risk"}
    claim.lifted_at = MORNING
    assert reasons() == set()


def test_tiers_rank_by_what_their_customers_bought(session) -> None:
    for tier, bought in (("Gold", 100.0), ("silver", 900.0), ("gold", 200.0), ("", 5000.0)):
        session.add(Contact(created_at=MORNING, tier=tier, lifetime_value=bought))
    session.flush()
    scale.forget()
    assert scale.scale(session).tiers == ("gold", "silver")
    known = Scale(("silver", "gold"), (10.0, 100.0))
    assert [known.tier(name) for name in ("GOLD", "silver", "", "other")] == [1.0, 0.5, 0.0, 0.0]


def test_the_measured_scale_is_kept_and_used(session) -> None:
    some_people(session, 40, random.Random(1))
    scale.measure(session, MORNING)
    session.flush()
    kept = scale.scale(session)
    session.add(Contact(created_at=MORNING, tier="platinum", lifetime_value=1.0))
    session.flush()
    scale.forget()
    assert scale.scale(session) == kept
    assert kept.value(0.0) == 0.0
    assert kept.value(9999.0) > kept.value(50.0) > 0.0
