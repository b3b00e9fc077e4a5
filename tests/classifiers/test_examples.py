"""The corpus we learn from: every line readable, held-out files kept apart."""

import json

import pytest

from classifiers import examples, taxonomy


def write(folder, name, *rows):
    path = folder / "es" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_our_own_corpus_covers_every_leaf_in_both_languages():
    texts = examples.to_learn()
    for language in examples.LANGUAGES:
        seen = {text.type for text in texts if text.language == language}
        assert seen >= set(taxonomy.codes())


def test_texts_are_kept_apart_of_every_leaf_in_both_languages():
    apart, learned = examples.held_out(), {text.text for text in examples.to_learn()}
    assert len(apart) >= 200
    assert not learned.intersection(text.text for text in apart)
    for language in examples.LANGUAGES:
        assert {text.type for text in apart if text.language == language} >= set(taxonomy.codes())


def test_no_text_of_the_corpus_stands_there_twice_under_two_types():
    types: dict[str, set[str]] = {}
    for text in examples.to_learn():
        if text.type:
            types.setdefault(f"{text.subject}\n{text.text}", set()).add(text.type)
    assert not [text for text, found in types.items() if len(found) > 1]


def test_held_out_files_are_never_learned_from(tmp_path):
    write(tmp_path, "a.jsonl", {"text": "uno", "type": "money.billing"})
    write(tmp_path, "heldout_a.jsonl", {"text": "dos", "type": "money.billing"})
    assert [text.text for text in examples.to_learn(tmp_path)] == ["uno"]
    assert [text.text for text in examples.held_out(tmp_path)] == ["dos"]


@pytest.mark.parametrize(
    "row",
    [{"type": "money.billing"}, {"text": "x", "type": "no.leaf"}, {"text": "x", "sentiment": "so"}],
)
def test_a_bad_line_is_named(tmp_path, row):
    write(tmp_path, "a.jsonl", {"text": "good", "type": "money.billing"}, row)
    with pytest.raises(examples.UnreadableExample, match=r"a\.jsonl, line 2"):
        examples.to_learn(tmp_path)
