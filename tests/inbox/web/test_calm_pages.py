"""Pages stay calm: marks come late and always go, what happens elsewhere is told seldom."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from flask import Flask

from tests.inbox.web.conftest import Enter, case_about
from tests.inbox.web.slow_answers import Clock, Held, becomes, open_case, press, wait_until
from tests.seeding import ADMIN, ANA, BEA
from tests.servers.chromium import VIEWPORT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

Open = Callable[..., None]
NEWS = "document.body.dispatchEvent(new CustomEvent('news'))"
BUSY = "[...document.querySelectorAll('[aria-busy]')].map((one) => one.id || one.tagName)"
WATCH = """() => { window.heard = []; for (const id of ["told", "toasts"]) {
    const place = document.getElementById(id);
    const said = () => [place.textContent.trim()].filter(Boolean);
    const note = () => said().forEach((text) => heard.push([id, text]));
    new MutationObserver(note).observe(place, { childList: true, subtree: true }); } }"""


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
    wait_until(page, lambda: held.waiting)
    assert page.evaluate(BUSY) == []
    clock.go(60)
    assert page.evaluate(BUSY) == [rows.nth(0).get_attribute("id"), "reader"]
    # Another one is asked for instead; the connection of that one breaks.
    rows.nth(1).click()
    clock.go(200)
    marked = [rows.nth(1).get_attribute("id"), "reader"]
    clock.until(lambda: len(held.waiting) == 2 and page.evaluate(BUSY) == marked)
    held.waiting[1].abort()
    clock.until(lambda: page.evaluate(BUSY) == [])
    page.locator("#alerts:has-text('Sin conexión')").wait_for()
    rows.nth(0).click()
    clock.go(200)
    clock.until(lambda: len(held.waiting) == 3)
    held.waiting[2].continue_()
    clock.until(lambda: open_case(page) and page.evaluate(BUSY) == [])
    # A refusal goes elsewhere than where the mark is; and what is pressed twice is sent once.
    page.context.clear_cookies(name="tregua_session")
    page.locator("#close-case").dblclick()
    clock.go(200)
    clock.until(lambda: len(held.waiting) == 4 and page.evaluate(BUSY) == ["FORM"])
    held.waiting[3].continue_()
    clock.until(page.locator("#sign-in-again").count)
    clock.go(200)
    clock.until(lambda: page.evaluate(BUSY) == [])
    assert len(held.waiting) == 4


def test_what_happens_elsewhere_is_told_once_in_five_seconds_and_own_commands_at_once(
    page: "Page", open_as: Open, clock: Clock, enter: Enter
) -> None:
    case, admin = case_about("Factura"), enter(ADMIN)
    admin.post(f"/cases/{case.id}/presence", doing="left")
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
    page.locator("#reader:not(:has(.htmx-request))").wait_for()
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
    closed = open_case(page)
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
    press(page)
    assert warned == []
    page.evaluate(STEAL)
    becomes(page, lambda: warned, ["The focus fell to the page after a swap of reader"])
    becomes(page, lambda: page.evaluate("document.activeElement.id"), "h-case")


def test_whoever_uses_the_pages_finds_no_words_for_developers(
    page: "Page", open_as: Open, warned: list[str]
) -> None:
    open_as(ANA, f"/cases/{case_about('Factura').id}")
    page.evaluate(STEAL)
    becomes(page, lambda: page.evaluate("document.activeElement.id"), "h-case")
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
        clock.until(lambda before=before: open_case(page) not in ("", before))
        before = open_case(page)
        page.evaluate("document.body.dispatchEvent(new CustomEvent('presence'))")
    assert [one for one in asked if one[0] == "POST"] == []
    assert len(asked) <= 1
    with page.expect_response(lambda one: one.request.method == "POST" and "/presence" in one.url):
        clock.go(1000)
    last = open_case(page)
    assert [path for method, path in asked if method == "POST"] == [f"cases/{last}/presence"]
    wait_until(page, lambda: last in asked[-1][1] and asked[-1][0] == "GET")
    looks = [path for method, path in asked if method == "GET"]
    assert len(looks) <= 2
    assert last in looks[-1].split("=")[1].split(",")
    shown = enter(BEA).get(f"/presence?cases={last}", partial=True).text
    assert "Ana Belén" in shown


def test_a_stream_that_was_refused_is_asked_for_again(
    page: "Page", open_as: Open, clock: Clock
) -> None:
    held = Held(page, lambda request: request.url.endswith("/events"))
    open_as(ANA, "/inbox/all")
    wait_until(page, lambda: held.waiting)
    held.waiting[0].fulfill(status=502, body="")
    page.locator("html[data-live=off]").wait_for()
    clock.go(61_000)
    wait_until(page, lambda: len(held.waiting) == 2)
    held.waiting[1].continue_()
    page.locator("html[data-live=on]").wait_for()
    assert len(held.waiting) == 2


@pytest.mark.nightly
def test_a_page_that_is_worked_in_all_day_grows_no_heavier(page: "Page", open_as: Open) -> None:
    open_as(ANA, "/inbox/all")
    rows = page.locator("#rows .row-link[data-htmx-powered]")
    cdp = page.context.new_cdp_session(page)
    cdp.send("Performance.enable")
    heard = []
    for turn in range(48):
        before = open_case(page) if turn else ""
        rows.nth(turn % 2).click()
        page.locator(f"#reader .case:not([data-case='{before}'])").wait_for()
        page.locator("#list:not(:has(.htmx-request))").wait_for()
        page.evaluate(NEWS)
        if turn % 16 == 15:
            page.wait_for_timeout(500)
            cdp.send("HeapProfiler.collectGarbage")
            figures = cdp.send("Performance.getMetrics")["metrics"]
            heard.append({one["name"]: one["value"] for one in figures})
    assert [one["JSEventListeners"] for one in heard] == [heard[0]["JSEventListeners"]] * 3
    assert heard[2]["Nodes"] < 1.1 * heard[0]["Nodes"]
