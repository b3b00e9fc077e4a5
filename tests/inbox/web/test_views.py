"""Saved views: made of fields or of a search, shared, ordered, counted, removed and undone."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from cases import Agent, Case, State
from cases.db import reading
from cases.rows import patience
from inbox.web.asking import finding
from inbox.web.asking.building import Form, put_together, taken_apart
from inbox.web.asking.operators import OPERATORS
from tests.inbox.web.conftest import Enter, Visitor, case_about
from tests.seeding import ADMIN, ANA, BEA, LUIS

ROWS = re.compile(r'<li id="row-(\d+)"')
MORE = re.compile(r'id="more">.*?href="([^"]+)"')


def _made(visitor: Visitor, **said: object) -> str:
    """Make a view; the address of its list."""
    fields = {"name": "Mía", "rest": "", "sort": "newest", "do": "save", "pinned": "on"}
    done = visitor.post("/views/new", **{**fields, "column": ["deadline"], "counted": "on", **said})
    assert done.status_code == 303, done.text
    return str(done.location).partition("?")[0]


@pytest.mark.parametrize(
    ("asked", "fields", "rest"),
    [
        ("is:open tipo:entrega roto", {"is": "open", "type": "entrega"}, "roto"),
        ("es:abierto is:late ánimo:enfadado", {"is": "open", "mood": "angry"}, "is:late"),
        ("is:open OR roto", {}, "is:open OR roto"),
        ('-is:open "a b" buzón:"la tienda"', {"mailbox": "la tienda"}, '-is:open "a b"'),
        (
            'etiqueta:"vip oro" tag:b de:ana asunto:"taza rota" asunto:"taza" cliente:15',
            {"tag": "vip oro", "from": "ana", "subject": "taza rota", "customer": "15"},
            'tag:b asunto:"taza"',
        ),
        ("", {}, ""),
    ],
)
def test_a_search_and_its_fields_say_the_same(
    asked: str, fields: dict[str, str], rest: str
) -> None:
    form = taken_apart(asked)
    assert (form.fields, form.rest) == (fields, rest)
    assert taken_apart(put_together(form)) == form


def test_an_alternative_stays_together_beside_fields() -> None:
    assert put_together(Form({"is": "open"}, "a OR b")) == "is:open (a OR b)"


def test_a_view_holds_what_its_search_finds_in_its_order_and_columns(enter: Enter) -> None:
    ana = enter(ADMIN)
    path = _made(ana, **{"field-is": "closed", "rest": "-is:bulk"})
    page = ana.get(path).text
    with reading() as session:
        wanted = select(Case.id).where(Case.state == State.CLOSED, Case.bulk.is_(False))
        wanted = wanted.order_by(Case.last_at.desc(), Case.id.desc())
        assert list(map(int, ROWS.findall(page))) == list(session.scalars(wanted))
    assert "row-snippet" not in page
    number = ROWS.findall(page)[0]
    inside = ana.get(f"/cases/{number}?in={path.rpartition('/')[2]}&sort=newest").text
    assert ROWS.findall(inside) == ROWS.findall(page)


def test_a_view_is_seen_by_whom_it_is_for(enter: Enter) -> None:
    ana, luis, bea = enter(ANA), enter(LUIS), enter(BEA)
    mine, ours = _made(ana, name="Solo mía"), _made(ana, name="Nuestra", audience="team")
    assert luis.get(mine).status_code == luis.get(ours).status_code == 404
    assert "Nuestra" not in luis.get("/views").text
    everybody = _made(bea, name="De todos", audience="everyone")
    assert "De todos" in ana.get("/views").text
    code = everybody.rpartition("-")[2]
    assert ana.post(f"/views/{code}", name="Robada", q="", do="save").status_code == 403


def test_a_view_of_everybody_shows_a_team_its_own_cases_alone(enter: Enter) -> None:
    path = _made(enter(BEA), name="Todo", audience="everyone", rest="after:2020-01-01")
    with reading() as session:
        total = len(session.scalars(select(Case.id)).all())
        luis = session.scalars(select(Agent.team).where(Agent.address == LUIS)).one()
    assert luis
    assert 0 < len(ROWS.findall(enter(LUIS).get(path).text)) < total


def test_shipped_views_can_be_changed_and_removed_and_brought_back(enter: Enter) -> None:
    bea, ana = enter(BEA), enter(ANA)
    assert "Enfadados" in ana.get("/views").text
    assert ana.post("/views/angry/removal").status_code == 403
    gone = bea.post("/views/angry/removal")
    assert "Enfadados" not in ana.get("/views").text
    assert ana.get("/inbox/view-angry").status_code == 404
    undo = re.search(r'action="(/views/removed/\d+/return)"', bea.get(gone.location).text)
    assert undo is not None
    assert "La vista ha vuelto" in bea.get(bea.post(undo[1]).location).text
    assert bea.post("/views/angry", name="Furiosos", q="is:open mood:angry").status_code == 303
    assert "Furiosos" in ana.get("/views").text


def test_views_go_up_and_down_by_buttons(enter: Enter) -> None:
    bea = enter(BEA)

    def order() -> list[str]:
        return re.findall(r'action="/views/(\w+)/place"', bea.get("/views").text)

    first, second, *rest = order()
    bea.post(f"/views/{second}/place", to="up")
    assert order() == [second, first, *rest]
    bea.post(f"/views/{second}/place", to="down")
    assert order() == [first, second, *rest]


def test_views_are_counted_after_the_page_is_drawn(enter: Enter, statements: list[str]) -> None:
    admin = enter(ADMIN)
    path = _made(admin, name="Abiertos", **{"field-is": "open"})
    code = path.rpartition("-")[2]
    statements.clear()
    counts = admin.get("/views/counts", partial=True).text
    assert len(statements) <= 8
    with reading() as session:
        number = len(session.scalars(select(Case.id).where(Case.state != State.CLOSED)).all())
    assert f'hx-target="#count-{code}" hx-swap="innerHTML">{number}<' in counts


def test_a_view_of_what_messages_say_looks_into_some_cases_at_a_time(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = enter(ADMIN)
    path = _made(admin, rest="has:note OR has:attachment OR -has:note")
    whole = ROWS.findall(admin.get(path).text)
    monkeypatch.setattr(finding, "LOOKED_INTO", 7)
    found, page = [], admin.get(path).text
    while more := MORE.search(page):
        found += ROWS.findall(page)
        assert "Buscar más atrás" in page
        page = admin.get(unescape(more[1]), partial=True).text
    assert found + ROWS.findall(page) == whole
    assert len(whole) > 7
    code, view = path.rpartition("-")[2], path.rpartition("/")[2]
    closed = admin.post(f"/cases/{whole[0]}/closure", **{"in": view, "sort": "newest"})
    assert f"/cases/{whole[1]}?" in str(closed.location)
    assert f'"#count-{code}" hx-swap="innerHTML">7+<' in admin.get("/views/counts").text
    assert set(ROWS.findall(admin.get(f"{path}?sort=priority").text)) < set(whole)


def test_what_takes_too_long_to_count_has_no_number_and_its_list_is_shorter(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = enter(ADMIN)
    path = _made(admin, rest="-has:note")
    monkeypatch.setattr(patience, "_STEPS", 1)
    monkeypatch.setattr(finding, "MOST", timedelta(0))
    monkeypatch.setattr(finding, "LOOKED_INTO", 20)
    assert f'"#count-{path.rpartition("-")[2]}" hx-swap="innerHTML">…<' in (
        admin.get("/views/counts").text
    )
    page = admin.get(path).text
    assert 0 < len(ROWS.findall(page)) <= 5
    assert MORE.search(page)


def test_a_view_can_be_looked_at_before_it_is_kept(enter: Enter) -> None:
    admin = enter(ADMIN)
    looked = admin.post("/views/new", name="X", rest='"charged twice"', do="look").text
    assert "Casos: 1" in looked
    assert ">X<" not in admin.get("/views").text
    wrong = admin.post("/views/new", name="X", rest="is:opne", do="save")
    assert wrong.status_code == 422
    assert '<mark class="is-wrong">opne</mark>' in wrong.text


def test_every_name_of_a_search_has_a_field_and_tags_are_offered(enter: Enter) -> None:
    admin, case = enter(ADMIN), case_about("Factura")
    admin.post(f"/cases/{case.id}/tags", add="Navidad 2026")
    page = admin.get("/views/new").text
    for one in OPERATORS:
        # A view of one case is a link.
        assert f'name="field-{one.en}"' in page or one.en == "case"
    assert '<option value="navidad 2026"></option>' in page
    path = _made(admin, **{"field-tag": "navidad 2026", "field-subject": "factura"})
    assert ROWS.findall(admin.get(path).text) == [str(case.id)]
    offered = admin.get("/search/suggestions?for=rest&rest=etiqueta:nav", partial=True).text
    assert 'hx-target="#rest-list"' in offered
    assert 'id="rest-0"' in offered


def test_what_presses_most_stands_first_and_says_why(enter: Enter) -> None:
    page = enter(ADMIN).get("/inbox/all?sort=priority").text
    weights = [int(one) for one in re.findall(r'Lo que apremia: [^"]+"[^>]*>.*?<span>(\d+)<', page)]
    assert len(weights) > 3
    assert weights == sorted(weights, reverse=True)
