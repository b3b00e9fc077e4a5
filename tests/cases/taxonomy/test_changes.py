"""Admins change the tree; codes are never used again, and history keeps its meaning."""

from datetime import UTC, datetime

import pytest

from cases import Case, Contact
from cases.db import transaction
from cases.taxonomy import changes, effect, following
from cases.taxonomy.changes import BadLeaf, Draft, Indispensable, NotInUse
from cases.taxonomy.growing import content_of, leaf_of
from cases.taxonomy.rows import history, tree
from classifiers import taxonomy
from classifiers.taxonomy import NoSuchLeaf

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
BY = {"by": "ana@tienda.test", "at": NOON}
TICKETS = Draft(labels={"es": "Entradas", "en": "Tickets & seats"})


def test_a_new_leaf_gets_a_code_that_nothing_ever_had(session):
    first = changes.add(session, "fulfil", TICKETS, **BY)
    assert first == "fulfil.tickets_seats"
    changes.merge(session, first, "fulfil.product", **BY)
    assert changes.add(session, "fulfil", TICKETS, **BY) == "fulfil.tickets_seats_2"
    found = tree(session)
    assert found.resolve(first) == "fulfil.product"
    assert found.version == "1.0.3"


def test_a_branch_takes_types_of_its_own(session):
    named = {"es": "Eventos", "en": "Events"}
    code = changes.add_branch(session, named, **BY)
    leaf = changes.add(session, code, TICKETS, **BY)
    assert (code, leaf) == ("events", "events.tickets_seats")
    assert changes.add_branch(session, named, **BY) == "events_2"
    found = tree(session)
    assert found.parents["events"].label("es") == "Eventos"
    assert found.leaves[leaf].parent == "events"
    with pytest.raises(BadLeaf):
        changes.add_branch(session, {"es": "Eventos", "en": " "}, **BY)


@pytest.mark.parametrize(("weight", "soft"), [(0.0, True), (0.7, False)])
def test_what_older_rows_say_in_a_weight_is_still_read(weight, soft):
    leaf = taxonomy.shipped().leaves["money.refund"]
    kept = {**content_of(leaf), "exclusion_weight": weight}
    del kept["soft"]
    assert leaf_of(leaf.code, kept).soft is soft


def test_a_renamed_leaf_keeps_its_code_and_its_names_in_other_languages(session):
    named = Draft(labels={"es": "Cobros", "en": "Charges"}, complaint=True)
    changes.edit(session, "money.billing", named, **BY)
    changes.edit(session, "money.billing", named, **BY)
    leaf = tree(session).leaves["money.billing"]
    assert (leaf.label("es"), leaf.label("fr")) == ("Cobros", "Facturation")
    (change,) = history(session)
    assert change.said["was"]["labels"]["en"] == "Billing"


def test_a_retired_leaf_comes_back_and_stays_retired_through_an_edit(session):
    changes.retire(session, "trust.fraud", **BY)
    changes.edit(session, "trust.fraud", TICKETS, **BY)
    assert tree(session).leaves["trust.fraud"].retired
    with pytest.raises(NotInUse):
        changes.merge(session, "money.refund", "trust.fraud", **BY)
    changes.restore(session, "trust.fraud", **BY)
    assert not tree(session).leaves["trust.fraud"].retired


@pytest.mark.parametrize("code", sorted(changes.INDISPENSABLE))
def test_what_the_program_speaks_of_stays(session, code):
    with pytest.raises(Indispensable):
        changes.retire(session, code, **BY)
    with pytest.raises(Indispensable):
        changes.merge(session, code, "money.refund", **BY)


def test_what_cannot_be_is_refused(session):
    with pytest.raises(BadLeaf):
        changes.add(session, "fulfil", Draft(labels={"es": "Entradas", "en": " "}), **BY)
    with pytest.raises(NoSuchLeaf):
        changes.add(session, "nowhere", TICKETS, **BY)
    with pytest.raises(NotInUse):
        changes.merge(session, "money.refund", "money.refund", **BY)


def test_the_effect_counts_the_cases_of_all_that_were_merged(session):
    contact = Contact(name="Luz", created_at=NOON)
    for code in ("fulfil.delivery", "fulfil.product", "money.refund"):
        session.add(Case(subject="", contact=contact, opened_at=NOON, last_at=NOON, type=code))
    changes.merge(session, "fulfil.delivery", "fulfil.product", **BY)
    found = tree(session)
    assert effect.of_leaf(session, found, "fulfil.product") == effect.Effect(2, 2, 0)
    assert effect.counts(session, found) == {"fulfil.product": 2, "money.refund": 1}


def test_a_process_speaks_of_the_new_tree_after_the_commit(installation):
    with transaction() as session:
        code = changes.add(session, "fulfil", TICKETS, **BY)
        assert code not in taxonomy.codes()
    assert taxonomy.leaf(code).label("es") == "Entradas"
    following.forget()
    assert code not in taxonomy.codes()
    following.follow()
    assert code in taxonomy.codes()
