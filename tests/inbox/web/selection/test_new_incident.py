"""An incident begun from cases that somebody chose in a list, and taken back."""

from collections.abc import Sequence

from sqlalchemy import select

from cases import Case, State
from cases import incident as incidents
from cases.case import take
from cases.db import reading, transaction
from cases.exclusions.rows import Exclusion
from cases.incident import Incident
from tests.inbox.web.conftest import Enter, Visitor
from tests.seeding import ADMIN, ANA, LUIS


def _some(number: int) -> list[int]:
    with reading() as session:
        which = (Case.state == State.OPEN) & Case.bulk.is_(False)
        return list(session.scalars(select(Case.id).where(which).order_by(Case.id).limit(number)))


def _chosen(visitor: Visitor, ids: Sequence[int]) -> str:
    """Where the button of the list leads for those cases."""
    asked = visitor.post("/selection", case=ids, do="gather", **{"in": "all"})
    assert asked.status_code == 303
    return str(asked.location)


def _linked() -> list[tuple[Incident, list[int]]]:
    with reading() as session:
        return [
            (one, incidents.cases_of(session, one))
            for one in session.scalars(select(Incident).order_by(Incident.id))
        ]


def _held() -> list[int]:
    with reading() as session:
        wave = select(Exclusion.contact_id).where(
            Exclusion.reason == "contact_wave", Exclusion.lifted_at.is_(None)
        )
        return list(session.scalars(wave))


def test_chosen_cases_become_an_incident_and_one_press_takes_it_back(enter: Enter) -> None:
    admin, ids = enter(ADMIN), _some(3)
    form = _chosen(admin, ids)
    assert "Empezar con 3 casos" in admin.get(form).text
    begun = admin.post(form, title="El camión", truce="yes")
    page = admin.get(begun.location).text
    ((trouble, linked),) = _linked()
    assert (trouble.title, linked) == ("El camión", ids)
    assert "3 casos cambiados" in page
    assert len(_held()) > 0
    number = form.split("/")[2]
    # Pressed twice it is begun once, and nothing joins it by itself.
    assert admin.post(form, title="El camión", truce="yes").location.endswith(f"/{number}")
    with transaction() as session:
        take(session, _some(4)[3]).unread = True
    assert _linked()[0][1] == ids
    admin.post(f"/selection/{number}/undoing")
    ((trouble, linked),) = _linked()
    assert (linked, trouble.ended_at is None, _held()) == ([], False, [])


def test_more_cases_join_a_running_incident_and_a_stranger_none(enter: Enter) -> None:
    admin, ids = enter(ADMIN), _some(4)
    begun = admin.post(_chosen(admin, ids[:2]), title="El camión")
    ((trouble, _linked_first),) = _linked()
    assert _held() == []
    more = {"incident-value": str(trouble.id), "in": "all"}
    done = admin.post("/selection", case=ids[1:], do="incident", **more)
    assert "2 casos cambiados; 1 sin cambios" in admin.get(done.location).text
    admin.post(f"/selection/{done.location.rpartition('.')[2]}/undoing")
    ((trouble, linked),) = _linked()
    assert (linked, trouble.ended_at) == (ids[:2], None)
    admin.post(f"{begun.location.partition('?')[0]}/end")
    assert admin.post("/selection", case=ids, do="incident", **more).status_code == 422


def test_it_needs_a_name_and_is_asked_of_who_chose(enter: Enter) -> None:
    ana = enter(ANA)
    form = _chosen(ana, _some(1))
    assert "Di qué ha pasado." in ana.post(form, title=" ").text
    for method in (enter(LUIS).get, enter(LUIS).post):
        assert method(form).status_code == 404
    assert _linked() == []
