"""Answers that come late, twice, from elsewhere or not at all: nothing is lost or shown wrongly."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from cases import Message
from cases.db import reading, transaction
from inbox.web.signin.sessions import WebSession
from tests.inbox.web.conftest import Enter, case_about
from tests.inbox.web.slow_answers import Held, Late, becomes, open_case, press, wait_until
from tests.seeding import ADMIN, ANA, PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., None]


def test_a_case_that_comes_late_is_not_shown_over_the_one_that_was_chosen_since(
    page: "Page", open_as: Open
) -> None:
    held = Held(page, lambda request: "x-ahead" in request.headers)
    open_as(ANA, "/inbox/all")
    rows = page.locator("#rows .row-link[data-htmx-powered]")
    rows.nth(0).click()
    page.locator("#reader .case").wait_for()
    wait_until(page, lambda: held.waiting and f"#{open_case(page)} " in page.title())
    first, title = open_case(page), page.title()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.locator("#rows:not(:has(.htmx-request))").wait_for()
    assert open_case(page) == first
    held.waiting[0].continue_()
    page.wait_for_timeout(150)
    assert (open_case(page), page.title()) == (first, title)
    assert page.url.endswith(f"/cases/{first}?in=all&sort=due")


def test_of_two_answers_the_later_one_is_shown_whichever_comes_last(
    page: "Page", open_as: Open
) -> None:
    open_as(ANA, f"/cases/{case_about('Factura').id}")
    late = Late(page, "**/assignee")
    page.locator("#take").click()
    wait_until(page, lambda: late.waiting)
    page.locator("#drop-mood > summary").click()
    page.locator("#drop-mood button[value=negative]").click()
    mood = page.locator("#drop-mood > summary:has-text('Molesto')")
    mood.wait_for()
    late.waiting[0]()
    page.locator("#toasts:has-text('nuevo responsable')").wait_for()
    assert mood.count() == 1
    page.locator("#drop-assignee > summary:has-text('Ana Belén')").wait_for()


def test_what_was_shown_meanwhile_is_no_news(page: "Page", open_as: Open, enter: Enter) -> None:
    case = case_about("Factura")
    open_as(ANA, f"/cases/{case.id}")
    enter(ADMIN).post(f"/cases/{case.id}/replies", text="Lo miro yo", **{"as": "note"})
    page.locator("#case-news:not(.htmx-request)").wait_for(state="attached")
    news = Late(page, "**/news?seen=*")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('news'))")
    wait_until(page, lambda: news.waiting)
    page.locator("#take").click()
    page.locator(".message.is-note:has-text('Lo miro yo')").wait_for()
    with page.expect_request_finished(lambda asked: "/news?seen=" in asked.url):
        news.waiting[0]()
    page.wait_for_timeout(100)
    assert page.locator("#case-news").inner_text() == ""


def test_who_signs_in_again_in_one_tab_has_done_so_in_all(page: "Page", open_as: Open) -> None:
    case = case_about("Factura")
    open_as(ANA, f"/cases/{case.id}")
    other = page.context.new_page()
    other.goto(page.url)
    with transaction() as session:
        session.execute(delete(WebSession))
    token = page.locator("meta[name=csrf]")
    stale = token.get_attribute("content")
    page.locator("#take").click()
    page.locator("#password:focus").wait_for()
    page.locator("#password").fill(PASSWORD)
    page.locator("#sign-in-again .is-primary").click()
    page.locator("#sign-in-again").wait_for(state="detached")
    wait_until(page, lambda: token.get_attribute("content") != stale)
    fresh = token.get_attribute("content")
    becomes(other, lambda: other.locator("meta[name=csrf]").get_attribute("content"), fresh)
    other.locator("#close-case").click()
    other.locator("#toasts:has-text('cerrado')").wait_for()
    assert not case_about("Factura").is_open


def test_an_answer_waits_for_its_files_also_where_the_session_ended_meanwhile(
    page: "Page", open_as: Open
) -> None:
    case = case_about("Factura")
    open_as(ANA, f"/cases/{case.id}")
    page.locator("#reply-text").fill("Va la factura.")
    page.context.clear_cookies(name="tregua_session")
    file = {"name": "factura.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    page.locator(".attach input").set_input_files(file)
    page.locator("#sign-in-again").wait_for()
    page.locator("[data-saved]:has-text('Sin guardar todavía')").wait_for()
    held = Held(page, lambda request: request.url.endswith("/draft/files"))
    page.locator("#password").fill(PASSWORD)
    page.locator("#sign-in-again .is-primary").click()
    page.locator("#sign-in-again").wait_for(state="detached")
    page.locator("[data-send]").click()
    page.locator("[data-saved]:has-text('Guardando')").wait_for()
    wait_until(page, lambda: held.waiting)
    assert page.locator("#undo").count() == 0
    held.waiting[0].continue_()
    page.locator("#undo").wait_for()
    with reading() as session:
        sent = select(Message).where(Message.case_id == case.id).order_by(Message.id.desc())
        message = session.scalars(sent).first()
        assert message is not None
        assert (message.text, message.attachments[0]["name"]) == ("Va la factura.", "factura.pdf")


def test_after_going_back_everything_still_works(
    page: "Page", open_as: Open, faults: list[str]
) -> None:
    open_as(ADMIN, "/inbox/all")
    page.locator("#rows .row-link[data-htmx-powered]").first.wait_for()
    press(page, "j", until=page.locator("#reader .case").count)
    first = open_case(page)
    press(page, "j", until=lambda: open_case(page) != first)
    second = open_case(page)
    page.go_back()
    page.locator(f"#reader .case:not([data-case='{second}'])").wait_for()
    # To go back is to load the page anew, and letters that come before its scripts are lost.
    page.wait_for_load_state()
    page.locator("#feed[data-htmx-powered]").wait_for(state="attached")
    page.keyboard.press("Control+k")
    page.locator("#palette-input:focus").wait_for()
    page.keyboard.type("Problemas")
    page.locator("#palette-list .option:first-child:has-text('Problemas')").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/failures")
    assert faults == []


def test_a_server_that_is_away_leaves_the_page_as_it_was(page: "Page", open_as: Open) -> None:
    case, other = case_about("Factura"), case_about("¿Tenéis tienda en Valencia?")
    open_as(ANA, f"/cases/{case.id}")
    page.locator("#reply-text").fill("A medias")
    page.route(f"**/cases/{other.id}?*", lambda route: route.fulfill(status=502, body="<h1>x</h1>"))
    where, title = page.url, page.title()
    page.locator(f"#open-{other.id}[data-htmx-powered]").click()
    page.locator("#alerts:has-text('Sin conexión')").wait_for()
    assert (page.url, page.title(), open_case(page)) == (where, title, str(case.id))
    assert page.locator("#reply-text").input_value() == "A medias"
    page.unroute_all()
    page.locator("#alerts button").click()
    page.locator(f"#reader .case[data-case='{other.id}']").wait_for()
