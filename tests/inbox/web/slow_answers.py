"""For tests of pages: answers that are kept waiting, a clock that stands still, and patience."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request, Route

LOST = "document.activeElement === document.body"
BUSY = "document.querySelector('.htmx-request') !== null"
PATIENCE = 30
"""Seconds, as Playwright itself has them: only a test that fails ever waits so long."""


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
        ends = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < ends, "it did not happen"
            self.go(1)
            self._page.wait_for_timeout(10)


class Held:
    """Requests that are kept waiting."""

    def __init__(self, page: "Page", which: Callable[["Request"], bool]) -> None:
        self.waiting: list[Route] = []
        page.route("**", lambda route: self._take(route, which))

    def _take(self, route: "Route", which: Callable[["Request"], bool]) -> None:
        if which(route.request):
            self.waiting.append(route)
        else:
            route.continue_()


class Late:
    """Answers that were given at once and arrive only when they are let go."""

    def __init__(self, page: "Page", path: str) -> None:
        self.waiting: list[Callable[[], None]] = []
        page.route(path, self._take)

    def _take(self, route: "Route") -> None:
        answer = route.fetch()
        self.waiting.append(lambda: route.fulfill(response=answer))


def comes_true(page: "Page", true: Callable[[], object]) -> bool:
    """Look until it is so, or patience ends."""
    ends = time.monotonic() + PATIENCE
    while not (so := bool(true())) and time.monotonic() < ends:
        page.wait_for_timeout(20)
    return so


def wait_until(page: "Page", true: Callable[[], object]) -> None:
    """Look until it is so."""
    assert comes_true(page, true), "it did not happen"


def becomes(page: "Page", said: Callable[[], object], wanted: object) -> None:
    """Look until it is that: what a click or a key does is done a moment later."""
    ends = time.monotonic() + PATIENCE
    while (found := said()) != wanted and time.monotonic() < ends:
        page.wait_for_timeout(20)
    assert found == wanted


def press(page: "Page", *keys: str, until: Callable[[], object] = lambda: True) -> None:
    """Press keys, wait for what they do, and see that the focus is somewhere."""
    for key in keys:
        page.keyboard.press(key)
    wait_until(page, lambda: until() and not page.evaluate(f"{LOST} || {BUSY}"))


def open_case(page: "Page") -> str:
    """The number of the case that is shown."""
    return page.locator("#reader .case").get_attribute("data-case") or ""
