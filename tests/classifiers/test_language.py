"""Which language a text is in, even when it is short, mixed or empty."""

import pytest

from classifiers import language

SENTENCES = {
    "es": "Buenos días, mi pedido no ha llegado y nadie me contesta",
    "en": "Good morning, my order has not arrived and nobody answers",
    "pt": "Bom dia, a minha encomenda ainda não chegou e ninguém me responde",
    "fr": "Bonjour, ma commande n'est pas arrivée et personne ne me répond",
    "it": "Buongiorno, il mio ordine non è arrivato e nessuno mi risponde",
    "ca": "Bon dia, la meva comanda no ha arribat i ningú no em respon",
    "de": "Guten Tag, meine Bestellung ist nicht angekommen und niemand antwortet",
}


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_is_recognised(code):
    assert language.detect(SENTENCES[code]) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no funciona nada", "es"),
        ("quiero la baja", "es"),
        ("still no refund", "en"),
        ("where is my parcel", "en"),
    ],
)
def test_a_few_words_are_enough(text, code):
    assert language.detect(text) == code


@pytest.mark.parametrize("text", ["", "   ", "12345 €", "👍👍", "https://example.org/a?b=c"])
def test_where_nothing_is_written_the_first_language_is_taken(text):
    assert language.detect(text) == "es"


def test_only_languages_that_are_served_are_named():
    assert language.detect(SENTENCES["pt"], ("es", "en")) in {"es", "en"}
    assert language.detect("", ("en", "fr")) == "en"
