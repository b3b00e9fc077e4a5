"""The search of the shop: names, words, marks, mistakes, and what leads straight to a case."""

import re

import pytest
from sqlalchemy import select

from cases import Case, Exclusion, Message, State, clock
from cases.case import take
from cases.db import reading, transaction
from cases.snoozing import snooze
from inbox.web.asking.operators import OPERATORS
from tests.inbox.web.conftest import Enter, Visitor, case_about
from tests.seeding import ADMIN, ANA, LUIS

LATE, TWICE = "Llamadas a deshora", "Charged twice for order 88213"


def _ask(visitor: Visitor, asked: str) -> set[int]:
    page = visitor.client.get("/search", query_string={"q": asked})
    assert page.status_code == 200, page.text
    return set(map(int, re.findall(r'class="row-link" href="/cases/(\d+)"', page.text)))


def _all(which: object) -> set[int]:
    with reading() as session:
        return set(session.scalars(select(Case.id).where(which)))


def test_names_mean_the_same_in_both_languages(enter: Enter) -> None:
    admin, now = enter(ADMIN), clock.now()
    held = select(Exclusion.contact_id).where(Exclusion.lifted_at.is_(None))
    for en, es, which in (
        ("is:closed", "es:cerrado", Case.state == State.CLOSED),
        ("is:unread -is:bulk", "es:nuevo -es:masivo", Case.unread & (Case.state != State.CLOSED)),
        ("is:late", "es:tarde", Case.due_at <= now),
        ("-sla:none", "-plazo:ninguno", Case.due_at.is_not(None)),
        ("type:delivery", "tipo:entrega", Case.type == "fulfil.delivery"),
        ("mood:unhappy", "ánimo:descontento", Case.sentiment == "negative"),
        ("assignee:none is:open", "asignado:nadie es:abierto",
         Case.assignee_id.is_(None) & (Case.state != State.CLOSED)),
        ("lang:en", "idioma:en", Case.language == "en"),
        ("hold:open_case", "tregua:open_case",
         Case.contact_id.in_(held.where(Exclusion.reason == "open_case"))),
        ("after:2020-01-01", "desde:1/1/2020", Case.id > 0),
    ):  # fmt: skip
        wanted = _all(which)
        assert wanted, en
        assert _ask(admin, en) == _ask(admin, es) == wanted, en


def test_every_name_is_explained_and_its_example_works(enter: Enter) -> None:
    admin, page = enter(ADMIN), enter(ADMIN).get("/search").text
    for operator in OPERATORS:
        assert (
            f"{operator.es}:{operator.example[1]}".replace('"', "&#34;").replace("<", "&lt;")
            in page
        )
        for name, example in zip((operator.en, operator.es), operator.example, strict=True):
            _ask(admin, f"{name}:{example} aunque")


def test_not_and_or_do_what_they_say(enter: Enter) -> None:
    admin = enter(ADMIN)
    one, other = case_about(LATE).id, case_about(TWICE).id
    assert {one, other} <= _ask(admin, '"a deshora" OR "charged twice"')
    assert one not in _ask(admin, "-deshora after:2020-01-01")
    assert _ask(admin, "charged -twice") == _ask(admin, "-twice charged")
    assert other not in _ask(admin, "charged -twice")
    assert _ask(admin, "-is:late") | _ask(admin, "is:late") == _all(Case.id > 0)


def test_an_open_case_that_was_laid_aside_is_found_as_such(enter: Enter) -> None:
    case = case_about(TWICE)
    with transaction() as session:
        snooze(take(session, case.id), None, by=ANA, at=clock.now())
    assert _ask(enter(ADMIN), "es:pospuesto") == {case.id}


def test_hits_show_the_words_where_they_stand(enter: Enter) -> None:
    page = enter(ADMIN).client.get("/search", query_string={"q": "CHARGÉD refunds"}).text
    assert "<mark>Charged</mark> twice" in page


@pytest.mark.parametrize("asked", ["{id}", "#{id}", "{mail}", "<{mail}>"])
def test_a_number_or_a_message_id_leads_straight_to_its_case(enter: Enter, asked: str) -> None:
    case = case_about(LATE)
    with reading() as session:
        mail = session.scalars(select(Message.rfc_id).where(Message.case_id == case.id)).first()
    sought = asked.format(id=case.id, mail=mail)
    page = enter(ADMIN).client.get("/search", query_string={"q": sought})
    assert page.location == f"/cases/{case.id}"


def test_nobody_is_led_to_a_case_of_another_team(enter: Enter) -> None:
    hidden = next(
        number for number in _all(Case.id > 0)
        if enter(LUIS).get(f"/cases/{number}").status_code == 404
    )  # fmt: skip
    luis = enter(LUIS)
    assert luis.get(f"/search?q={hidden}").status_code == 200
    assert hidden not in _ask(luis, f"case:{hidden} OR is:open OR -is:open")


@pytest.mark.parametrize(
    ("asked", "blamed", "why"),
    [
        ("is:opne", "opne", "no es uno de estos"),
        ("tip:entrega", "tip:", "tipo:"),
        ("sla:soon", "soon", "&lt;2h"),
        ("before:mañana", "mañana", "2026-11-30"),
        ('asunto:"roto', "&#34;roto", "comillas"),
        ("tipo:unicornio", "unicornio", "unicornio"),
        ("tregua:siempre", "siempre", "open_case"),
    ],
)
def test_a_mistake_is_shown_where_it_stands(
    enter: Enter, asked: str, blamed: str, why: str
) -> None:
    page = enter(ADMIN).client.get("/search", query_string={"q": f"pedido {asked}"})
    assert page.status_code == 422
    assert f'<mark class="is-wrong">{blamed}</mark>' in page.text
    assert why in page.text


def test_going_through_the_pages_of_hits_shows_each_once(enter: Enter) -> None:
    at = clock.now()
    with transaction() as session:
        some = session.get_one(Case, 1)
        for n in range(120):
            session.add(Case(subject=f"n{n}", contact_id=some.contact_id, opened_at=at, last_at=at))
    admin, found, path = enter(ADMIN), [], "/search?q=after:2020-01-01"
    while path:
        page = admin.get(path, partial="after=" in path).text
        found += re.findall(r'href="/cases/(\d+)"', page)
        more = re.search(r'id="more"><a [^>]*href="([^"]+)"', page)
        path = more[1].replace("&amp;", "&") if more else ""
    assert len(found) == len(set(found)) == len(_all(Case.id > 0))
