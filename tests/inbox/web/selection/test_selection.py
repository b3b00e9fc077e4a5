"""Many cases at once: changed, left alone where it does not fit, undone, and exported safely."""

import csv
import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cases import Agent, Case, Mailbox, State, clock
from cases.case import take
from cases.db import reading, transaction
from inbox.web import bulk, cells
from inbox.web.bulk import jobs
from inbox.web.bulk.verbs import VERBS, Doing
from inbox.web.selection import everything
from tests.inbox.web.conftest import Enter, Visitor, case_about
from tests.seeding import ADMIN, ANA, BEA, LUIS

OPEN, CLOSED = "Charged twice for order 88213", "¡Gracias!"


def _some(number: int) -> list[int]:
    """Open cases of the shop."""
    with reading() as session:
        which = (Case.state == State.OPEN) & Case.bulk.is_(False)
        return list(session.scalars(select(Case.id).where(which).order_by(Case.id).limit(number)))


def _standing(ids: list[int]) -> dict[int, Any]:
    with reading() as session:
        return {
            one.id: (
                *(one.state, one.assignee_id, one.type, one.snoozed_at, one.bulk),
                *(one.due_at, one.unread),
            )
            for one in session.scalars(select(Case).where(Case.id.in_(ids)))
        }


def _but_deadlines(rows: dict[int, Any]) -> dict[int, Any]:
    return {number: (*row[:5], *row[6:]) for number, row in rows.items()}


def _act(visitor: Visitor, ids: Sequence[int | str], do: str, **more: object) -> int:
    """Do it; the number of the action."""
    done = visitor.post("/selection", case=ids, do=do, **{"in": "all", **more})
    assert done.status_code == 303, done.text
    return int(str(done.location).rpartition(".")[2])


def test_what_does_not_fit_a_case_is_left_alone_and_said(enter: Enter) -> None:
    ana = enter(ANA)
    chosen = [case_about(CLOSED).id, case_about(OPEN).id]
    done = ana.post("/selection", case=chosen, do="close", **{"in": "unassigned"})
    page = ana.get(done.location).text
    assert "1 caso cambiado; 1 sin cambios" in page
    assert case_about(OPEN).state is State.CLOSED
    assert ana.post("/selection", case=chosen, do="burn").status_code == 422
    assert ana.post("/selection", case=chosen, do="type:burn").status_code == 422
    assert ana.post("/selection", case=chosen, do="assign:99999").status_code == 422


@pytest.mark.parametrize(
    "do",
    [
        "take",
        "close",
        "wait",
        "snooze:tomorrow",
        "snooze:reply",
        "spam",
        "type:money.refund",
        "read",
    ],
)
def test_everything_can_be_undone(enter: Enter, do: str) -> None:
    admin, ids = enter(ADMIN), _some(3)
    before = _standing(ids)
    number = _act(admin, ids, do)
    assert _standing(ids) != before
    back = admin.post(f"/selection/{number}/undoing")
    assert "taken_back." in str(back.location)
    assert _but_deadlines(_standing(ids)) == _but_deadlines(before)
    assert admin.post(f"/selection/{number}/undoing").location.endswith("taken_back.0")


def test_cases_of_somebody_who_left_meanwhile_come_back_to_nobody(enter: Enter) -> None:
    admin, ids = enter(ADMIN), _some(2)
    with transaction() as session:
        bea = session.scalars(select(Agent).where(Agent.address == BEA)).one()
        for one in ids:
            session.get_one(Case, one).assignee_id = bea.id
    number = _act(admin, ids, "take")
    with transaction() as session:
        session.get_one(Agent, bea.id).active = False
    admin.post(f"/selection/{number}/undoing")
    assert [row[1] for row in _standing(ids).values()] == [None, None]


def test_closed_cases_are_opened_again_and_that_is_undone(enter: Enter) -> None:
    admin, closed = enter(ADMIN), case_about(CLOSED).id
    number = _act(admin, [closed], "reopen")
    assert case_about(CLOSED).state is State.OPEN
    admin.post(f"/selection/{number}/undoing")
    assert case_about(CLOSED).state is State.CLOSED


def test_merging_joins_the_cases_of_one_person_alone(enter: Enter) -> None:
    other, at = case_about(OPEN), clock.now()
    with transaction() as session:
        twin = Case(subject="Twin", contact_id=other.contact_id, opened_at=at, last_at=at)
        session.add(twin)
        session.flush()
        number = twin.id
    stranger = case_about("Llamadas a deshora").id
    admin = enter(ADMIN)
    action = _act(admin, [other.id, number, stranger], "merge")
    with reading() as session:
        assert session.get_one(Case, number).merged_into_id == other.id
        assert session.get_one(Case, stranger).merged_into_id is None
    admin.post(f"/selection/{action}/undoing")
    with reading() as session:
        assert session.get_one(Case, number).merged_into_id is None


def test_the_case_that_others_go_into_is_locked_with_each_batch_of_them(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    with transaction() as session:
        person = session.scalars(select(Case.contact_id).where(Case.id == 1)).one()
        for n in range(3):
            at = clock.now()
            session.add(Case(subject=f"más {n}", contact_id=person, opened_at=at, last_at=at))
        session.flush()
        theirs = select(Case.id).where(Case.contact_id == person, Case.merged_into_id.is_(None))
        ids = tuple(session.scalars(theirs.order_by(Case.id)))
        doing = Doing(session, ADMIN, clock.now(), "", ids, "UTC")
        assert VERBS["merge"].also(doing, ids[-1:]) == [ids[0]]
        assert VERBS["close"].also(doing, ids[-1:]) == ()
    _act(enter(ADMIN), list(ids), "merge")
    with reading() as session:
        left = select(Case.merged_into_id).where(Case.id.in_(ids[1:]))
        assert set(session.scalars(left)) == {ids[0]}


def test_nothing_is_merged_into_a_case_of_another_team(enter: Enter) -> None:
    at = clock.now()
    with transaction() as session:
        team = Mailbox.team == "mayoristas"
        hidden = session.scalars(select(Case).join(Mailbox).where(team).limit(1)).one()
        twin = Case(subject="Twin", contact_id=hidden.contact_id, opened_at=at, last_at=at)
        session.add(twin)
        session.flush()
        number = twin.id
    ana = enter(ANA)
    assert ana.get(f"/cases/{hidden.id}").status_code == 404
    _act(ana, [hidden.id, number], "merge")
    with reading() as session:
        assert session.get_one(Case, number).merged_into_id is None


def test_numbers_that_are_none_name_nothing(enter: Enter) -> None:
    admin = enter(ADMIN)
    assert admin.get(f"/cases/{10**20}").status_code == 404
    number = _act(admin, ["9" * 30, "٣", "x"], "close")
    with reading() as session:
        assert session.get_one(bulk.BulkAction, number).case_ids == []


def test_an_undoing_never_overwrites_what_a_colleague_did_since(enter: Enter) -> None:
    admin, ids = enter(ADMIN), _some(3)
    number = _act(admin, ids, "close")
    enter(ANA).post(f"/cases/{ids[1]}/reopening")
    enter(ANA).post(f"/cases/{ids[1]}/closure")
    admin.post(f"/selection/{number}/undoing")
    states = {n: row[0] for n, row in _standing(ids).items()}
    assert states == {ids[0]: State.OPEN, ids[1]: State.CLOSED, ids[2]: State.OPEN}


def test_all_of_a_view_are_chosen_before_and_stay_the_same(enter: Enter) -> None:
    admin = enter(ADMIN)
    everything = _standing(_some(1000))
    done = admin.post("/selection", do="all", **{"in": "all"})
    page = admin.get(done.location).text
    with reading() as session:
        which = (Case.state != State.CLOSED) & Case.bulk.is_(False)
        wanted = set(session.scalars(select(Case.id).where(which)))
    assert f"{len(wanted)} casos elegidos" in page
    at = clock.now()
    with transaction() as session:
        late = Case(subject="Late", contact_id=1, opened_at=at, last_at=at)
        session.add(late)
        session.flush()
        number = late.id
    _act(admin, [], "take", set=str(done.location).rpartition("/")[2])
    assert set(_standing([number]).values()) == {(State.OPEN, None, "", None, False, None, True)}
    assert all(row[1] is not None for row in _standing(list(everything)).values())


def test_what_takes_longer_than_a_moment_shows_how_far_it_is_and_can_be_stopped(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    monkeypatch.setattr(bulk, "A_MOMENT", timedelta(0))
    monkeypatch.setattr(bulk.go_on, "__kwdefaults__", {"most": timedelta(0)})
    admin, ids = enter(ADMIN), _some(7)
    begun = admin.post("/selection", case=ids, do="close", **{"in": "mine"})
    path = str(begun.location)
    assert "Hechos: 2 de 7 casos" in admin.get(path).text
    shown = admin.post(f"{path}/steps", partial=True)
    assert shown.text.startswith('<hx-partial hx-target="#progress"')
    assert "Hechos: 4 de 7 casos" in shown.text
    assert enter(ANA).post(f"{path}/steps").status_code == 404
    # Who closes the page finds it done.
    with clock.at(clock.now() + bulk.LEFT_ALONE + timedelta(seconds=1)):
        jobs.go_on()
        assert {row[0] for row in _standing(ids).values()} == {State.CLOSED}
        assert "Esto ya se hizo" in admin.get(path).text
        assert admin.post(f"{path}/undoing").location == path
        assert "Deshechos: 2 de 7 casos" in admin.get(path).text
        for _n in range(2):
            admin.post(f"{path}/steps")
        back = admin.post(f"{path}/steps", partial=True)
    assert back.headers["HX-Redirect"].endswith("taken_back.7")
    assert {row[0] for row in _standing(ids).values()} == {State.OPEN}


def test_who_may_no_longer_sign_in_goes_on_with_nothing(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    monkeypatch.setattr(bulk.go_on, "__kwdefaults__", {"most": timedelta(0)})
    ids, admin = _some(6), enter(ADMIN)
    enter(ANA).post("/selection", case=ids, do="close", **{"in": "all"})
    with reading() as session:
        ana = session.scalars(select(Agent.id).where(Agent.address == ANA)).one()
    admin.post(f"/admin/users/{ana}/activity", active="no")
    with clock.at(clock.now() + bulk.LEFT_ALONE + timedelta(seconds=1)):
        for _again in range(2):
            jobs.go_on()
    assert [row[0] for row in _standing(ids).values()].count(State.CLOSED) == 2
    log = admin.get("/admin/audit?kind=user").text
    assert log.count("se detuvo lo que hacía con muchos casos") == 1
    assert "hecho: 2 · de: 6" in log


def test_an_action_is_stopped_half_way_and_what_was_done_is_taken_back(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    monkeypatch.setattr(bulk.go_on, "__kwdefaults__", {"most": timedelta(0)})
    admin, ids = enter(ADMIN), _some(6)
    path = str(admin.post("/selection", case=ids, do="close", **{"in": "all"}).location)
    assert admin.post(f"{path}/undoing").location.endswith("taken_back.2")
    assert {row[0] for row in _standing(ids).values()} == {State.OPEN}


def test_all_of_a_view_of_words_are_as_many_as_a_moment_finds(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = enter(ADMIN)
    fields = {"name": "Palabras", "rest": "-has:note", "sort": "newest", "do": "save"}
    view = admin.post("/views/new", **fields).location.partition("?")[0].rpartition("/")[2]
    whole = _chosen(admin, view)
    assert whole.looked_back_to is None
    monkeypatch.setattr(everything, "LOOKED_INTO", 20)
    assert _chosen(admin, view).case_ids == whole.case_ids
    monkeypatch.setattr(everything, "MOST", 3)
    assert len(_chosen(admin, view).case_ids) == 3
    monkeypatch.setattr(everything, "A_MOMENT", timedelta(0))
    monkeypatch.setattr(everything, "MOST", 2000)
    newest = _chosen(admin, view)
    assert 0 < len(newest.case_ids) <= 5
    assert newest.looked_back_to is not None
    assert "puede haber más antiguos" in admin.get(f"/selection/{newest.id}").text


def _chosen(visitor: Visitor, view: str) -> bulk.BulkAction:
    done = visitor.post("/selection", do="all", **{"in": view})
    with reading() as session:
        return session.get_one(bulk.BulkAction, int(str(done.location).rpartition("/")[2]))


def test_nobody_acts_on_cases_of_another_team_or_on_a_choice_of_another(enter: Enter) -> None:
    ids = _some(1000)
    number = _act(enter(LUIS), ids, "spam")
    with reading() as session:
        changed = {one[0] for one in session.get_one(bulk.BulkAction, number).done}
    assert changed < set(ids)
    assert enter(LUIS).get(f"/cases/{min(set(ids) - changed)}").status_code == 404
    assert enter(ANA).get(f"/selection/{number}").status_code == 404
    assert enter(ANA).post(f"/selection/{number}/undoing").status_code == 404


def test_an_undoing_that_comes_too_late_does_nothing(enter: Enter) -> None:
    admin, ids = enter(ADMIN), _some(1)
    number = _act(admin, ids, "close")
    with clock.at(clock.now() + bulk.UNDOABLE + timedelta(minutes=1)):
        assert admin.post(f"/selection/{number}/undoing").location.endswith("taken_back.0")


def test_a_choice_is_acted_on_once(enter: Enter) -> None:
    admin, ids = enter(ADMIN), _some(2)
    number = _act(admin, ids, "close")
    assert _act(admin, [], "reopen", set=number) == number
    assert {row[0] for row in _standing(ids).values()} == {State.CLOSED}


def test_a_table_of_cases_runs_nothing_in_a_spreadsheet(enter: Enter) -> None:
    evil = case_about(OPEN)
    with transaction() as session:
        take(session, evil.id).subject = '=HYPERLINK("https://evil.example")'
    table = enter(ADMIN).post("/selection", case=[evil.id], do="export", **{"in": "all"})
    assert table.mimetype == "text/csv"
    head, line = csv.reader(io.StringIO(table.text.removeprefix("\ufeff")))
    assert head[:2] == ["Número", "Asunto"]
    assert line[:2] == [str(evil.id), '\'=HYPERLINK("https://evil.example")']


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@A1", "\t=1", " =1", "\u00a0=1", "|cmd"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(cell: str) -> None:
    assert cells.safe(cell) == f"'{cell}"
    assert cells.safe(f"a{cell}") == f"a{cell}"
