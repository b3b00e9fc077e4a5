"""Admins see and change what is promised, when we are open, and which topics are offered."""

import pytest
from sqlalchemy import select

from cases import Topic, clock
from cases.calendars import newest
from cases.db import reading
from cases.sla.book import SlaPolicy
from cases.sla.policy import Pause
from tests.inbox.web.conftest import Enter
from tests.seeding import ADMIN

AGENT = "john@tienda.test"
PROMISE = {"name": "gold", "tier": "gold", "warn": "80", "calendar": "default"}


def policies() -> dict[str, SlaPolicy]:
    with reading() as session:
        rows = session.scalars(select(SlaPolicy).order_by(SlaPolicy.version))
        return {row.name: row for row in rows}


def test_a_promise_is_looked_at_over_the_last_week_and_then_made(enter: Enter) -> None:
    admin = enter(ADMIN)
    shown = admin.post(
        "/admin/promises", do="preview", first_response="1m", **PROMISE | {"tier": ""}
    )
    assert shown.status_code == 200
    assert "se habrían cumplido" in shown.text
    assert "gold" not in policies()
    assert admin.post("/admin/promises", first_response="1h30m", **PROMISE).status_code == 303
    made = policies()["gold"]
    assert (made.first_response, made.tier, made.warn_at, made.by) == (5400, "gold", 0.8, ADMIN)
    assert 'value="1h30m"' in admin.get("/admin/promises?name=gold").text
    assert made.pauses == ""
    admin.post("/admin/promises", first_response="1h", waiting="yes", snoozed="yes", **PROMISE)
    assert policies()["gold"].value().pauses == set(Pause)
    shown = admin.get("/admin/promises?name=gold").text
    assert 'name="snoozed" value="yes" checked' in shown
    assert "mientras está pospuesto" in shown
    assert admin.post("/admin/promises/end", name="gold").status_code == 303
    assert policies()["gold"].retired
    assert admin.post("/admin/promises/end", name="default").status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"first_response": "soon"}, {"warn": "0"}, {"name": ""}, {"resolution": "0m"}]
)
def test_a_promise_that_cannot_be_is_refused_and_what_was_typed_stays(
    enter: Enter, wrong: dict[str, str]
) -> None:
    shown = enter(ADMIN).post("/admin/promises", **PROMISE | {"tier": "my tier"} | wrong)
    assert shown.status_code == 422
    assert 'role="alert"' in shown.text
    assert 'value="my tier"' in shown.text


def test_hours_have_shifts_nights_holidays_and_days_of_their_own(enter: Enter) -> None:
    admin = enter(ADMIN)
    typed = {
        "name": "default",
        "zone": "Europe/Madrid",
        "opening_hours": "mon-fri 09:00-14:00 16:00-19:00, sat 22:00-06:00",
        "country": "ES",
        "region": "MD",
        "days": "2026-12-24=10:00-13:00\n2026-12-31=closed",
    }
    assert admin.post("/admin/calendars", **typed).status_code == 303
    with reading() as session:
        row = newest(session, "default")
    assert row is not None
    assert row.days == {"2026-12-24": "10:00-13:00", "2026-12-31": "closed"}
    page = admin.get("/admin/calendars").text
    assert "09:00–14:00 · 16:00–19:00" in page
    assert "22:00–06:00" in page


def test_days_are_written_and_read_in_the_language_of_whoever_does(enter: Enter) -> None:
    admin, hours = enter(ADMIN), "lun-vie 09:00-14:00, sáb 10:00-14:00"
    typed = {"name": "tienda", "zone": "Europe/Madrid", "opening_hours": hours}
    days = {"country": "", "region": "", "days": "2026-12-31=Cerrado"}
    assert admin.post("/admin/calendars", **typed, **days).status_code == 303
    with reading() as session:
        row = newest(session, "tienda")
    assert row is not None
    assert row.opening_hours == "mon-fri 09:00-14:00, sat 10:00-14:00"
    assert row.days == {"2026-12-31": "closed"}
    page = admin.get("/admin/calendars?name=tienda").text
    assert f'value="{hours}"' in page
    assert "2026-12-31=cerrado" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"zone": "Madrid"}, "Europe/Madrid"),
        ({"zone": "x" * 5000}, "Europe/Madrid"),
        ({"name": "x" * 100}, "un nombre de 60 letras"),
        ({"opening_hours": "weekdays"}, "lun-vie 09:00-14:00"),
        ({"country": "ES", "region": "ZZ"}, "No se conocen festivos"),
        ({"days": "Christmas"}, "uno por línea"),
    ],
)
def test_hours_that_cannot_be_are_refused_with_how_they_are_written(
    enter: Enter, wrong: dict[str, str], said: str
) -> None:
    typed = {"name": "x", "zone": "Europe/Madrid", "opening_hours": "mon-fri 09:00-18:00"}
    shown = enter(ADMIN).post("/admin/calendars", **typed | wrong)
    assert shown.status_code == 422
    assert said in shown.text.split('role="alert"')[1].split("</p>")[0]


def test_topics_are_offered_named_anew_and_no_longer_offered(enter: Enter) -> None:
    admin = enter(ADMIN)
    assert admin.post("/admin/topics", code="Ofertas!", es="a", en="b").status_code == 422
    assert admin.post("/admin/topics", code="trips", es="Viajes", en="Trips").status_code == 303
    assert "Viajes" in admin.get("/admin/topics").text
    assert admin.post("/admin/topics/trips/offer", offered="no").status_code == 303
    with reading() as session:
        assert session.get_one(Topic, "trips").retired_at is not None
    assert admin.post("/admin/topics/trips/offer", offered="yes").status_code == 303
    with reading() as session:
        assert session.get_one(Topic, "trips").retired_at is None
    assert clock.now().tzinfo is not None


@pytest.mark.parametrize("page", ["promises", "calendars", "topics", "alarms"])
def test_agents_who_do_not_run_it_may_not_look(enter: Enter, page: str) -> None:
    assert enter(AGENT).get(f"/admin/{page}").status_code == 403
