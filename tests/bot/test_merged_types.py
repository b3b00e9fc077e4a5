"""What names a type holds for it also after that type was merged into another, or retired."""

from dataclasses import replace

import pytest

from bot.articles import Article
from bot.articles.fitting import Asked, fitting
from bot.switches import Place, Scope
from classifiers import taxonomy

ARTICLE = Article(
    id=1, title_en="Refund of a parcel", text_en="It takes a week.", types=["money.refund"]
)
ASKED = Asked(type="money.billing", words="when comes the refund of my parcel", language="en")


@pytest.fixture
def merged():
    """Refunds went into billing, and fraud is retired."""
    tree = taxonomy.shipped()
    leaves = {code: leaf for code, leaf in tree.leaves.items() if code != "money.refund"}
    leaves["trust.fraud"] = replace(leaves["trust.fraud"], retired=True)
    aliases = {**tree.aliases, "money.refund": "money.billing"}
    taxonomy.use(replace(tree, leaves=leaves, aliases=aliases))
    yield
    taxonomy.use(None)


def test_a_switch_of_a_type_holds_for_the_one_it_went_into(merged):
    assert Place(type="money.billing").lies_in(Scope.TYPE, "money.refund")
    assert Place(type="money.refund").lies_in(Scope.TYPE, "money.billing")
    assert Place(type="trust.fraud").lies_in(Scope.TYPE, "trust.fraud")
    assert Place(type="money.refund").lies_in(Scope.TYPE, "money")
    assert not Place(type="").lies_in(Scope.TYPE, "")
    assert not Place(type="fulfil.product").lies_in(Scope.TYPE, "money.refund")


def test_an_article_of_a_type_answers_for_the_one_it_went_into(merged):
    assert fitting([ARTICLE], ASKED) == [ARTICLE]
    taxonomy.use(None)
    assert fitting([ARTICLE], ASKED) == []
