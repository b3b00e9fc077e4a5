"""A model that learned an older tree is understood in the words of today's."""

from dataclasses import replace

import pytest

from classifiers import taxonomy
from classifiers.taxonomy import Leaf, Taxonomy


@pytest.fixture
def grown():
    """The shipped tree with delivery merged into product, fraud retired, and tickets added."""
    shipped = taxonomy.shipped()
    leaves = dict(shipped.leaves)
    del leaves["fulfil.delivery"]
    leaves["trust.fraud"] = replace(leaves["trust.fraud"], retired=True)
    names = {"es": "Entradas", "en": "Tickets"}
    leaves["fulfil.tickets"] = Leaf("fulfil.tickets", names, {}, {}, True, 24, 0.5)
    tree = Taxonomy("9", shipped.parents, leaves, {"fulfil.delivery": "fulfil.product"})
    taxonomy.use(tree)
    yield tree
    taxonomy.use(None)


def test_what_was_said_of_a_merged_leaf_counts_for_the_other_and_of_a_retired_one_for_none(grown):
    said = dict.fromkeys(taxonomy.shipped().leaves, 0.0)
    said |= {"fulfil.delivery": 0.4, "fulfil.product": 0.1, "trust.fraud": 0.5}
    told = taxonomy.folded(said)
    assert told["fulfil.product"] == pytest.approx(1.0)
    assert tuple(told) == taxonomy.codes()
    assert "trust.fraud" not in told
    assert told["fulfil.tickets"] == 0.0


def test_a_model_of_another_installation_does_no_harm(grown):
    assert taxonomy.folded({"their.own": 0.9, "money.refund": 0.1})["money.refund"] == 1.0


def test_a_retired_leaf_keeps_its_name_and_is_chosen_no_more(grown):
    assert taxonomy.leaf("trust.fraud").label("en") == "Fraud"
    assert taxonomy.in_use("trust.fraud") is None
    assert "trust.fraud" not in taxonomy.codes()


def test_a_leaf_stands_for_all_that_were_merged_into_it(grown):
    assert grown.standing_for("fulfil.product") == ("fulfil.product", "fulfil.delivery")
    assert grown.today("fulfil.delivery") == "fulfil.product"
    assert grown.today("no.such") == "no.such"


def test_a_rule_for_a_merged_leaf_or_a_branch_means_the_leaf_of_today(grown):
    assert taxonomy.covers("fulfil.delivery", "fulfil.product")
    assert taxonomy.covers("fulfil", "fulfil.delivery")
    assert not taxonomy.covers("fulfil.product", "fulfil.tickets")
    assert not taxonomy.covers("ful", "fulfil.tickets")
