"""A trouble that many share is told in four clicks; calls are logged beside the case."""

import re

import pytest
from sqlalchemy import select

from bot.outbox import OutgoingMail
from cases import Case, Contact, Message
from cases.db import reading, transaction
from cases.exclusions.rows import Exclusion
from cases.incident import Incident
from cases.order import Told, link, put
from cases.people.merging import ContactMerge
from tests.builders import MORNING
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ADMIN, ANA, BEA


def test_begin_write_send(enter: Enter) -> None:
    bea, case = enter(BEA), case_about("Cambio de talla")
    began = bea.post("/incidents", title="El camión", words="talla", truce="yes")
    page = bea.get(began.location).text
    assert "Cambio de talla" in page
    key = re.search(r'name="key" value="(\w+)"', page)
    assert key is not None
    for _ in range(2):
        bea.post(f"{began.location}/updates", text_es="Llega mañana.", key=key[1])
    with reading() as session:
        mails = session.scalars(select(OutgoingMail).where(OutgoingMail.rule == "incident update"))
        assert [mail.case_id for mail in mails].count(case.id) == 1
    beside = bea.get(f"/cases/{case.id}").text
    assert "El camión" in beside
    bea.post(f"{began.location}/cases", case=str(case.id), out="yes")
    assert "El camión" not in bea.get(f"/cases/{case.id}").text
    assert bea.post(f"{began.location}/end").status_code == 303
    assert bea.post(f"{began.location}/end").status_code == 409
    assert bea.post(f"{began.location}/updates", text_es="x", key="k").status_code == 409
    with reading() as session:
        wave = select(Exclusion).where(Exclusion.reason == "contact_wave")
        assert all(row.lifted_at is not None for row in session.scalars(wave))


def test_what_is_missing_is_said_and_what_was_typed_stays(enter: Enter) -> None:
    bea = enter(BEA)
    answer = bea.post("/incidents", title="Sin regla")
    assert answer.status_code == 422
    assert "Sin regla" in answer.text
    assert bea.post("/incidents", title="x", type="no.such").status_code == 422
    began = bea.post("/incidents", title="x", type="money")
    assert bea.post(f"{began.location}/updates", key="k").status_code == 422
    with reading() as session:
        assert len(session.scalars(select(Incident)).all()) == 1


def test_an_order_stands_beside_the_case_with_a_word_about_whose_it_is(enter: Enter) -> None:
    case = case_about("Cambio de talla")
    with transaction() as session:
        order = put(session, Told("ES-7001", state="enviado", cents=4990, currency="EUR"),
                    by="shop", at=MORNING)  # fmt: skip
        link(session, session.get_one(Case, case.id), order.id)
    page = enter(ANA).get(f"/cases/{case.id}").text
    for words in ("Pedido ES-7001", "enviado", "49.90 EUR", "no consta como de este cliente"):
        assert words in page


def test_a_logged_call_has_a_clock_and_stops_drips(enter: Enter) -> None:
    ana, case = enter(ANA), case_about("Cambio de talla")
    answer = ana.post(f"/cases/{case.id}/calls", text="Prometí llamar", call_back="4")
    assert answer.status_code == 303
    with reading() as session:
        found = session.get_one(Case, case.id)
        assert found.call_due_at is not None
        message = session.scalars(select(Message).where(Message.text == "Prometí llamar")).one()
        assert message.by == ANA
        reasons = select(Exclusion.reason).where(
            Exclusion.contact_id == found.contact_id, Exclusion.lifted_at.is_(None)
        )
        assert "personal_contact" in session.scalars(reasons).all()
    again = ana.post(f"/cases/{case.id}/calls", text="Llamado", talk_mood="positive")
    assert again.status_code == 303
    with reading() as session:
        found = session.get_one(Case, case.id)
        told = [(one.what.value, one.at, one.data) for one in found.events]
        assert found.call_due_at is None, told


@pytest.mark.parametrize("wrong", [{"text": " "}, {"text": "x", "call_back": "-1"},
                                   {"text": "x", "call_back": "99999"}])  # fmt: skip
def test_a_call_that_says_nothing_is_refused(enter: Enter, wrong: dict[str, str]) -> None:
    case = case_about("Cambio de talla")
    assert enter(ANA).post(f"/cases/{case.id}/calls", **wrong).status_code == 422


def test_people_are_merged_parted_and_repaired_on_the_page_of_quality(enter: Enter) -> None:
    admin = enter(ADMIN)
    assert admin.get("/quality").status_code == 200
    with reading() as session:
        first, other = session.scalars(select(Contact.id).order_by(Contact.id).limit(2)).all()
    pair = {"into": str(first), "other": str(other)}
    assert admin.post("/quality/pairs", one="yes", **pair).status_code == 303
    assert admin.post("/quality/pairs", one="yes", **pair).status_code == 409
    assert admin.post("/quality/undo", contact=str(other)).status_code == 303
    assert admin.post("/quality/undo", contact=str(other)).status_code == 409
    assert admin.post("/quality/pairs", one="no", **pair).status_code == 303
    with reading() as session:
        assert session.scalars(select(ContactMerge)).one().undone_at is not None
        number = session.get_one(Contact, first).identifiers[0].id
    for typed, status in (("nueva@gmail.com", 303), ("x", 422)):
        said = admin.post("/quality/addresses", identifier=str(number), address=typed)
        assert said.status_code == status
    assert admin.post("/quality/addresses", identifier="x", address="y").status_code == 422
