"""The admin's rules: made, changed as versions, stopped, and never taken over by a mistake."""

import pytest
from sqlalchemy import select

from bot.acting import field_setting
from bot.kinds import Mode
from bot.rules import Rule, rulebook
from bot.rules.rulebook import RuleRow
from cases import clock
from cases.case import take
from cases.db import reading, transaction
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ADMIN, ANA, BEA

LATE = {
    "name": "late parcels",
    "mode": "draft",
    "when_type": ["fulfil.delivery"],
    "when_first": "yes",
    "when_confidence_at_least": "0,6",
    "reply": "suggestion",
    "tag": "parcel, late",
    "set_type": "fulfil.delivery",
    "set_complaint": "no",
    "set_urgency": "urgent",
    "quiet_hours": "22:00-09:00",
    "most_a_day": "1",
    "only_for": "Test@Shop.example",
    "position": "3",
}


def _live() -> tuple[Rule, ...]:
    with reading() as session:
        return rulebook.live(session)


def _a_rule(mode: Mode = Mode.SEND) -> int:
    with transaction() as session:
        rule = Rule("lawyers", mode, {"type": ["trust"]}, assign=ADMIN, stop=True)
        return rulebook.save(session, rule, by=ADMIN, at=clock.now()).id


def test_what_is_typed_becomes_a_rule(enter: Enter) -> None:
    assert enter(ADMIN).post("/admin/rules", **LATE).status_code == 303
    (rule,) = _live()
    assert rule.mode is Mode.DRAFT
    assert dict(rule.when) == {
        "type": ["fulfil.delivery"],
        "first": True,
        "confidence_at_least": 0.6,
    }
    assert (rule.tag, rule.only_for) == (("parcel", "late"), ("test@shop.example",))
    assert rule.set == {"type": "fulfil.delivery", "complaint": False, "urgency": "urgent"}
    assert (rule.quiet_hours, rule.most_a_day) == ("22:00-09:00", 1)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", ""),
        ("name", "with @ and “quotes'"),
        ("quiet_hours", "whenever"),
        ("most_a_day", "-1"),
        ("when_confidence_at_least", "7"),
        ("mode", "loud"),
        ("reply", "no_such_mail"),
        ("set_type", "no.such"),
        ("set_urgency", "enormous"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_typed_is_lost(
    enter: Enter, field: str, typed: str
) -> None:
    answer = enter(ADMIN).post("/admin/rules", **{**LATE, field: typed})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "parcel, late" in answer.text
    assert '<option value="no" selected>' in answer.text
    assert _live() == ()


def test_a_change_is_a_version_and_the_page_shows_all_of_them(enter: Enter) -> None:
    number, admin = _a_rule(), enter(ADMIN)
    answer = admin.post(f"/admin/rules/{number}", mode="shadow", when_type="trust", stop="yes")
    page = admin.get(answer.headers["Location"]).text
    assert "versión 2" in page
    (rule,) = _live()
    assert (rule.version, rule.mode, rule.assign) == (2, Mode.SHADOW, "")
    with reading() as session:
        versions = select(RuleRow.version).where(RuleRow.name == "lawyers").order_by(RuleRow.id)
        assert list(session.scalars(versions)) == [1, 2]


def test_the_fields_a_rule_sets_are_chosen_again_and_said_in_words(enter: Enter) -> None:
    admin = enter(ADMIN)
    page = admin.get(admin.post("/admin/rules", **LATE).headers["Location"]).text
    assert '<option value="urgent" selected>urgente</option>' in page
    assert "Es una queja: no, Urgencia: urgente" in page


def test_the_case_says_which_rule_set_its_type(enter: Enter) -> None:
    about = case_about("Llamadas a deshora").id
    with transaction() as session:
        said = {"type": "fulfil.delivery", "urgency": "normal"}
        field_setting.put(take(session, about), said, by="rule:calls@2", at=clock.now())
    page = enter(ADMIN).get(f"/cases/{about}").text
    assert "Fijado por una regla: Urgencia: normal" in page
    assert "Lo fijó regla calls@2" in page


def test_one_button_stops_a_rule(enter: Enter) -> None:
    enter(ADMIN).post(f"/admin/rules/{_a_rule()}/mode", mode="off")
    assert _live() == ()


def test_a_name_that_is_taken_is_not_taken_over(enter: Enter) -> None:
    _a_rule()
    answer = enter(ADMIN).post("/admin/rules", name="lawyers", mode="send")
    assert answer.status_code == 422
    assert _live()[0].assign == ADMIN


def test_the_list_says_in_words_when_and_what(enter: Enter) -> None:
    _a_rule()
    page = enter(ADMIN).get("/admin/rules").text
    assert f"Asignar: {ADMIN}" in page
    assert "Basta: no se mira ninguna regla posterior" in page


def test_who_does_not_administer_looks_at_most(enter: Enter) -> None:
    number = _a_rule()
    bea = enter(BEA)
    assert bea.get("/admin/rules").status_code == 200
    assert bea.post(f"/admin/rules/{number}/mode", mode="off").status_code == 403
    assert enter(ANA).get("/admin/rules").status_code == 403
    assert len(_live()) == 1


def _of_a_newer_version() -> int:
    body = {**Rule("").as_row(), "when": {"moon": ["full"]}, "only_for": ["moon@shop.example"]}
    with transaction() as session:
        row = RuleRow(name="tides", version=1, mode=Mode.SEND, body=body, by=ADMIN, at=clock.now())
        session.add(row)
        session.flush()
        return row.id


def test_a_rule_of_a_newer_version_is_shown_with_the_reason_and_breaks_no_page(
    enter: Enter,
) -> None:
    number, admin = _of_a_newer_version(), enter(ADMIN)
    for path in ("/admin/rules", f"/admin/rules/{number}"):
        assert "no hace nada: nadie conoce la condición" in admin.get(path).text, path
    assert "moon = [&#34;full&#34;]" in admin.get(f"/admin/rules/{number}").text
    assert f'href="/admin/rules/{number}"' in admin.get("/admin/simulator").text
    assert admin.get("/admin/templates/acknowledgement").status_code == 200


def test_a_rule_of_a_newer_version_can_only_be_switched_off_and_stays_as_it_is(
    enter: Enter,
) -> None:
    number, admin = _of_a_newer_version(), enter(ADMIN)
    assert admin.post(f"/admin/rules/{number}", mode="send", when_first="yes").status_code == 422
    assert admin.post(f"/admin/rules/{number}/mode", mode="draft").status_code == 422
    assert admin.post(f"/admin/rules/{number}/mode", mode="off").status_code == 303
    with reading() as session:
        (row,) = rulebook.newest(session)
        assert (row.version, row.mode, row.body["when"]) == (2, Mode.OFF, {"moon": ["full"]})


def test_a_rule_whose_type_went_away_is_not_switched_on_and_the_refusal_says_why(
    enter: Enter,
) -> None:
    body = {**Rule("").as_row(), "set": {"type": "no.such"}}
    with transaction() as session:
        row = RuleRow(name="old", version=1, mode=Mode.OFF, body=body, by=ADMIN, at=clock.now())
        session.add(row)
        session.flush()
        number = row.id
    answer = enter(ADMIN).post(f"/admin/rules/{number}/mode", mode="send")
    assert answer.status_code == 422
    assert "no.such" in answer.text
