"""Closing with a result: type, mood and outcome in one step; what the agent changes is learnt."""

from sqlalchemy import select

from cases import Case, State
from cases.correcting.correction import Correction, Field
from cases.db import reading
from cases.outcome import Outcome
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ANA

MATTER = "Llamadas a deshora"


def _case() -> Case:
    return case_about(MATTER)


def test_a_case_is_closed_with_what_it_was(enter: Enter) -> None:
    before, ana = _case(), enter(ANA)
    answer = ana.post(
        f"/cases/{before.id}/wrap-up",
        type="trust.privacy",
        mood=before.sentiment,
        outcome="explained",
    )
    assert answer.status_code == 303
    after = _case()
    assert (after.state, after.type, after.outcome) == (
        State.CLOSED,
        "trust.privacy",
        Outcome.EXPLAINED,
    )
    with reading() as session:
        kept = session.scalars(select(Correction).where(Correction.case_id == after.id)).all()
    assert [one.field for one in kept] == [Field.TYPE]
    assert "Explicado" in ana.get(f"/cases/{after.id}").text


def test_who_opens_it_again_takes_the_result_back(enter: Enter) -> None:
    number, ana = _case().id, enter(ANA)
    ana.post(f"/cases/{number}/wrap-up", outcome="solved")
    assert ana.post(f"/cases/{number}/wrap-up", outcome="solved").status_code == 409
    ana.post(f"/cases/{number}/reopening")
    assert _case().outcome is None


def test_what_is_not_to_be_chosen_closes_nothing(enter: Enter) -> None:
    number, ana = _case().id, enter(ANA)
    for wrong in ({"outcome": "magic"}, {"type": "no.leaf"}, {"mood": "blue"}):
        assert ana.post(f"/cases/{number}/wrap-up", **wrong).status_code == 422
    assert _case().is_open
