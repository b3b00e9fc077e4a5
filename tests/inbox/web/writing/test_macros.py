"""Ready answers: found by words, filled in for the case, kept by who leads the team."""

import re
from datetime import datetime

from sqlalchemy import select

from cases import Case, Message, State, clock
from cases.db import reading, transaction
from cases.macro import Macro, Then
from classifiers import taxonomy
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ANA, BEA

SUBJECT = "Charged twice for order 88213"
ES = "Hola, {{cliente.nombre|cliente}}:\n\ngracias."
EN = "Dear {{customer.name|customer}},\n\nthanks."


def _a_macro(at: datetime, **values: object) -> int:
    said = {"name": "Gracias", "text_es": ES, "text_en": EN, "changed_at": at, "changed_by": BEA}
    with transaction() as session:
        made = Macro(**said | values)
        session.add(made)
        session.flush()
        return made.id


def _newest(case: Case) -> Message:
    with reading() as session:
        query = select(Message).where(Message.case_id == case.id).order_by(Message.id.desc())
        found = session.scalars(query).first()
        assert found is not None
        return found


def test_it_speaks_the_customers_language_and_names_them(enter: Enter) -> None:
    _a_macro(clock.now())
    case, ana = case_about(SUBJECT), enter(ANA)
    page = ana.get(f"/cases/{case.id}/macros?q=graci", partial=True).text
    assert re.search(r"Dear Oliver [^,]+,", page)
    assert "Gracias" in page
    assert "Ninguna respuesta" in ana.get(f"/cases/{case.id}/macros?q=zzz", partial=True).text
    box = ana.get(f"/cases/{case.id}?macro=1").text
    assert re.search(r"<textarea id=\"reply-text\"[^>]*>\s*Dear Oliver", box)


def test_sending_it_does_what_it_says(enter: Enter) -> None:
    number = _a_macro(clock.now(), then=Then.WAIT, snooze="reply", type=taxonomy.codes()[0])
    case, ana = case_about(SUBJECT), enter(ANA)
    ana.post(f"/cases/{case.id}/replies", text="Thanks.", macro=number)
    found = case_about(SUBJECT)
    assert (found.state, found.type) == (State.WAITING, taxonomy.codes()[0])
    assert found.snoozed_at is not None
    with reading() as session:
        assert session.get_one(Macro, number).used == 1


def test_a_place_that_nobody_filled_in_blocks_sending(enter: Enter) -> None:
    _a_macro(clock.now(), text_en="Order {{order.tracking}} is on its way.")
    case, ana = case_about("Factura"), enter(ANA)
    box = ana.get(f"/cases/{case.id}?macro=1").text
    assert "<mark>order.tracking</mark>" in box or "<mark>" not in box
    sent = ana.post(f"/cases/{case.id}/replies", text="Va con {{pedido.seguimiento}}.")
    assert sent.status_code == 422
    assert "Rellena antes: pedido.seguimiento" in sent.text
    assert "Va con" not in _newest(case).text


def test_who_leads_keeps_them_and_others_only_use_them(enter: Enter) -> None:
    wish = {"name": "Saludo", "text_es": ES, "then": "", "type": "", "snooze": "", "team": ""}
    assert enter(ANA).post("/macros", **wish).status_code == 403
    bea = enter(BEA)
    made = bea.post("/macros", **wish)
    assert made.status_code == 303
    number = made.location.split("/macros/")[1].split("?")[0]
    assert "Saludo" in enter(ANA).get("/macros").text
    wrong = bea.post(f"/macros/{number}", **wish | {"text_es": "{{pedido.color}}", "name": ""})
    assert wrong.status_code == 422
    assert "No existe ese hueco: pedido.color" in wrong.text
    bea.post(f"/macros/{number}/retirement")
    assert "Saludo" not in bea.get("/macros").text
