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
from tests.inbox.web.slow_answers import becomes
from tests.seeding import ANA, BEA

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Window = Callable[[str], "Page"]
SOON = 10_000


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


def test_two_people_in_a_case_see_each_other_and_the_second_answer_waits(
    window: Window, site: str
) -> None:
    case = case_about("Factura")
    ana, bea = window(ANA), window(BEA)
    ana.goto(f"{site}/cases/{case.id}")
    ana.locator("html[data-live='on']").wait_for()
    bea.goto(f"{site}/cases/{case.id}")
    # Who looked at it in another test a moment ago may still be shown beside her. Without the
    # stream pages ask twice a minute.
    ana.locator(f"#here-{case.id} .face", has_text="Bea Soto").wait_for(timeout=SOON)
    bea.locator("#reply-text").press_sequentially("Hola")
    ana.locator(f"#row-here-{case.id} .is-writing").wait_for(timeout=SOON)
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
    becomes(second, second.locator("#reply-text").input_value, "Primera versión")
    second.locator("#reply-text").fill("Segunda versión")
    second.get_by_text("Guardado a las").wait_for()
    becomes(second, second.locator("form.write [name=version]").input_value, "2")
    first.locator("#reply-text").fill("Primera versión, corregida")
    first.locator("[data-conflict]").wait_for()
    assert "Segunda versión" in first.locator("[data-other]").inner_text()
    assert first.locator("#reply-text").input_value() == "Primera versión, corregida"
    first.locator("[data-keep-mine]").click()
    becomes(first, first.locator("form.write [name=version]").input_value, "3")
    first.locator("#reply-text").fill("Primera versión, y una palabra más")
    first.reload()
    becomes(first, first.locator("#reply-text").input_value, "Primera versión, y una palabra más")
    with reading() as session:
        assert session.scalars(select(Unsent.text)).one().endswith("palabra más")
