"""Which article answers what customers ask: a poor guess is worse than none."""

import json
from pathlib import Path

import pytest

from bot import articles
from bot.articles import Article, fitting
from bot.articles.fitting import Asked

CORPUS = Path(__file__).resolve().parents[3] / "classifiers" / "corpus"


def _article(number: int, types: list[str], title: str, text: str, *keywords: str) -> Article:
    both = {"title_es": title, "title_en": title, "text_es": text, "text_en": text}
    return Article(id=number, types=types, keywords=list(keywords), approved=True, **both)


SPANISH = [
    _article(
        *(
            1,
            ["fulfil"],
            "Seguir un pedido",
            "Con su número verás por dónde va el envío.",
        ),
        *("seguimiento", "dónde está mi pedido", "localizar"),
    ),
    _article(
        *(2, ["money.refund"], "Cuánto tarda una devolución de dinero", "De 3 a 10 días."),
        *("reembolso", "cuándo me devolvéis", "reintegro"),
    ),
    _article(
        *(3, ["operation.access"], "Cambiar la contraseña", "Pulsa «he olvidado mi contraseña»."),
        *("clave", "no puedo entrar", "iniciar sesión", "olvidado"),
    ),
    _article(
        *(4, ["info.document"], "Descargar una factura", "Están en tu cuenta, en PDF."),
        *("copia de la factura", "factura en pdf", "duplicado"),
    ),
    _article(
        *(5, ["contract.cancel"], "Dar de baja un servicio", "Desde tu cuenta, sin llamar."),
        *("darme de baja", "baja de la línea", "rescindir"),
    ),
    _article(
        *(6, [], "Horario de las tiendas en festivos", "Abrimos de 10 a 14."),
        *("horario de apertura", "abrís los festivos"),
    ),
]
ENGLISH = [
    _article(
        *(1, ["fulfil"], "Tracking an order", "With the number of the order you see its way."),
        *("where is my order", "where is my parcel", "tracking number"),
    ),
    _article(
        *(2, ["money.refund"], "How long a refund takes", "Three to ten days."),
        *("money back", "refund status"),
    ),
    _article(
        *(3, ["operation.access"], "Changing your password", "Choose “forgotten password”."),
        *("cannot log in", "locked out", "reset link"),
    ),
]
ASKED = [
    ("fulfil.delivery", "¿Dónde está mi pedido 4711?", 1),
    ("fulfil.delivery", "El seguimiento del pedido no se mueve", 1),
    ("fulfil.delivery", "El pedido llegó roto y con la caja abierta", None),
    ("fulfil.delivery", "Quiero cambiar la dirección de entrega", None),
    ("fulfil.delivery", "El técnico no vino a la cita del martes", None),
    ("money.refund", "¿Cuándo me devolvéis el dinero? Sigo sin el reembolso", 2),
    ("money.refund", "La devolución tarda demasiado, ¿cuánto falta?", 2),
    ("money.refund", "Devolví la talla M y me habéis ingresado menos", None),
    ("operation.access", "He olvidado la contraseña y no puedo entrar", 3),
    ("operation.access", "La aplicación se cierra sola", None),
    ("info.document", "¿Me enviáis una copia de la factura de marzo?", 4),
    ("info.document", "Necesito el certificado de retenciones", None),
    ("contract.cancel", "Quiero darme de baja del servicio", 5),
    ("contract.cancel", "Habéis cancelado mi reserva sin avisar", None),
    ("money.billing", "La factura sube cada mes sin explicación", None),
    ("people.service", "Su compañera me colgó el teléfono", None),
    ("info.question", "¿Cuál es el horario de apertura? ¿Abrís los festivos?", 6),
    ("info.question", "¿Tenéis tiendas en Vigo?", None),
    ("trust.privacy", "Borrad mis datos", None),
]


@pytest.mark.parametrize(("kind", "said", "wanted"), ASKED)
def test_the_article_that_answers_is_suggested_and_no_other(
    kind: str, said: str, wanted: int | None
) -> None:
    found = fitting.fitting(SPANISH, Asked(kind, said, "es"))
    assert [one.id for one in found] == ([] if wanted is None else [wanted])


def test_the_type_alone_is_no_reason_for_an_article() -> None:
    refunds = [one for one in SPANISH if one.id == 2]
    assert fitting.fitting(refunds, Asked("money.refund", "Pues muy mal todo", "es")) == []


@pytest.mark.parametrize(("language", "shelf"), [("es", SPANISH), ("en", ENGLISH)])
def test_among_thousands_of_mails_none_gets_an_article_about_something_else(
    language: str, shelf: list[Article]
) -> None:
    suggested = unrelated = total = 0
    for path in sorted((CORPUS / language).glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            mail = json.loads(line)
            kind = mail.get("type", "")
            said = f"{mail.get('subject', '')}\n{mail['text']}"
            # Without a type to go by, words alone have to tell them apart.
            loose = [_loose(one) for one in shelf]
            found = fitting.fitting(loose, Asked(kind, said, language))
            total, suggested = total + 1, suggested + bool(found)
            unrelated += any(not _is_about(shelf, one.id, kind) for one in found)
            typed = fitting.fitting(shelf, Asked(kind, said, language))
            assert all(_is_about(shelf, one.id, kind) for one in typed), said
    assert total > 1000
    assert suggested
    assert unrelated / total < 0.002


def _loose(article: Article) -> Article:
    return Article(
        id=article.id,
        types=[],
        keywords=article.keywords,
        title_es=article.title_es,
        title_en=article.title_en,
        text_es=article.text_es,
        text_en=article.text_en,
    )


def _is_about(shelf: list[Article], number: int, kind: str) -> bool:
    article = next(one for one in shelf if one.id == number)
    return not article.types or bool({kind, kind.partition(".")[0]} & set(article.types))


def test_visitors_find_articles_by_any_of_their_words() -> None:
    found = fitting.matching(SPANISH, "contraseña", "es")
    assert [one.id for one in found] == [3]
    assert len(fitting.matching(SPANISH, "", "es")) == len(SPANISH)
    assert fitting.matching(SPANISH, "zzzz", "es") == []


def test_a_title_becomes_an_address() -> None:
    assert articles.slug_of("¿Cuánto tarda una devolución?") == "cuanto-tarda-una-devolucion"
    assert articles.slug_of("???") == "article"
