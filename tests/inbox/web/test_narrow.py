"""Where a case opens and where its line is, in a real browser, on a phone and beside a list."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from cases import Direction, Message, Origin, clock
from cases.db import transaction
from tests.inbox.web.conftest import case_about
from tests.inbox.web.slow_answers import comes_true
from tests.seeding import ANA

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Open = Callable[..., None]
PHONE = {"width": 390, "height": 800}
LOW = {"width": 1280, "height": 500}


def test_a_case_opens_at_what_was_said_last_on_a_phone_too(page: "Page", open_as: Open) -> None:
    case = case_about("Factura")
    with transaction() as session:
        for n in range(20):
            at = clock.now() + timedelta(seconds=n)
            told = {"case_id": case.id, "direction": Direction.IN, "origin": Origin.CUSTOMER}
            session.add(Message(**told, text=f"Sigo esperando, vez {n}.", arrived_at=at))
    page.set_viewport_size(PHONE)
    open_as(ANA, f"/cases/{case.id}")
    last = page.get_by_text("Sigo esperando, vez 19.").last
    assert comes_true(page, lambda: 0 < top_of(last) < PHONE["height"] / 2)


def top_of(place: "Locator") -> float:
    """How far below the top of the window it begins, or 0 where it is not shown."""
    return (place.bounding_box() or {"y": 0})["y"]


def is_seen_as_a_whole(page: "Page", panel: str) -> bool:
    """Whether the panel comes to be within the page's sides, and the page stays where it was."""
    within = "at => { const { left, right } = document.querySelector(at).getBoundingClientRect();"
    within += " return left >= 0 && right > left && right <= innerWidth"
    within += " && !document.body.scrollLeft && !document.documentElement.scrollLeft; }"
    return comes_true(page, lambda: page.evaluate(within, panel))


def test_what_opens_at_the_right_edge_is_seen_as_a_whole(page: "Page", open_as: Open) -> None:
    page.set_viewport_size(PHONE)
    open_as(ANA, f"/cases/{case_about('Factura').id}")
    for name in ("assignee", "type", "mood", "tags"):
        page.locator(f"#drop-{name} > summary").click()
        assert is_seen_as_a_whole(page, f"#drop-{name} .drop-panel")
        page.locator(f"#drop-{name} > summary").click()
    page.locator("#drop-tags .drop-panel").wait_for(state="hidden")
    # By its key the focus goes into it at once, which must not draw the page along.
    page.keyboard.press("l")
    page.locator("#drop-tags input[name=add]:focus").wait_for()
    assert is_seen_as_a_whole(page, "#drop-tags .drop-panel")


def test_who_comes_by_an_address_sees_its_line_in_the_list(page: "Page", open_as: Open) -> None:
    page.set_viewport_size(LOW)
    open_as(ANA, "/inbox/all")
    last = page.locator("#rows .row-link").last.get_attribute("href") or ""
    page.goto(page.url.partition("/inbox")[0] + last)
    line = page.locator('#rows [aria-current="true"]')
    assert comes_true(page, lambda: 0 < top_of(line) < LOW["height"])
