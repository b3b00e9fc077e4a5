"""Articles: written, approved, read by everybody, and only then suggested."""

from bot import articles
from cases.db import reading
from classifiers import taxonomy
from tests.inbox.web.conftest import Enter, Visitor
from tests.seeding import ADMIN

ARTICLE = {
    "title_es": "Seguir un pedido",
    "text_es": "Con su número. Más en https://tienda.example/envios",
    "title_en": "Tracking an order",
    "text_en": "With its number.",
    "types": ["fulfil", "no.such"],
    "keywords": "dónde está mi pedido, seguimiento\nlocalizar",
}


def test_an_article_is_public_only_once_it_is_approved(enter: Enter, visitor: Visitor) -> None:
    admin = enter(ADMIN)
    page = admin.post("/admin/articles", **ARTICLE).headers["Location"].partition("?")[0]
    assert visitor.get("/help/tracking-an-order").status_code == 404
    admin.post(page, approved="yes", **ARTICLE)
    shown = visitor.get("/help/tracking-an-order?lang=es").text
    assert "<h1>Seguir un pedido</h1>" in shown
    assert 'href="https://tienda.example/envios" rel="noopener' in shown
    with reading() as session:
        (one,) = articles.approved(session)
        assert one.types == ["fulfil"]
        assert one.keywords == ["dónde está mi pedido", "seguimiento", "localizar"]


def test_the_list_says_what_branches_are_called(enter: Enter) -> None:
    admin = enter(ADMIN)
    admin.post("/admin/articles", **ARTICLE)
    (branch,) = (one.label("es") for one in taxonomy.parents() if one.code == "fulfil")
    assert f'<span class="chip">{branch}</span>' in admin.get("/admin/articles").text


def test_visitors_search_in_their_language(enter: Enter, visitor: Visitor) -> None:
    enter(ADMIN).post("/admin/articles", approved="yes", **ARTICLE)
    assert "Tracking an order" in visitor.get("/help?lang=en&q=orders").text
    assert "Nothing found" in visitor.get("/help?lang=en&q=zebra").text
    assert "Seguir un pedido" in visitor.get("/help?lang=es").text


def test_an_article_in_one_language_alone_is_shown_in_that_one(
    enter: Enter, visitor: Visitor
) -> None:
    alone = {**ARTICLE, "title_en": "", "text_en": ""}
    enter(ADMIN).post("/admin/articles", approved="yes", **alone)
    page = visitor.get("/help/seguir-un-pedido?lang=en").text
    assert '<html lang="es">' in page


def test_hostile_words_stay_words(enter: Enter, visitor: Visitor) -> None:
    evil = {**ARTICLE, "title_en": "<script>alert(1)</script>", "text_en": "<img src=x>"}
    enter(ADMIN).post("/admin/articles", approved="yes", **evil)
    page = visitor.get("/help/script-alert-1-script?lang=en").text
    assert "<script>alert" not in page
    assert "<img src=x>" not in page


def test_half_an_article_is_refused_and_two_of_one_title_have_two_addresses(enter: Enter) -> None:
    admin = enter(ADMIN)
    assert admin.post("/admin/articles", title_es="Solo").status_code == 422
    for _turn in range(2):
        admin.post("/admin/articles", approved="yes", **ARTICLE)
    with reading() as session:
        slugs = {one.slug for one in articles.approved(session)}
    assert slugs == {"tracking-an-order", "tracking-an-order-2"}
