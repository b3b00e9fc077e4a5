"""Programs correct what the classifier said, and read the tree that all channels share."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from cases import Case, Contact, Message, Origin, correcting
from cases.correcting.correction import Correction, Field
from cases.db import reading, transaction
from cases.message import Direction
from cases.taxonomy import changes
from inbox.tokens import Scope

MORNING = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def program(api_server):
    return api_server.program(Scope.BOT_READ, Scope.BOT_NOTE)


@pytest.fixture
def message_id(api_server):
    with transaction() as session:
        contact = Contact(name="Luz", created_at=MORNING)
        case = Case(subject="Hola", contact=contact, opened_at=MORNING, last_at=MORNING)
        case.type, case.labels = "info.question", {"top3": []}
        message = Message(
            case=case,
            direction=Direction.IN,
            origin=Origin.CUSTOMER,
            subject="Hola",
            new_text="No llega el paquete",
            arrived_at=MORNING,
            labels={"type": "info.question", "model": "1.0-abc"},
        )
        session.add_all([contact, case, message])
        session.flush()
        return message.id


def _case():
    with reading() as session:
        return session.scalars(select(Case)).one()


def test_a_correction_is_kept_once_and_changes_the_case(program, message_id):
    told = {"id": "1", "message": message_id, "type": "fulfil.delivery", "sentiment": "negative"}
    first = program.post("/v1/corrections", json=told)
    assert first.status_code == 201
    again = program.post("/v1/corrections", json=told)
    assert (again.status_code, again.json) == (200, {**first.json, "new": False})
    row, mood = first.json["corrections"]
    assert (row["was"], row["now"], row["model"]) == ("info.question", "fulfil.delivery", "1.0-abc")
    assert mood["field"] == "sentiment"
    case = _case()
    assert (case.type, case.complaint, case.sentiment) == ("fulfil.delivery", True, "negative")
    assert case.type_by.startswith("api:")
    assert program.get(f"/v1/corrections/{row['id']}").json == row


def test_a_correction_that_is_taken_back_puts_back_what_was_there(program, message_id):
    told = {"id": "1", "message": message_id, "type": "fulfil.delivery"}
    (row,) = program.post("/v1/corrections", json=told).json["corrections"]
    for _ in range(2):
        assert program("DELETE", f"/v1/corrections/{row['id']}").status_code == 204
    assert (_case().type, _case().type_by) == ("info.question", "")
    assert program.get(f"/v1/corrections/{row['id']}").json["undone_at"]


def test_a_program_does_not_overrule_people(program, message_id):
    with transaction() as session:
        case = session.scalars(select(Case)).one()
        kept = {"by": "ana@tienda.test", "at": MORNING}
        correcting.correct(session, case, Field.TYPE, "money.refund", **kept)
    told = {"id": "1", "message": message_id, "type": "fulfil.delivery"}
    refused = program.post("/v1/corrections", json=told)
    assert (refused.status_code, _case().type) == (409, "money.refund")
    with reading() as session:
        number = session.scalars(select(Correction.id)).one()
    assert program("DELETE", f"/v1/corrections/{number}").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "status"),
    [({"type": "no.such"}, 422), ({}, 422), ({"message": 99, "type": "money.refund"}, 404)],
)
def test_what_cannot_be_is_refused_with_a_reason(program, message_id, wrong, status):
    told = {"id": "1", "message": message_id, **wrong}
    answer = program.post("/v1/corrections", json=told)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    with reading() as session:
        assert session.scalars(select(Correction)).all() == []


def test_the_tree_is_sent_again_only_when_it_changed(program):
    first = program.get("/v1/taxonomy")
    unchanged = program.get("/v1/taxonomy", headers={"If-None-Match": first.headers["ETag"]})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    draft = changes.Draft(labels={"es": "Entradas", "en": "Tickets"})
    with transaction() as session:
        code = changes.add(session, "fulfil", draft, by="ana@tienda.test", at=MORNING)
    second = program.get("/v1/taxonomy", headers={"If-None-Match": first.headers["ETag"]})
    assert second.json["version"] != first.json["version"]
    assert {"code": code, "es": "Entradas"}.items() <= second.json["types"][-1].items()
