"""The list: what each view holds, in which order, page by page, and the news since it was drawn."""

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import select

from cases import Case, Contact, Message, State, clock
from cases.db import reading, transaction
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import Exclusion
from inbox import web
from inbox.web.folders import Folder, said_count
from inbox.web.order import PAGE, place
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ADMIN, ANA


def _ids(page: str) -> list[int]:
    return [int(number) for number in re.findall(r'<li id="row-(\d+)"', page)]


def _all(which: object) -> set[int]:
    with reading() as session:
        return set(session.scalars(select(Case.id).where(which)))


def test_each_view_holds_what_its_name_says(enter: Enter) -> None:
    admin = enter(ADMIN)
    person = Case.bulk.is_(False)
    is_open = person & (Case.state != State.CLOSED)
    wanted = {
        Folder.UNASSIGNED: is_open & Case.assignee_id.is_(None),
        Folder.ALL: is_open,
        Folder.CLOSED: person & (Case.state == State.CLOSED),
        Folder.BULK: Case.bulk.is_(True),
    }
    for folder, which in wanted.items():
        assert set(_ids(admin.get(f"/inbox/{folder}").text)) == _all(which), folder
    assert all(_all(which) for which in wanted.values())


def test_mine_is_what_was_given_to_me(enter: Enter) -> None:
    found = _ids(enter(ANA).get("/inbox/mine").text)
    assert case_about("Pedido 5120: falta una pieza").id in found
    assert case_about("Charged twice for order 88213").id not in found


def test_at_risk_is_what_is_late_or_soon_will_be(enter: Enter) -> None:
    found = _ids(enter(ADMIN).get("/inbox/risk").text)
    with reading() as session:
        dues = [session.get_one(Case, number).due_at for number in found]
    assert dues
    assert all(due is not None and due < clock.now() + timedelta(hours=2) for due in dues)


def test_what_is_due_first_stands_first_and_what_owes_nothing_last(enter: Enter) -> None:
    found = _ids(enter(ADMIN).get("/inbox/all").text)
    with reading() as session:
        dues = [session.get_one(Case, number).due_at for number in found]
    owed = [due for due in dues if due is not None]
    assert dues[: len(owed)] == sorted(owed)


@pytest.mark.parametrize("sort", ["due", "newest", "oldest"])
def test_going_through_the_pages_shows_every_case_once(enter: Enter, sort: str) -> None:
    _add_cases(2 * PAGE + 7)
    admin = enter(ADMIN)
    found: list[int] = []
    path = f"/inbox/all?sort={sort}"
    while path:
        page = admin.get(path, partial="after" in path).text
        found += _ids(page)
        more = re.search(r'id="more"><a [^>]*href="([^"]+)"', page)
        path = more[1].replace("&amp;", "&") if more else ""
    assert len(found) == len(set(found))
    assert set(found) == _all(Case.bulk.is_(False) & (Case.state != State.CLOSED))


def _add_cases(number: int) -> None:
    at = clock.now()
    with transaction() as session:
        contact = session.scalars(select(Contact)).first()
        for n in range(number):
            due = at + timedelta(hours=n % 5) if n % 3 else None
            # Many share an instant, so the pages must not break in the middle of them.
            last = at - timedelta(minutes=n // 10)
            session.add(
                Case(subject=f"n{n}", contact=contact, opened_at=at, last_at=last, due_at=due)
            )


def test_a_list_costs_the_same_few_statements_however_long_it_is(
    enter: Enter, statements: list[str]
) -> None:
    admin = enter(ADMIN)
    _add_cases(PAGE)
    statements.clear()
    assert admin.get("/inbox/all").status_code == 200
    sent = [one for one in statements if "BEGIN" not in one and "PRAGMA" not in one]
    assert len(sent) <= 5, "\n".join(sent)


def test_no_page_is_reached_by_counting_rows() -> None:
    for path in (Path(web.__file__).parent).rglob("*.py"):
        assert ".offset(" not in path.read_text(), path


def test_counts_end_at_a_hundred() -> None:
    assert [said_count(n) for n in (0, 7, 99, 100, 5000)] == ["", "7", "99", "99+", "99+"]


@pytest.mark.parametrize("words", ["", "x", "2026-01-01~5", "~x", "~99999999999999999999", "a~1"])
def test_a_place_that_makes_no_sense_is_the_beginning(words: str, enter: Enter) -> None:
    assert place(words) is None
    assert enter(ADMIN).get(f"/inbox/all?after={quote(words)}").status_code == 200


def test_news_are_counted_and_never_forced(enter: Enter) -> None:
    admin, since = enter(ADMIN), quote((clock.now() - timedelta(hours=1)).isoformat())
    page = admin.get(f"/inbox/all/news?since={since}", partial=True)
    assert re.search(r">\d caso(s nuevos| nuevo) · mostrar</a>", page.text)
    later = quote((clock.now() + timedelta(hours=1)).isoformat())
    assert "mostrar" not in admin.get(f"/inbox/all/news?since={later}", partial=True).text
    assert admin.get("/inbox/all/news?since=yesterday").status_code == 400


def test_a_fragment_is_the_list_alone_and_brings_its_title(enter: Enter) -> None:
    page = enter(ADMIN).get("/inbox/closed", partial=True).text
    assert page.startswith("<title>Cerrados · Tregua</title>")
    assert "<html" not in page


def test_rows_say_in_words_what_their_colours_mean(enter: Enter) -> None:
    page = enter(ADMIN).get("/inbox/all").text
    for words in ("de retraso", "Enfadado", "Entrega, retraso", "Tregua hasta"):
        assert words in page


def _row(page: str, case: Case) -> str:
    return page.partition(f'<li id="row-{case.id}"')[2].partition("</li>")[0]


def test_a_row_tells_the_truce_only_where_more_than_the_open_case_holds(enter: Enter) -> None:
    admin, case = enter(ADMIN), case_about("Factura")
    held = select(Exclusion).where(Exclusion.contact_id == case.contact_id)
    with transaction() as session:
        for hold in session.scalars(held):
            hold.reason, hold.until, hold.lifted_at = Reason.OPEN_CASE, None, None
    assert "Tregua" not in _row(admin.get("/inbox/all").text, case)
    with transaction() as session:
        for hold in session.scalars(held):
            hold.reason = Reason.FORMAL_CLAIM
    assert "Tregua hasta nuevo aviso" in _row(admin.get("/inbox/all").text, case)


def test_a_row_begins_with_what_the_customer_said_last(enter: Enter) -> None:
    admin, case = enter(ADMIN), case_about("Factura")
    with transaction() as session:
        said = session.get_one(Case, case.id).messages[0]
        copied = {"case_id": case.id, "direction": said.direction, "origin": said.origin}
        later = {"arrived_at": clock.now(), "new_text": "Sigo\n esperando la factura."}
        session.add(Message(**copied, **later))
    assert "Sigo esperando la factura." in _row(admin.get("/inbox/all").text, case)


def test_of_what_is_due_at_the_same_time_who_wrote_first_comes_first(enter: Enter) -> None:
    due = clock.now() + timedelta(hours=2)
    with transaction() as session:
        for case in session.scalars(select(Case).where(Case.due_at.is_not(None))):
            case.due_at = due
    found = _ids(enter(ADMIN).get("/inbox/all?sort=due").text)
    dated = [one for one in found if one in _all(Case.due_at.is_not(None))]
    assert len(dated) > 1
    assert dated == sorted(dated)
