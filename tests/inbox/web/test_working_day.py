"""A working day without a mouse, a printed case, and letters that turn others round."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot import answers
from bot.answers import Answer
from cases import Agent, Case, Direction, Message, State, clock
from cases.case import take
from cases.db import reading, transaction
from cases.macro import Macro, Then
from cases.mention import Mention
from inbox.web.direction import straight
from tests.inbox.web.conftest import Enter, case_about
from tests.inbox.web.slow_answers import press
from tests.seeding import ADMIN, ANA, BEA

if TYPE_CHECKING:
    from playwright.sync_api import Page

    Open = Callable[..., None]

SUBJECT = "Llamadas a deshora"


def _case(number: int) -> Case:
    with reading() as session:
        return session.get_one(Case, number)


def _a_macro() -> None:
    with transaction() as session:
        text = "Lo arreglamos hoy, {{cliente.nombre}}."
        session.add(
            Macro(name="Hoy mismo", text_es=text, then=Then.CLOSE, type="money.billing",
                  changed_at=clock.now(), changed_by=ADMIN)
        )  # fmt: skip


def test_a_day_is_worked_without_a_mouse(page: "Page", open_as: "Open", faults: list[str]) -> None:
    _a_macro()
    number = case_about(SUBJECT).id
    open_as(ANA, f"/cases/{number}")
    press(page, "y", until=page.locator("#drop-mood[open]").count)
    page.keyboard.press("ArrowDown")
    press(page, "Enter", until=lambda: _case(number).sentiment == "neutral")
    press(page, "t", until=page.locator("#drop-type[open]").count)
    press(page, "Enter", until=lambda: _case(number).type_by == ANA)
    page.locator("#drop-type > summary:focus").wait_for()
    press(page, "n", until=page.locator(".message-head:focus").count)
    press(page, "b", until=page.locator(f"#truce-of-{number}:focus").count)
    press(page, "i", until=page.locator("#reply-text:focus").count)
    page.keyboard.type("@bea")
    page.locator("#names [data-name]").first.wait_for()
    press(page, "Enter", until=lambda: page.locator("#names").count() == 0)
    page.keyboard.type("¿lo ves?")
    press(page, "Control+Enter", until=page.locator(".message.is-note").count)
    press(page, "Escape")
    press(page, "m", until=page.locator(".dialog .macro").first.is_visible)
    page.keyboard.type("mismo")
    page.locator(".dialog .macro").first.wait_for()
    press(page, "Enter", until=page.locator(".then").count)
    press(page, "Control+Enter", until=lambda: not _case(number).is_open)
    assert (_case(number).state, _case(number).type) == (State.CLOSED, "money.billing")
    press(page, "Escape")
    press(page, "E", until=lambda: _case(number).is_open)
    press(page, "s", until=page.locator("#drop-snooze[open]").count)
    press(page, "Enter", until=lambda: _case(number).snoozed_at is not None)
    page.keyboard.press("!")
    page.wait_for_url("**done=many.*")
    assert _case(number).bulk
    page.keyboard.press("z")
    page.wait_for_url("**done=taken_back.*")
    assert not _case(number).bulk
    with reading() as session:
        named = select(Mention.case_id).join(Agent, Agent.id == Mention.agent_id)
        assert session.scalars(named.where(Agent.address == BEA)).all() == [number]
    assert faults == []


def test_a_long_case_is_printed_whole_and_without_what_surrounds_it(
    page: "Page", open_as: "Open"
) -> None:
    case = case_about(SUBJECT)
    with transaction() as session:
        ana = session.scalars(select(Agent).where(Agent.address == ANA)).one()
        for n in range(28):
            answers.send(
                session, take(session, case.id), ana, Answer(f"Línea {n}."), at=clock.now()
            )
    open_as(ADMIN, f"/cases/{case.id}")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    for gone in (".top", ".side", ".list", ".composer", ".case-actions"):
        assert page.locator(gone).first.is_hidden(), gone
    said = page.locator(".message-body")
    assert said.get_by_text("Línea 0.").is_visible()
    assert said.get_by_text("Línea 27.").is_visible()
    assert page.locator("details.message:not([open])").count() == 0
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf())) > 2
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details.message:not([open])").count() > 20


def test_letters_that_turn_others_round_turn_nothing(enter: Enter) -> None:
    case = case_about(SUBJECT)
    with transaction() as session:
        take(session, case.id).subject = "Factura \u202efdp.exe"
        mine = select(Message).where(Message.case_id == case.id, Message.direction == Direction.IN)
        for message in session.scalars(mine):
            message.sender_name, message.new_text = "\u202etset.adneit", "Pague \u2067aquí\u2069."
    for path in (f"/cases/{case.id}", "/inbox/all", f"/contacts/{case.contact_id}"):
        page = enter(ADMIN).get(path).text
        assert "Factura fdp.exe" in page
        assert straight(page) == page, path
