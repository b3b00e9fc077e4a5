"""What agents do with a case by one click, with scripts and without."""

import re

import pytest
from sqlalchemy import select

from cases import Agent, Case, Event, State, What
from cases.db import reading, transaction
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ANA, BEA, LUIS

SUBJECT = "Charged twice for order 88213"


def _events(case: Case, what: What) -> list[Event]:
    with reading() as session:
        return list(
            session.scalars(select(Event).where(Event.case_id == case.id, Event.what == what))
        )


def _id_of(address: str) -> int:
    with reading() as session:
        return session.scalars(select(Agent.id).where(Agent.address == address)).one()


def test_closing_shows_the_changed_parts_and_how_to_undo_it(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    page = ana.post(f"/cases/{case.id}/closure", partial=True).text
    for place in (
        f"#case-header-{case.id}",
        f"#case-thread-{case.id}",
        f"#row-{case.id}",
        "#toasts",
    ):
        assert f'<hx-partial hx-target="{place}"' in page
    assert f"#case-composer-{case.id}" not in page
    assert f'action="/cases/{case.id}/reopening"' in page
    assert case_about(SUBJECT).state is State.CLOSED


def test_without_scripts_a_form_leads_back_to_the_page_with_the_notice(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    sent = ana.post(f"/cases/{case.id}/closure", **{"in": "mine", "sort": "newest"})
    assert sent.status_code == 303
    page = ana.get(sent.location).text
    assert f"Caso {case.id} cerrado" in page
    assert "Míos</h1>" in page
    # Whoever takes it back stays in the list that they came from.
    undo = page.split("data-undo")[0].rpartition("<form")[2]
    assert 'name="in" value="mine"' in undo
    assert 'name="sort" value="newest"' in undo


def test_who_closes_a_closed_case_is_told_so(enter: Enter) -> None:
    ana, bea, case = enter(ANA), enter(BEA), case_about(SUBJECT)
    ana.post(f"/cases/{case.id}/closure")
    again = bea.post(f"/cases/{case.id}/closure", partial=True)
    assert again.status_code == 409
    assert again.headers["HX-Retarget"] == "#alerts"
    assert "El caso ya estaba cerrado." in again.text
    assert "El caso ya estaba cerrado." in bea.post(f"/cases/{case.id}/closure").text
    assert len(_events(case, What.CLOSED)) == 1


def test_a_case_is_opened_again(enter: Enter) -> None:
    ana, case = enter(ANA), case_about("¡Gracias!")
    assert ana.post(f"/cases/{case.id}/reopening").status_code == 303
    assert case_about("¡Gracias!").state is State.OPEN
    assert ana.post(f"/cases/{case.id}/reopening").status_code == 409


def test_a_case_becomes_mine_somebody_elses_or_nobodys(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    for wanted, found in (("me", _id_of(ANA)), (_id_of(BEA), _id_of(BEA)), ("", None)):
        assert ana.post(f"/cases/{case.id}/assignee", agent=wanted).status_code == 303
        assert case_about(SUBJECT).assignee_id == found
    assert [event.by for event in _events(case, What.ASSIGNED)] == [ANA] * 3


def test_giving_a_case_is_taken_back_unless_somebody_gave_it_on_since(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    ana.post(f"/cases/{case.id}/assignee", agent=_id_of(BEA))
    taken = ana.get(ana.post(f"/cases/{case.id}/assignee", agent="me").location).text
    undo = re.findall(r"/assignments/\d+/undoing", taken)[0]
    assert ana.post(undo, partial=True).status_code == 200
    assert case_about(SUBJECT).assignee_id == _id_of(BEA)
    assert ana.post(undo).status_code == 409
    assert enter(LUIS).post(undo).status_code == 404
    assert case_about(SUBJECT).assignee_id == _id_of(BEA)


def test_a_case_of_somebody_who_left_meanwhile_comes_back_to_nobody(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    ana.post(f"/cases/{case.id}/assignee", agent=_id_of(BEA))
    taken = ana.get(ana.post(f"/cases/{case.id}/assignee", agent="me").location).text
    with transaction() as session:
        session.get_one(Agent, _id_of(BEA)).active = False
    undo = re.findall(r"/assignments/\d+/undoing", taken)[0]
    assert ana.post(undo, partial=True).status_code == 200
    assert case_about(SUBJECT).assignee_id is None


@pytest.mark.parametrize("address", ["mar@tienda.test", "ex@tienda.test"])
def test_nobody_who_cannot_answer_is_given_a_case(enter: Enter, address: str) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    assert ana.post(f"/cases/{case.id}/assignee", agent=_id_of(address)).status_code == 422
    assert ana.post(f"/cases/{case.id}/assignee", agent="4711").status_code == 422
    assert case_about(SUBJECT).assignee_id is None


def test_a_corrected_type_is_kept_with_who_and_what_it_was(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    page = ana.post(f"/cases/{case.id}/type", partial=True, type="info.question").text
    assert "Lo fijó ana@tienda.test" in page
    found = case_about(SUBJECT)
    assert (found.type, found.type_by, found.complaint) == ("info.question", ANA, False)
    (event,) = _events(case, What.CORRECTED)
    assert event.data == {"field": "type", "was": "money.billing", "now": "info.question"}
    assert ana.post(f"/cases/{case.id}/type", type="no.such").status_code == 422


def test_a_corrected_mood_is_kept_and_calm_takes_the_anger_away(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(SUBJECT)
    assert ana.post(f"/cases/{case.id}/mood", mood="positive").status_code == 303
    found = case_about(SUBJECT)
    assert (found.sentiment, found.anger) == ("positive", 0.0)
    assert found.labels["sentiment_by"] == ANA
    assert found.labels["top3"]
    assert ana.post(f"/cases/{case.id}/mood", mood="furious").status_code == 422


def test_another_teams_case_does_not_exist_for_any_verb(enter: Enter) -> None:
    luis, case = enter(LUIS), case_about(SUBJECT)
    for verb in ("closure", "reopening", "assignee", "type", "mood", "replies"):
        sent = luis.post(
            f"/cases/{case.id}/{verb}", agent="me", type="money.refund", mood="neutral", text="x"
        )
        assert sent.status_code == 404, verb
    assert case_about(SUBJECT).version == case.version
