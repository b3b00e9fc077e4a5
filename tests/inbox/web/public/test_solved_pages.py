"""“Did this solve it?”: opening a link changes nothing, its button does."""

from bot.articles import Article
from bot.articles.solved import Vote
from cases import Case, clock
from cases.db import reading, transaction
from tests.inbox.web.conftest import Visitor, case_about

CASE = "Llamadas a deshora"


def _vote(*, solved: bool = True) -> Vote:
    with transaction() as session:
        article = Article(title_es="Llamadas", text_es="…", approved=True, at=clock.now())
        session.add(article)
        session.flush()
        return Vote(case_about(CASE).id, article.id, solved)


def _is_open() -> bool:
    with reading() as session:
        return session.get_one(Case, case_about(CASE).id).is_open


def test_a_scanner_that_opens_the_link_closes_nothing(visitor: Visitor) -> None:
    path = f"/solved/{_vote().token()}"
    page = visitor.get(path)
    assert page.status_code == 200
    assert "cerrar mi caso" in page.text
    assert visitor.client.head(path).status_code == 200
    assert _is_open()


def test_the_button_closes_the_case_and_counts_for_the_article(visitor: Visitor) -> None:
    vote = _vote()
    # Mail programs and people without cookies press it too, so it needs no token of ours.
    page = visitor.client.post(f"/solved/{vote.token()}")
    assert "está cerrado" in page.text
    assert not _is_open()
    with reading() as session:
        assert session.get_one(Article, vote.article_id).solved == 1
    again = visitor.client.post(f"/solved/{vote.token()}")
    assert again.status_code == 200
    with reading() as session:
        assert session.get_one(Article, vote.article_id).solved == 1


def test_a_no_leaves_the_case_open(visitor: Visitor) -> None:
    page = visitor.client.post(f"/solved/{_vote(solved=False).token()}").text
    assert "Le responderá una persona" in page
    assert _is_open()


def test_a_link_that_we_did_not_make_leads_nowhere(visitor: Visitor) -> None:
    token = _vote().token()
    forged = token[:-3] + ("aaa" if not token.endswith("aaa") else "bbb")
    assert visitor.get(f"/solved/{forged}").status_code == 404
    assert visitor.client.post(f"/solved/{forged}").status_code == 404
    assert _is_open()
