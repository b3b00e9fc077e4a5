"""The admin chooses who is told, and tries it; agents choose how they are told."""

import re

from sqlalchemy import select

from bot.staff_mail import StaffMail, alarms, notifying
from bot.staff_mail.alarms import AlarmGoal, AlarmPost, Kind, Trouble
from bot.staff_mail.notifying import Notification
from cases import Agent, Case, clock
from cases.db import reading, transaction
from tests.inbox.web.conftest import Enter
from tests.seeding import ADMIN

AGENT = "john@tienda.test"


def test_an_address_is_chosen_tried_and_taken_away(enter: Enter) -> None:
    admin = enter(ADMIN)
    added = admin.post(
        "/admin/alarms/goals", way="mail", address="Guard@Shop.Example", language="en"
    )
    assert added.status_code == 303
    with reading() as session:
        (goal,) = session.scalars(select(AlarmGoal))
    assert goal.address == "guard@shop.example"
    assert admin.post(f"/admin/alarms/goals/{goal.id}/test").status_code == 303
    with reading() as session:
        (mail,) = session.scalars(select(StaffMail))
    assert b"Subject: Alarm: this is a test" in mail.content
    assert (
        "On its way" in admin.get("/admin/alarms").text
        or "En camino" in admin.get("/admin/alarms").text
    )
    assert admin.post(f"/admin/alarms/goals/{goal.id}/end").status_code == 303
    assert admin.post(f"/admin/alarms/goals/{goal.id}/test").status_code == 404


def test_a_webhook_shows_its_secret_once(enter: Enter) -> None:
    admin, url = enter(ADMIN), "https://hooks.shop.example/a"
    shown = admin.post("/admin/alarms/goals", way="webhook", address=url, language="en").text
    assert re.search(r"whsec_[\w+/=]{40,}", shown)
    assert "whsec_" not in admin.get("/admin/alarms").text
    with reading() as session:
        (goal,) = session.scalars(select(AlarmGoal))
    admin.post(f"/admin/alarms/goals/{goal.id}/test")
    with reading() as session:
        assert session.scalars(select(AlarmPost)).one().payload["data"]["kind"] == "test"


def test_what_cannot_be_told_anything_is_refused(enter: Enter) -> None:
    admin = enter(ADMIN)
    for way, address in (("mail", "nobody"), ("webhook", "ftp://x"), ("webhook", "x")):
        shown = admin.post("/admin/alarms/goals", way=way, address=address, language="en")
        assert shown.status_code == 422


def test_the_page_says_what_is_wrong_and_what_was(enter: Enter) -> None:
    now = clock.now()
    with transaction() as session:
        alarms.settle(session, [Trouble(Kind.DISK, "", now, {"number": 7})], now)
    assert "7 MB" in enter(ADMIN).get("/admin/alarms").text


def _tell(address: str) -> None:
    with transaction() as session:
        agent = session.scalars(select(Agent).where(Agent.address == address)).one()
        case_id = session.scalars(select(Case.id).limit(1)).one()
        told = Notification(
            key="k",
            agent_id=agent.id,
            case_id=case_id,
            kind=notifying.Kind.ASSIGNED,
            at=clock.now(),
        )
        session.add(told)


def test_the_bell_counts_until_one_has_looked(enter: Enter) -> None:
    agent = enter(AGENT)
    _tell(AGENT)
    bell = re.compile(r'href="/notifications".{0,900}?class="count is-danger">1<', re.DOTALL)
    assert bell.search(agent.get("/notifications").text)
    assert agent.post("/notifications/seen").status_code == 303
    assert not bell.search(agent.get("/notifications").text)


def test_each_agent_chooses_how_they_are_told(enter: Enter) -> None:
    agent = enter(AGENT)
    assert agent.post("/notifications/choices", assigned=["page", "mail"]).status_code == 303
    with reading() as session:
        me = session.scalars(select(Agent).where(Agent.address == AGENT)).one()
        chosen = notifying.choices(session, me.id)
    assert (chosen[notifying.Kind.ASSIGNED].by_mail, chosen[notifying.Kind.WARNED].in_page) == (
        True,
        False,
    )
