"""Pages stay calm: marks come late and always go, what happens elsewhere is told seldom."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from sqlalchemy import delete, select

from cases import Message
from cases.db import reading, transaction
from inbox.web.sessions import WebSession
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ADMIN, ANA, BEA, PASSWORD
from tests.servers.chromium import VIEWPORT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request, Route

Open = Callable[..., None]
NEWS = "document.body.dispatchEvent(new CustomEvent('news'))"
BUSY = "[...document.querySelectorAll('[aria-busy]')].map((one) => one.id || one.tagName)"
WATCH = """() => { window.heard = []; for (const id of ["told", "toasts"]) {
    const place = document.getElementById(id);
    const said = () => [place.textContent.trim()].filter(Boolean);
    const note = () => said().forEach((text) => heard.push([id, text]));
    new MutationObserver(note).observe(place, { childList: true, subtree: true }); } }"""


class Clock:
    """The page's own clock, which stands still unless it is told to go."""

    def __init__(self, page: "Page") -> None:
        self._page = page
        page.clock.install()

    def stop(self) -> None:
        self._page.clock.pause_at(self._page.evaluate("Date.now()") + 1000)

    def go(self, milliseconds: int) -> None:
        self._page.clock.run_for(milliseconds)

    def until(self, true: Callable[[], object]) -> None:
        """Let answers arrive, with hardly any time passing in the page."""
        for _ in range(300):
            if true():
                return
            self.go(2)
            self._page.wait_for_timeout(10)
        raise AssertionError("it did not happen")


@pytest.fixture
def page(chromium: "Browser") -> Iterator["Page"]:
    """A page of a browser of its own: a clock that stands still does so in all its pages."""
    context = chromium.new_context(viewport=VIEWPORT)
    made = context.new_page()
    yield made
    made.unroute_all(behavior="ignoreErrors")
    context.close()


@pytest.fixture
def clock(page: "Page") -> Clock:
    return Clock(page)


def _wait(page: "Page", true: Callable[[], object]) -> None:
    for _ in range(200):
        if true():
            return
        page.wait_for_timeout(25)
    raise AssertionError("it did not happen")


def _open_case(page: "Page") -> str:
    return page.locator("#reader .case").get_attribute("data-case") or ""


class Held:
    """Requests that are kept waiting."""

    def __init__(self, page: "Page", which: Callable[["Request"], bool]) -> None:
        self.waiting: list[Route] = []
        page.route(lambda _url: True, lambda route: self._take(route, which) if route else None)

    def _take(self, route: "Route", which: Callable[["Request"], bool]) -> None:
        if which(route.request):
            self.waiting.append(route)
        else:
            route.continue_()


def _reads(request: "Request") -> bool:
    return "x-ahead" not in request.headers and "/cases/" in request.url and "?" in request.url


def test_what_takes_long_is_marked_and_no_mark_stays(
    page: "Page", open_as: Open, clock: Clock
) -> None:
    open_as(ANA, "/inbox/all")
    clock.stop()
    held = Held(page, lambda request: _reads(request) or request.url.endswith("/closure"))
    rows = page.locator("#rows .row-link[data-htmx-powered]")
    rows.nth(0).click()
    clock.go(140)
    clock.until(lambda: held.waiting)
    assert page.evaluate(BUSY) == []
    clock.go(60)
    assert page.evaluate(BUSY) == [rows.nth(0).get_attribute("id"), "reader"]
    # Another one is asked for instead; the connection of that one breaks.
    rows.nth(1).click()
    clock.go(200)
    clock.until(lambda: len(held.waiting) == 2)
    assert page.evaluate(BUSY) == [rows.nth(1).get_attribute("id"), "reader"]
    held.waiting[1].abort()
    clock.until(lambda: page.evaluate(BUSY) == [])
    assert "Sin conexión" in page.locator("#alerts").inner_text()
    rows.nth(0).click()
    clock.go(200)
    clock.until(lambda: len(held.waiting) == 3)
    held.waiting[2].continue_()
    clock.until(lambda: _open_case(page) and page.evaluate(BUSY) == [])
    # A refusal goes elsewhere than where the mark is; and what is pressed twice is sent once.
    page.context.clear_cookies(name="tregua_session")
    page.locator("#close-case").dblclick()
    clock.go(200)
    clock.until(lambda: len(held.waiting) == 4)
    assert page.evaluate(BUSY) == ["FORM"]
    held.waiting[3].continue_()
    clock.until(page.locator("#sign-in-again").count)
    clock.go(200)
    assert page.evaluate(BUSY) == []
    assert len(held.waiting) == 4


def test_a_case_that_comes_late_is_not_shown_over_the_one_that_was_chosen_since(
    page: "Page", open_as: Open
) -> None:
    held = Held(page, lambda request: "x-ahead" in request.headers)
    open_as(ANA, "/inbox/all")
    rows = page.locator("#rows .row-link[data-htmx-powered]")
    rows.nth(0).click()
    page.locator("#reader .case").wait_for()
    first, title = _open_case(page), page.title()
    _wait(page, lambda: held.waiting)
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.locator("#rows:not(:has(.htmx-request))").wait_for()
    assert _open_case(page) == first
    held.waiting[0].continue_()
    page.wait_for_timeout(150)
    assert (_open_case(page), page.title()) == (first, title)
    assert page.url.endswith(f"/cases/{first}?in=all&sort=due")


def test_what_happens_elsewhere_is_told_once_in_five_seconds_and_own_commands_at_once(
    page: "Page", open_as: Open, clock: Clock, enter: Enter
) -> None:
    case, admin = case_about("Factura"), enter(ADMIN)
    open_as(ANA, f"/cases/{case.id}")
    page.evaluate(WATCH)
    page.locator("#reply-text").focus()
    clock.stop()

    def news(number: int) -> None:
        admin.post(f"/cases/{case.id}/replies", text=f"{number}", **{"as": "note"})
        with page.expect_response("**/cases/*/news?*"):
            page.evaluate(NEWS)
        bar = page.locator(f"#case-news:has-text('{number} mensaje')")
        clock.until(bar.count)

    def told() -> list[str]:
        return [text for place, text in page.evaluate("heard") if place == "told"]

    news(1)
    clock.until(told)
    clock.go(400)
    assert told() == ["1 mensaje nuevo"]
    news(2)
    news(3)
    clock.go(3000)
    assert told() == ["1 mensaje nuevo"]
    assert page.evaluate("document.activeElement.id") == "reply-text"
    page.locator("#take").click()
    clock.until(lambda: "toasts" in dict(page.evaluate("heard")))
    assert len(told()) == 1
    clock.go(5000)
    # One's own command showed the case anew, so that its news are news no more.
    assert len(told()) == 1
    news(1)
    news(2)
    clock.go(5000)
    assert told()[1:] == ["2 mensajes nuevos"]


@pytest.fixture
def warned(page: "Page") -> list[str]:
    heard: list[str] = []
    page.on("console", lambda said: heard.append(said.text) if said.type == "warning" else None)
    return heard


@pytest.fixture
def developing(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "DEBUG", True)


STEAL = """() => { document.querySelector(".case-side a").focus();
    const where = { source: "#feed", target: "#reader", swap: "innerHTML" };
    return htmx.ajax("GET", location.pathname, where); }"""


def _walk(page: "Page") -> None:
    """What an agent does with a case, each with the button under the focus."""
    page.locator("#take").press("Enter")
    page.locator("#take").wait_for(state="detached")
    for drop, choice in (("type", "button[name=type]"), ("mood", "button[name=mood]")):
        page.locator(f"#drop-{drop} > summary").press("Enter")
        page.locator(f"#drop-{drop} {choice}").first.press("Enter")
        page.locator(f"#drop-{drop}:not([open])").wait_for()
    closed = _open_case(page)
    page.locator("#close-case").press("Enter")
    page.locator(f"#reader .case:not([data-case='{closed}'])").wait_for()
    page.locator("#undo").press("Enter")
    page.locator("#toasts:has-text('abierto de nuevo')").wait_for()
    page.locator("#drop-snooze > summary").press("Enter")
    page.locator("#drop-snooze button[name=preset]").first.press("Enter")
    page.locator("#toasts:has-text('pospuesto')").wait_for()
    page.locator("label:has(#mode-note)").click()
    page.keyboard.type("Lo miro yo")
    page.keyboard.press("Control+Enter")
    page.locator(".message.is-note:has-text('Lo miro yo')").wait_for()
    page.evaluate(NEWS)
    page.keyboard.press("Escape")
    page.keyboard.press("z")
    page.locator("#rows .row-link").first.press("Enter")


def test_no_swap_takes_the_focus_from_under_somebodys_hands(
    page: "Page", open_as: Open, warned: list[str], developing: None
) -> None:
    open_as(ANA, f"/cases/{case_about('Factura').id}?in=all&sort=due")
    _walk(page)
    page.wait_for_timeout(200)
    assert page.evaluate("document.activeElement !== document.body")
    assert warned == []
    page.evaluate(STEAL)
    assert warned == ["The focus fell to the page after a swap of reader"]
    assert page.evaluate("document.activeElement.id") == "h-case"


def test_whoever_uses_the_pages_finds_no_words_for_developers(
    page: "Page", open_as: Open, warned: list[str]
) -> None:
    open_as(ANA, f"/cases/{case_about('Factura').id}")
    page.evaluate(STEAL)
    assert page.evaluate("document.activeElement.id") == "h-case"
    assert warned == []


def test_who_runs_through_a_list_asks_for_colleagues_once_and_is_seen_where_they_rest(
    page: "Page", open_as: Open, clock: Clock, enter: Enter
) -> None:
    open_as(ANA, "/inbox/all")
    clock.go(2000)
    clock.stop()
    asked: list[tuple[str, str]] = []
    page.on(
        "request",
        lambda one: "/presence" in one.url and asked.append((one.method, one.url.split("/", 3)[3])),
    )
    before = ""
    for _ in range(8):
        page.keyboard.press("j")
        clock.until(lambda before=before: _open_case(page) not in ("", before))
        before = _open_case(page)
        page.evaluate("document.body.dispatchEvent(new CustomEvent('presence'))")
    assert [one for one in asked if one[0] == "POST"] == []
    assert len(asked) <= 1
    clock.go(1000)
    last = _open_case(page)
    assert [path for method, path in asked if method == "POST"] == [f"cases/{last}/presence"]
    looks = [path for method, path in asked if method == "GET"]
    assert len(looks) <= 2
    assert last in looks[-1].split("=")[1].split(",")
    shown = enter(BEA).get(f"/presence?cases={last}", partial=True).text
    assert "Ana Belén" in shown


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
    for _ in range(2):
        page.keyboard.press("j")
        page.locator("#rows:not(:has(.htmx-request))").wait_for()
    page.locator("#reader .case").wait_for()
    second = _open_case(page)
    page.go_back()
    page.locator(f"#reader .case:not([data-case='{second}'])").wait_for()
    page.keyboard.press("Control+k")
    page.keyboard.type("Problemas")
    page.locator("#palette-list .option:first-child:has-text('Problemas')").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/failures")
    assert faults == []


def test_of_two_answers_the_later_one_is_shown_whichever_comes_last(
    page: "Page", open_as: Open
) -> None:
    late: list[Callable[[], None]] = []

    def answer_late(route: "Route") -> None:
        answer = route.fetch()
        late.append(lambda: route.fulfill(response=answer))

    open_as(ANA, f"/cases/{case_about('Factura').id}")
    page.route("**/assignee", answer_late)
    page.locator("#take").click()
    _wait(page, lambda: late)
    page.locator("#drop-mood > summary").click()
    page.locator("#drop-mood button[value=negative]").click()
    mood = page.locator("#drop-mood > summary:has-text('Molesto')")
    mood.wait_for()
    late[0]()
    page.locator("#toasts:has-text('nuevo responsable')").wait_for()
    assert mood.count() == 1
    assert page.locator("#drop-assignee > summary").inner_text().startswith("Ana Belén")


def test_a_stream_that_was_refused_is_asked_for_again(
    page: "Page", open_as: Open, clock: Clock
) -> None:
    held = Held(page, lambda request: request.url.endswith("/events"))
    open_as(ANA, "/inbox/all")
    _wait(page, lambda: held.waiting)
    held.waiting[0].fulfill(status=502, body="")
    page.locator("html[data-live=off]").wait_for()
    clock.go(61_000)
    _wait(page, lambda: len(held.waiting) == 2)
    held.waiting[1].continue_()
    page.locator("html[data-live=on]").wait_for()


def test_who_signs_in_again_in_one_tab_has_done_so_in_all(page: "Page", open_as: Open) -> None:
    open_as(ANA, f"/cases/{case_about('Factura').id}")
    other = page.context.new_page()
    other.goto(page.url)
    with transaction() as session:
        session.execute(delete(WebSession))
    page.locator("#take").click()
    page.locator("#password:focus").wait_for()
    page.locator("#password").fill(PASSWORD)
    page.locator("#sign-in-again .is-primary").click()
    page.locator("#sign-in-again").wait_for(state="detached")
    fresh = page.locator("meta[name=csrf]").get_attribute("content")
    _wait(other, lambda: other.locator("meta[name=csrf]").get_attribute("content") == fresh)
    other.locator("#close-case").click()
    other.locator("#toasts:has-text('cerrado')").wait_for()
