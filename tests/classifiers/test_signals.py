"""What people say in so many words, and what only sounds like it."""

import pytest

from classifiers import nlp, signals
from classifiers.labels import Signal


@pytest.fixture(scope="module")
def pipeline():
    return nlp.pipeline()


@pytest.fixture
def said(pipeline):
    def of(text):
        (reading,) = nlp.read(pipeline, [("", text)])
        return set(signals.signals(signals.evidence(reading.hits, reading.words)))

    return of


@pytest.mark.parametrize(
    "text",
    [
        "Quiero darme de baja de su lista de correos",
        "POR FAVOR, NO ME LLAMÉIS MÁS",
        "dejen de mandarme publicidad",
        "No deseo recibir más ofertas vuestras. Sáquenme de la lista.",
        "borren mi numero de su base de datos",
        "Please take me off your mailing list",
        "stop sending me these emails",
        "I don’t want any more marketing emails",
        "Unsubscribe",
        "I withdraw my consent to marketing",
    ],
)
def test_whoever_wants_no_more_mail_is_heard(said, text):
    assert Signal.OPT_OUT in said(text)


@pytest.mark.parametrize(
    "text",
    [
        "Quiero la baja del pedido 4411",
        "Quiero darme de baja de la fibra",
        "Please cancel my order",
        "I want to cancel my subscription to the gym",
        "No quiero darme de baja del boletín, solo cambiar el correo",
        "I don't want to unsubscribe, just change my address",
        "Dejad de mandarme la factura en papel",
        "Take the lamp off my order",
        "Unsubscribe me from the paid plan",
    ],
)
def test_ending_a_contract_is_not_an_opt_out(said, text):
    assert Signal.OPT_OUT not in said(text)


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("Si no, pondré una hoja de reclamaciones", Signal.LEGAL_THREAT),
        ("Voy a ir a la OMIC y a FACUA", Signal.LEGAL_THREAT),
        ("mi abogado se pondrá en contacto con ustedes", Signal.LEGAL_THREAT),
        ("I'll take you to small claims court", Signal.LEGAL_THREAT),
        ("This goes to the ombudsman", Signal.LEGAL_THREAT),
        ("Me voy a la competencia", Signal.CHURN_THREAT),
        ("van a perder un cliente de diez años", Signal.CHURN_THREAT),
        ("I'll take my business elsewhere", Signal.CHURN_THREAT),
        ("Es la tercera vez que les escribo", Signal.REPEATED_CONTACT),
        ("He llamado cinco veces", Signal.REPEATED_CONTACT),
        ("This is my third email and still no reply", Signal.REPEATED_CONTACT),
        ("Lo necesito antes del viernes", Signal.DEADLINE),
        ("You have 48 hours", Signal.DEADLINE),
        ("I need it by Monday", Signal.DEADLINE),
        ("Ya está todo solucionado, gracias por la ayuda", Signal.RESOLVED),
        ("It's all sorted now, you can close the ticket", Signal.RESOLVED),
        ("Muchas gracias por todo, un saludo", Signal.THANKS_ONLY),
        ("Thank you so much, have a great day!", Signal.THANKS_ONLY),
    ],
)
def test_what_is_said_is_heard(said, text, signal):
    assert signal in said(text)


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("El consumo de luz de este mes es muy alto", Signal.LEGAL_THREAT),
        ("Hay mucha demanda de ese producto", Signal.LEGAL_THREAT),
        ("Me cambio de casa el mes que viene", Signal.CHURN_THREAT),
        ("Me dijeron que llegaba en 48 horas", Signal.DEADLINE),
        ("Todavía no está solucionado", Signal.RESOLVED),
        ("It is still not fixed", Signal.RESOLVED),
        ("Ya está solucionado, pero ahora falla otra cosa", Signal.RESOLVED),
        ("Gracias por nada", Signal.THANKS_ONLY),
        ("Gracias. ¿Cuándo llega?", Signal.THANKS_ONLY),
        ("Gracias, pero el paquete sigue sin llegar", Signal.THANKS_ONLY),
        ("Thanks, I still need the invoice for March and April", Signal.THANKS_ONLY),
    ],
)
def test_what_only_sounds_like_it_is_not(said, text, signal):
    assert signal not in said(text)


def test_the_words_that_decided_are_kept_as_they_were_written(pipeline):
    (reading,) = nlp.read(pipeline, [("", "Pues NO ME LLAMÉIS MÁS, gracias")])
    (found,) = signals.evidence(reading.hits, reading.words)
    assert found.signal == Signal.OPT_OUT
    assert found.words == "NO ME LLAMÉIS MÁS"


def test_the_subject_and_the_end_of_a_long_mail_are_read_too(pipeline):
    filler = "El paquete llegó roto y la caja también. " * 60
    readings = nlp.read(pipeline, [("Unsubscribe", ""), ("", filler + "No me escriban más.")])
    for reading in readings:
        assert Signal.OPT_OUT in signals.signals(signals.evidence(reading.hits, reading.words))
