"""How content customers were: said behind a signed link, kept, shown, counted, acted on."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cases import Case, Exclusion, clock, satisfaction
from cases.case import take
from cases.db import reading, transaction
from cases.exclusions.reasons import Reason
from tests.inbox.web.conftest import Enter, Visitor, case_about
from tests.seeding import ADMIN, ANA


def _link(case: Case) -> str:
    return f"/satisfaction/{satisfaction.token(case.id)}"


def test_opening_the_link_keeps_nothing_and_the_button_does(visitor: Visitor, enter: Enter) -> None:
    case = case_about("¡Gracias!")
    page = visitor.get(_link(case))
    assert "¿Qué le pareció" in page.text
    assert "Set-Cookie" not in page.headers
    assert "How did we" in visitor.get(f"{_link(case)}?lang=en").text
    with reading() as session:
        assert satisfaction.of(session, case.id) is None
    assert visitor.client.post(_link(case), data={}).status_code == 422
    said = {"step": "5", "comment": "Rápidos y <b>amables</b>"}
    assert visitor.client.post(_link(case), data=said).status_code == 200
    ana = enter(ANA)
    for path in (f"/cases/{case.id}", f"/contacts/{case.contact_id}"):
        assert "Muy bien (5/5)" in ana.get(path).text
        assert "Rápidos y &lt;b&gt;amables" in ana.get(path).text


def test_it_can_be_changed_for_a_week_and_a_link_is_of_one_case(visitor: Visitor) -> None:
    case, link = case_about("¡Gracias!"), _link(case_about("¡Gracias!"))
    for step in ("5", "2"):
        assert visitor.client.post(link, data={"step": step}).status_code == 200
    with clock.at(clock.now() + satisfaction.CHANGEABLE + timedelta(minutes=1)):
        assert visitor.client.post(link, data={"step": "4"}).status_code == 409
        assert "hace tiempo" in visitor.get(link).text
    with reading() as session:
        assert session.get_one(Case, case.id).satisfaction == 2
    other = f"/satisfaction/{case.id + 1}.{link.rpartition('.')[2]}"
    assert visitor.get(other).status_code == 404


@pytest.mark.parametrize(("step", "rest"), [("1", timedelta(days=14)), ("5", timedelta(hours=24))])
def test_the_rest_after_a_closing_follows_what_they_said(
    visitor: Visitor, step: str, rest: timedelta
) -> None:
    case = case_about("Llamadas a deshora")
    with transaction() as session:
        taken = take(session, case.id)
        taken.close(by=ANA, at=clock.now())
    visitor.client.post(_link(case), data={"step": step})
    with reading() as session:
        hold = session.scalars(
            select(Exclusion).where(
                Exclusion.case_id == case.id,
                Exclusion.reason == Reason.AFTER_CLOSING,
                Exclusion.lifted_at.is_(None),
            )
        ).one()
    assert hold.until is not None
    assert hold.until - hold.starts_at == rest


def test_the_report_counts_what_was_said(visitor: Visitor, enter: Enter) -> None:
    visitor.client.post(_link(case_about("¡Gracias!")), data={"step": "4"})
    table = enter(ADMIN).get("/reports/satisfaction.csv?days=7").text
    assert "Bien,1,0" in table
