"""Admins read and change the complaint tree; agents choose what they added at once."""

import pytest
from sqlalchemy import select

from cases.correcting.correction import Correction
from cases.db import reading
from cases.taxonomy.rows import history, tree
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ADMIN, ANA, BEA

SUBJECT = "Charged twice for order 88213"
NEW = {"branch": "fulfil", "label_es": "Entradas", "label_en": "Tickets", "complaint": "yes"}


def _tree():
    with reading() as session:
        return tree(session)


def test_a_new_type_can_be_chosen_at_once_and_is_learned_from(enter: Enter) -> None:
    admin, ana, case = enter(ADMIN), enter(ANA), case_about(SUBJECT)
    made = admin.post("/admin/taxonomy", **NEW, examples_es="No me llegan las entradas\n\nOtra")
    assert made.status_code == 303
    leaf = _tree().leaves["fulfil.tickets"]
    assert leaf.examples["es"] == ("No me llegan las entradas", "Otra")
    assert "Entradas</button>" in ana.get(f"/cases/{case.id}").text
    page = ana.post(f"/cases/{case.id}/type", partial=True, type="fulfil.tickets").text
    assert "Corrección guardada" in page
    with reading() as session:
        (kept,) = session.scalars(select(Correction)).all()
    assert (kept.was, kept.now, kept.by) == ("money.billing", "fulfil.tickets", ANA)
    assert f'action="/corrections/{kept.id}/undoing"' in page
    ana.post(f"/corrections/{kept.id}/undoing")
    assert case_about(SUBJECT).type == "money.billing"
    assert ana.post(f"/corrections/{kept.id}/undoing").status_code == 409


def test_a_branch_is_added_and_its_first_type_with_it(enter: Enter) -> None:
    admin, ana = enter(ADMIN), enter(ANA)
    named = {"branch_es": "Eventos", "branch_en": "Events"}
    refused = admin.post("/admin/taxonomy/branches", **named | {"branch_en": " "})
    assert refused.status_code == 422
    assert "Una rama necesita un nombre en cada idioma." in refused.text
    made = admin.post("/admin/taxonomy/branches", **named)
    page = admin.get(made.location).text
    assert '<option value="events" selected>Eventos' in page
    assert "Todavía no tiene tipos" in page
    assert "Rama añadida: Eventos" in page
    assert admin.post("/admin/taxonomy", **NEW | {"branch": "events"}).status_code == 303
    assert 'value="events.tickets"' in ana.get(f"/cases/{case_about(SUBJECT).id}").text
    assert enter(BEA).post("/admin/taxonomy/branches", **named).status_code == 403


def test_a_promise_for_a_type_starts_from_the_hours_of_its_leaf(enter: Enter) -> None:
    admin = enter(ADMIN)
    told = {"label_es": "Fraude", "label_en": "Fraud", "complaint": "yes"}
    admin.post("/admin/taxonomy/trust.fraud", **told, sla_hours="3", soft="yes", step="save")
    leaf = _tree().leaves["trust.fraud"]
    assert (leaf.sla_hours, leaf.soft) == (3, True)
    assert "/admin/promises?type=trust.fraud#form" in admin.get("/admin/taxonomy/trust.fraud").text
    form = admin.get("/admin/promises?type=trust.fraud").text
    assert 'value="3h"' in form
    assert '<option value="trust.fraud" selected>' in form


def test_a_type_without_a_name_in_each_language_is_asked_for_again(enter: Enter) -> None:
    admin = enter(ADMIN)
    again = admin.post("/admin/taxonomy", **NEW | {"label_en": " "})
    assert again.status_code == 422
    assert "Un tipo necesita un nombre en cada idioma." in again.text
    assert 'value="Entradas"' in again.text
    wrong = admin.post("/admin/taxonomy/money.refund", label_es="", label_en="Refund")
    assert wrong.status_code == 422
    with reading() as session:
        assert history(session) == []


def test_the_effect_is_shown_before_anything_is_changed(enter: Enter) -> None:
    admin = enter(ADMIN)
    told = {"label_es": "Cobros", "label_en": "Charges", "complaint": "yes"}
    looked = admin.post("/admin/taxonomy/money.billing", step="look", **told).text
    assert '<s>Facturación y cobros</s> → <strong lang="es">Cobros' in looked
    assert "Todavía no se ha cambiado nada." in looked
    assert _tree().leaves["money.billing"].label("es") == "Facturación y cobros"
    assert admin.post("/admin/taxonomy/money.billing", step="save", **told).status_code == 303
    assert "Facturación y cobros pasa a ser Cobros" in admin.get("/admin/taxonomy").text
    assert "Cobros" in admin.get(f"/cases/{case_about(SUBJECT).id}").text


def test_a_merged_type_leads_to_the_one_it_went_into(enter: Enter) -> None:
    admin, case = enter(ADMIN), case_about(SUBJECT)
    looked = admin.post("/admin/taxonomy/money.billing/merger", step="look", into="money.refund")
    assert "Reembolso y devolución" in looked.text
    admin.post("/admin/taxonomy/money.billing/merger", into="money.refund")
    moved = admin.get("/admin/taxonomy/money.billing")
    assert moved.location == "/admin/taxonomy/money.refund"
    assert "<code>money.billing</code>" in admin.get(moved.location).text
    assert "Reembolso y devolución" in admin.get(f"/cases/{case.id}").text
    assert case_about(SUBJECT).type == "money.billing"


def test_a_retired_type_is_offered_no_more(enter: Enter) -> None:
    admin, case = enter(ADMIN), case_about(SUBJECT)
    admin.post("/admin/taxonomy/contract.terms/retirement")
    assert 'value="contract.terms"' not in admin.get(f"/cases/{case.id}").text
    refused = admin.post(f"/cases/{case.id}/type", type="contract.terms")
    assert refused.status_code == 422
    admin.post("/admin/taxonomy/contract.terms/return")
    assert 'value="contract.terms"' in admin.get(f"/cases/{case.id}").text


def test_what_the_program_needs_is_refused_in_words(enter: Enter) -> None:
    refused = enter(ADMIN).post("/admin/taxonomy/other.other/retirement")
    assert refused.status_code == 409
    assert "El propio programa necesita este tipo" in refused.text


@pytest.mark.parametrize("path", ["", "/money.refund", "/money.refund/merger"])
def test_supervisors_read_the_tree_and_only_admins_change_it(enter: Enter, path: str) -> None:
    bea = enter(BEA)
    assert bea.post(f"/admin/taxonomy{path}", into="money.billing").status_code == 403
    assert bea.get("/admin/taxonomy/money.refund").status_code == 200
    assert enter(ANA).get("/admin/taxonomy").status_code == 403
    assert bea.get("/admin/taxonomy/no.such").status_code == 404
