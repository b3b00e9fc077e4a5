"""Switches: one silences everything, others a reply, a bot or a place; who did it is kept."""

from sqlalchemy import select

from bot import switches
from bot.kinds import Mode
from bot.registry import OutsideBot
from bot.switches import Place
from bot.switches.switching import SwitchChange
from bot.voice import breaker
from bot.voice.breaker import Trip
from cases import clock
from cases.db import reading, transaction
from tests.inbox.web.conftest import Enter
from tests.seeding import ADMIN, BEA


def _mode(reply: str, kind: str = "") -> Mode:
    with reading() as session:
        return switches.load(session).mode(reply, Place(type=kind))


def test_one_button_silences_everything_and_another_lets_it_speak(enter: Enter) -> None:
    admin = enter(ADMIN)
    admin.post("/admin/switches", reply="*", mode="off")
    assert _mode("acknowledgement") is Mode.OFF
    assert "Todos los bots callan" in admin.get("/admin/switches").text
    admin.post("/admin/switches", reply="*", mode="send")
    assert _mode("acknowledgement") is Mode.SEND


def test_a_reply_can_do_something_else_in_one_place_until_that_is_removed(enter: Enter) -> None:
    admin = enter(ADMIN)
    admin.post("/admin/switches", reply="progress", mode="send", where="type:money")
    assert _mode("progress", "money.refund") is Mode.SEND
    assert _mode("progress") is Mode.SHADOW
    with reading() as session:
        number = switches.load(session).rows[0].id
    admin.post(f"/admin/switches/{number}/removal")
    assert _mode("progress", "money.refund") is Mode.SHADOW


def test_who_set_what_is_kept(enter: Enter) -> None:
    admin = enter(ADMIN)
    admin.post("/admin/switches", reply="progress", mode="send")
    admin.post("/admin/switches", reply="progress", mode="off")
    with reading() as session:
        rows = session.scalars(select(SwitchChange).order_by(SwitchChange.id)).all()
    assert [(one.was, one.mode.value, one.by) for one in rows] == [
        ("", "send", ADMIN),
        ("send", "off", ADMIN),
    ]
    assert "Envía → <strong>Apagada</strong>" in admin.get("/admin/switches").text


def test_an_outside_bot_is_stopped_here(enter: Enter) -> None:
    with transaction() as session:
        bot = OutsideBot(name="mensajero", mode=Mode.SEND, created_at=clock.now())
        session.add(bot)
        session.flush()
        number = bot.id
    enter(ADMIN).post(f"/admin/switches/bots/{number}", mode="off")
    with reading() as session:
        assert session.get_one(OutsideBot, number).mode is Mode.OFF


def test_what_makes_no_sense_changes_nothing(enter: Enter) -> None:
    admin = enter(ADMIN)
    for fields in (
        {"reply": "nothing", "mode": "off"},
        {"reply": "progress", "mode": "loud"},
        {"reply": "progress", "mode": "send", "where": "type:nowhere"},
        {"reply": "progress", "mode": "send", "quiet_hours": "at night"},
    ):
        assert admin.post("/admin/switches", **fields).status_code == 422
    assert _mode("progress") is Mode.SHADOW
    assert enter(BEA).post("/admin/switches", reply="*", mode="off").status_code == 403


def test_a_blown_fuse_is_shown_and_released_by_a_person(enter: Enter) -> None:
    with transaction() as session:
        session.add(Trip(at=clock.now(), sent=9000, usual=40, released_by=""))
    admin = enter(ADMIN)
    assert "Saltó el fusible" in admin.get("/admin/switches").text
    admin.post("/admin/switches/breaker/release")
    with reading() as session:
        assert breaker.tripped(session) is None
