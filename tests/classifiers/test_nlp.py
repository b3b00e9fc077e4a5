"""The pipeline is plain spaCy: it learns by nlp.update and is kept by to_disk."""

import warnings

import numpy as np
import pytest
from spacy.training import Example

from classifiers import nlp
from classifiers.ngrams import fold, grams
from classifiers.nlp import mixture

TEXTS = {
    "money.billing": ["Me cobraron dos veces", "I was charged twice", "La factura está mal"],
    "fulfil.delivery": ["El paquete no llega", "My parcel is late", "El pedido se perdió"],
}


def test_it_learns_by_update_and_remembers_on_disk(tmp_path):
    pipeline = nlp.pipeline()
    examples = [
        Example.from_dict(pipeline.make_doc(text), {"cats": {**_none(pipeline), code: 1.0}})
        for code, texts in TEXTS.items()
        for text in texts
    ]
    optimizer = pipeline.create_optimizer()
    losses = [pipeline.update(examples, sgd=optimizer)["textcat"] for _ in range(40)]
    assert losses[-1] < losses[0]
    pipeline.to_disk(tmp_path, exclude=["vocab"])
    again = nlp.pipeline().from_disk(tmp_path, exclude=["vocab"])
    for code, texts in TEXTS.items():
        cats = again(texts[0]).cats
        assert max(cats, key=cats.get) == code
        assert cats == pipeline(texts[0]).cats


def test_what_stands_far_behind_decides_nothing():
    pipeline = nlp.pipeline()
    text = "Me cobraron dos veces la factura. " * 40
    short, long = nlp.read_features(pipeline, [("", text), ("", text + "El gato duerme.")])
    assert np.allclose(short.vector, long.vector, atol=1e-5)
    assert (short.grams.keys == long.grams.keys).all()


def test_a_longer_text_is_heard_where_it_begins_and_where_it_ends():
    words = [f"palabra{number:03}" for number in range(60)]
    heard = mixture.heard_of(" ".join(words), 0)
    assert words[0] in heard
    assert words[-1] in heard
    assert words[30] not in heard
    assert len(heard) == mixture.ENCODED + 1


def test_a_subject_is_heard_whole_besides():
    lead = "Factura. "
    text = lead + "a" * 1000
    assert mixture.heard_of(text, len(lead)).count("a") == mixture.ENCODED + lead.count("a")
    assert mixture.heard_of(lead + "corto", len(lead)) == lead + "corto"


def test_folding_keeps_the_length_and_forgets_accents_capitals_and_digits():
    text = "¿DÓNDE está el envío nº 4711? ’ñandú’ İ ﬁ 👍"
    folded = fold(text)
    assert len(folded) == len(text)
    assert folded.startswith("¿donde esta el envio nº 0000? 'nandu'")


def test_a_text_without_letters_has_no_grams_of_words():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = grams("", np.zeros(0, np.uint64))
    assert len(found.keys) == len(found.values)


def _none(pipeline):
    return dict.fromkeys(pipeline.get_pipe("textcat").labels, 0.0)


@pytest.mark.parametrize(
    ("telling", "start"),
    [
        ("no llega. llevo un mes esperando", "no llega."),
        ("¿dónde está? lo pedí ayer", "dónde está?"),
        ("sin punto ni aparte", "sin punto ni aparte"),
        ("una línea\notra línea", "una línea"),
        ("... ", ""),
        ("a" * 900, "a" * mixture.OPENING),
    ],
)
def test_the_opening_is_the_first_sentence(telling, start):
    assert mixture.opening(telling) == start


def test_what_is_short_is_all_opening_and_what_is_long_is_told_by_its_first_sentence():
    pipeline = nlp.pipeline()
    long = "Se corta la línea. " + "Llevo días esperando a que venga alguien. " * 6
    short, told, first = nlp.read_features(
        pipeline, [("", "Hola. No llega."), ("", long), ("", "Se corta la línea.")]
    )
    assert (short.opening == short.vector).all()
    assert np.allclose(told.opening, first.vector, atol=1e-5)
    assert told.matter.shape == (mixture.WIDTHS["matter"],)
