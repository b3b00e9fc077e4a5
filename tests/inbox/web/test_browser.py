"""The inbox in a real browser: by keyboard, without scripts, on a phone, with hostile mail."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from bot.outbox import OutgoingMail
from bot.outbox import State as Sent
from cases import Case, Message, State
from cases.db import reading
from tests.inbox.web.conftest import case_about
from tests.inbox.web.slow_answers import becomes, open_case, press, wait_until
from tests.seeding import ADMIN, ANA, PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Open = Callable[..., None]


def _focus(page: "Page") -> str:
    """What has the focus: its id, or what it is."""
    return str(page.evaluate("document.activeElement.id || document.activeElement.type"))


def _state(number: str) -> State:
    with reading() as session:
        return session.get_one(Case, int(number)).state


def test_cases_are_worked_by_keyboard_alone(page: "Page", open_as: Open, faults: list[str]) -> None:
    open_as(ANA, "/inbox/all")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url("**/inbox/unassigned")
    page.wait_for_load_state()
    press(page, "j", until=page.locator("#reader .case").count)
    first = open_case(page)
    press(page, "j", until=lambda: open_case(page) != first)
    second = open_case(page)
    wait_until(page, lambda: f"#{second} " in page.title())
    press(page, "k", until=lambda: open_case(page) == first)
    press(page, "o", until=lambda: _focus(page) == "h-case")
    press(page, "Escape", until=lambda: _focus(page) == f"open-{first}")
    page.locator(f"#open-{second}").focus()
    press(page, "Enter", until=lambda: _focus(page) == "h-case" and open_case(page) == second)
    press(page, "k", until=lambda: open_case(page) == first)
    assignee = page.locator("#drop-assignee summary")
    press(page, "w", until=lambda: assignee.inner_text().startswith("Ana Belén"))
    press(page, "e", until=lambda: _state(first) is State.CLOSED)
    page.locator("#undo").wait_for()
    press(page, "z", until=lambda: _state(first) is State.OPEN)
    press(page, "?", until=page.locator("#help").is_visible)
    press(page, "Escape", until=page.locator("#help").is_hidden)
    press(page, "x", until=page.locator("#selection").is_visible)
    press(page, "/", until=lambda: _focus(page) == "q")
    page.keyboard.type("Whitcombe")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=Whitcombe")
    assert faults == []


def test_an_answer_is_written_sent_taken_back_and_sent_again_by_keyboard(
    page: "Page", open_as: Open, faults: list[str]
) -> None:
    case = case_about("Charged twice for order 88213")
    open_as(ANA, f"/cases/{case.id}")
    press(page, "r", until=lambda: _focus(page) == "reply-text")
    page.keyboard.type("Refunded today. e w j are only letters here.")
    press(page, "Control+Enter", until=page.locator("#undo").is_visible)
    text = page.locator("#reply-text")
    becomes(page, text.input_value, "")
    becomes(page, page.locator(".message.is-agent").count, 1)
    press(page, "Escape")
    press(page, "z", until=page.locator("#reply-text").input_value)
    wait_until(page, lambda: text.input_value().startswith("Refunded today."))
    assert _states(case) == [Sent.CANCELLED]
    page.locator("#reply-text:focus").wait_for()
    press(page, "Control+Enter", until=page.locator("#undo").is_visible)
    becomes(page, lambda: _states(case), [Sent.CANCELLED, Sent.PENDING])
    assert _state(str(case.id)) is State.OPEN
    assert faults == []


def _states(case: Case) -> list[Sent]:
    with reading() as session:
        return list(
            session.scalars(
                select(OutgoingMail.state)
                .where(OutgoingMail.case_id == case.id, OutgoingMail.automatic.is_(False))
                .order_by(OutgoingMail.id)
            )
        )


def test_keys_that_are_switched_off_do_nothing(page: "Page", open_as: Open) -> None:
    open_as(ANA, "/inbox/unassigned")
    page.locator("[data-help]").click()
    page.get_by_role("button", name="Desactivar las letras").click()
    page.locator("html[data-keys=off]").wait_for()
    page.wait_for_load_state()
    page.keyboard.press("j")
    page.wait_for_timeout(200)
    assert page.locator("#reader .case").count() == 0


def test_a_half_written_answer_survives_news_other_cases_and_a_conflict(
    page: "Page", open_as: Open, chromium: "Browser", enter: Callable[..., object]
) -> None:
    case, other = case_about("Factura"), case_about("¿Tenéis tienda en Valencia?")
    open_as(ANA, f"/cases/{case.id}")
    page.locator("#reply-text").fill("A medio escribir")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('news'))")
    page.locator(f"#open-{other.id}").click()
    page.locator(f'.case[data-case="{other.id}"]').wait_for()
    text = page.locator("#reply-text")
    becomes(page, text.input_value, "")
    page.locator(f"#open-{case.id}").click()
    page.locator(f'.case[data-case="{case.id}"]').wait_for()
    becomes(page, text.input_value, "A medio escribir")
    enter(ADMIN).post(f"/cases/{case.id}/replies", text="Yo me encargo", **{"as": "note"})
    page.locator("[data-send]").click()
    page.locator(".stale").wait_for()
    assert "Yo me encargo" in page.locator(".stale").inner_text()
    becomes(page, text.input_value, "A medio escribir")
    assert _states(case) == []


def test_who_presses_the_tab_that_is_chosen_writes_and_presses_no_keys(
    page: "Page", open_as: Open
) -> None:
    case = case_about("Factura")
    open_as(ANA, f"/cases/{case.id}")
    for tab, typed in (("#mode-answer", "e"), ("#mode-note", "w"), ("#mode-note", "e")):
        page.locator(f"label:has({tab})").click()
        page.keyboard.type(typed)
    assert page.locator("#reply-text").input_value() == "we"
    assert page.locator('[name="aside"]').input_value() == "e"
    page.locator("[data-bring]").click()
    assert page.locator("#reply-text").input_value() == "we\n\ne"
    page.set_viewport_size({"width": 320, "height": 640})
    page.locator("label:has(#mode-forward)").click()
    assert page.locator("#mode-forward").is_checked()


def test_a_session_that_ends_while_writing_loses_nothing(page: "Page", open_as: Open) -> None:
    case = case_about("Factura")
    open_as(ANA, f"/cases/{case.id}")
    page.locator("#reply-text").fill("Larga respuesta")
    page.context.clear_cookies(name="tregua_session")
    asks = "document.body.dispatchEvent(new CustomEvent('news'))"
    with page.expect_response("**/inbox/all/news?*"):
        page.evaluate(asks)
    assert page.locator("#sign-in-again").count() == 0
    page.locator("[data-send]").click()
    page.locator("#sign-in-again").wait_for()
    page.locator("#password:focus").wait_for()
    assert page.locator("#address").input_value() == ANA
    page.locator("#address").fill("An")
    with page.expect_response("**/inbox/all/news?*"):
        page.evaluate(asks)
    page.wait_for_timeout(100)
    assert page.locator("#address").input_value() == "An"
    assert page.locator("#reply-text").input_value() == "Larga respuesta"
    page.locator("#address").fill(ANA)
    page.locator("#password").fill(PASSWORD)
    page.locator("#sign-in-again .is-primary").click()
    page.locator("#sign-in-again").wait_for(state="detached")
    page.locator("[data-send]").click()
    page.locator("#undo").wait_for()
    assert _states(case) == [Sent.PENDING]


def test_back_forward_and_reload_show_whole_pages(
    page: "Page", open_as: Open, faults: list[str]
) -> None:
    open_as(ADMIN, "/inbox/all")
    links = page.locator("#rows .row-link")
    links.nth(0).click()
    page.locator("#reader .case").wait_for()
    first = open_case(page)
    wait_until(page, lambda: f"#{first} " in page.title())
    title = page.title()
    links.nth(1).click()
    page.locator(f'.case:not([data-case="{first}"])').wait_for()
    page.go_back()
    page.locator(f'.case[data-case="{first}"]').wait_for()
    becomes(page, page.title, title)
    assert page.locator("#rows").count() == page.locator(".top").count() == 1
    page.reload()
    assert open_case(page) == first
    page.go_back()
    page.locator("#reader .empty").wait_for()
    becomes(page, page.locator(".top").count, 1)
    assert faults == []


def test_everything_needed_works_without_scripts(chromium: "Browser", site: str) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="es-ES")
    page = context.new_page()
    page.goto(f"{site}/inbox/all")
    page.locator("#address").fill(ANA)
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="Entrar").click()
    case = case_about("Factura")
    page.locator(f"#open-{case.id}").click()
    page.locator("#reply-text").fill("Recibida, gracias.")
    page.get_by_role("button", name="Enviar", exact=True).click()
    assert "Recibida, gracias." in page.locator(".message.is-agent").inner_text()
    page.get_by_role("button", name="Deshacer").click()
    becomes(page, page.locator("#reply-text").input_value, "Recibida, gracias.")
    page.get_by_role("button", name="Cerrar", exact=True).click()
    page.wait_for_url("**done=closed.*")
    assert _state(str(case.id)) is State.CLOSED
    page.locator("#q").fill("tornillo")
    page.locator("#q").press("Enter")
    page.wait_for_url("**/search?q=tornillo")
    assert page.locator(".row").count() == 1
    context.close()


def test_a_hostile_mail_runs_nothing_and_asks_nobody(
    page: "Page", open_as: Open, site: str, faults: list[str]
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(f"dialog {dialog.message}"))
    case = case_about("Factura")
    with reading() as session:
        number = session.scalars(
            select(Message.id).where(Message.case_id == case.id, Message.has_html)
        ).one()
    open_as(ADMIN, f"/cases/{case.id}?html={number}")
    frame = page.frame_locator("iframe.mail-frame")
    frame.get_by_text("Concepto").wait_for()
    page.wait_for_timeout(300)
    assert all(url.startswith((site, "data:")) for url in asked), asked
    shown = page.locator("iframe.mail-frame")
    wait_until(page, lambda: 80 <= (shown.bounding_box() or {"height": 0})["height"] < 380)
    assert faults == []


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("path", ["/inbox/all", "/cases/1", "/contacts/1", "/exclusions"])
def test_a_phone_shows_one_pane_and_nothing_sticks_out(
    page: "Page", open_as: Open, width: int, path: str
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    open_as(ADMIN, path)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    panes = page.locator(".pane:visible").count()
    assert panes == (1 if "inbox" in path or "cases/" in path else 0)
    small = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, summary, select')]
            .filter((one) => one.offsetParent && !one.closest('p, .text, td, .plain, h3'))
            .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
            .filter(([, box]) => box.width > 0 && (box.height < 23.5 || box.width < 23.5))
            .map(([name]) => name)"""
    )
    assert small == []


def test_long_names_and_words_push_nothing_out(page: "Page", open_as: Open) -> None:
    page.set_viewport_size({"width": 1024, "height": 800})
    with reading() as session:
        number = session.scalars(
            select(Case.id).where(Case.subject.startswith("El pedido 4711-2026-ES"))
        ).one()
    open_as(ADMIN, f"/cases/{number}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1024
    assert re.match(r"#\d+", page.locator("#h-case").inner_text())
