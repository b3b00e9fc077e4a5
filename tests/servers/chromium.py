"""Debian's Chromium without a window, driven by Playwright."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

PROGRAM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
VIEWPORT: "ViewportSize" = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def chromium() -> "Iterator[Browser]":
    """One browser for the whole session; ask it for contexts and pages."""
    # Loading it takes half a second that tests without a browser should not pay.
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _context_of_the_session(chromium: "Browser") -> "Iterator[BrowserContext]":
    context = chromium.new_context(viewport=VIEWPORT)
    yield context
    context.close()


@pytest.fixture
def page(_context_of_the_session: "BrowserContext") -> "Iterator[Page]":
    """A fresh page with no cookies; what sites keep goes by their port, which is new each time."""
    context = _context_of_the_session
    yield context.new_page()
    for opened in context.pages:
        opened.close()
    context.clear_cookies()
