"""Two people, two windows: each sees the other, the second answer waits, and no text is lost."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from cases import Direction, Message
from cases.db import reading
from cases.unsent import Unsent
from inbox.web import signin
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ANA, BEA

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Window = Callable[[str], "Page"]


@pytest.fixture
def window(chromium: "Browser", site: str, enter: Enter) -> Iterator[Window]:
    """A browser of its own for somebody."""
    contexts = []

    def opened(address: str) -> "Page":
        context = chromium.new_context(locale="es-ES")
        contexts.append(context)
        secret = enter(address).secret
        context.add_cookies([{"name": signin.COOKIE, "value": secret, "url": site}])
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def _until(page: "Page", what: str) -> None:
    """Wait until that is true in the page; its policy forbids what Playwright would do for it."""
    for _ in range(100):
        if page.evaluate(what):
            return
        page.wait_for_timeout(50)
    raise AssertionError(what)


def test_two_people_in_a_case_see_each_other_and_the_second_answer_waits(
    window: Window, site: str
) -> None:
    case = case_about("Factura")
    ana, bea = window(ANA), window(BEA)
    ana.goto(f"{site}/cases/{case.id}")
    ana.locator("html[data-live='on']").wait_for()
    bea.goto(f"{site}/cases/{case.id}")
    # Who looked at it in another test a moment ago may still be shown beside her.
    ana.locator(f"#here-{case.id} .face", has_text="Bea Soto").wait_for(timeout=2000)
    bea.locator("#reply-text").press_sequentially("Hola")
    ana.locator(f"#row-here-{case.id} .is-writing").wait_for(timeout=2000)
    ana.locator("#reply-text").fill("La factura sale mañana.")
    bea.locator("#reply-text").fill("Yo respondo.")
    bea.locator("[data-send]").click()
    bea.locator("#undo").wait_for()
    ana.locator("[data-send]").click()
    ana.locator(".stale").wait_for()
    assert "Yo respondo." in ana.locator(".stale").inner_text()
    assert ana.locator("#reply-text").input_value() == "La factura sale mañana."
    ana.locator("[data-send]").click()
    ana.locator("#undo").wait_for()
    with reading() as session:
        sent = select(Message.text).where(
            Message.case_id == case.id, Message.direction == Direction.OUT
        )
        assert list(session.scalars(sent.order_by(Message.id)))[-2:] == [
            "Yo respondo.",
            "La factura sale mañana.",
        ]


def test_a_text_survives_a_reload_and_two_windows_show_both(
    window: Window, site: str, chromium: "Browser"
) -> None:
    case = case_about("Factura")
    first = window(ANA)
    first.goto(f"{site}/cases/{case.id}")
    first.locator("#reply-text").fill("Primera versión")
    first.get_by_text("Guardado a las").wait_for()
    second = first.context.new_page()
    second.goto(f"{site}/cases/{case.id}")
    assert second.locator("#reply-text").input_value() == "Primera versión"
    second.locator("#reply-text").fill("Segunda versión")
    second.get_by_text("Guardado a las").wait_for()
    _until(second, "document.querySelector('form.write').elements.version.value === '2'")
    first.locator("#reply-text").fill("Primera versión, corregida")
    first.locator("[data-conflict]").wait_for()
    assert "Segunda versión" in first.locator("[data-other]").inner_text()
    assert first.locator("#reply-text").input_value() == "Primera versión, corregida"
    first.locator("[data-keep-mine]").click()
    first.get_by_text("Guardado a las").wait_for()
    first.locator("#reply-text").fill("Primera versión, y una palabra más")
    first.reload()
    _until(first, "document.querySelector('#reply-text').value.includes('una palabra más')")
    with reading() as session:
        assert session.scalars(select(Unsent.text)).one().endswith("palabra más")
