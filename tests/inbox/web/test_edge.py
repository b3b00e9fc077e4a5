"""The edge between list and case in a real browser: dragged, pushed by keys, kept, and still."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.inbox.web.conftest import case_about
from tests.inbox.web.slow_answers import becomes, wait_until
from tests.seeding import ANA

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., None]
REM = 15
KEPT = "**/preferences/width"
SHIFTS = """() => new Promise(done => {
  let moved = 0;
  new PerformanceObserver(list => list.getEntries().forEach(one => { moved += one.value; }))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(moved), 300);
})"""


def _wide(page: "Page") -> float:
    """How wide the list is, in rem."""
    box = page.locator("#list").bounding_box() or {}
    return round(box["width"] / REM, 2)


def _drag(page: "Page", by: int) -> None:
    box = page.locator("#list-edge").bounding_box() or {}
    x, y = box["x"] + 2, box["y"] + 400
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by / 2, y + 30)
    page.mouse.move(x + by, y + 30)
    page.mouse.up()


def test_the_list_is_dragged_as_wide_as_one_likes_and_stays_so(
    page: "Page", open_as: Open, faults: list[str]
) -> None:
    case = case_about("Factura")
    open_as(ANA, f"/cases/{case.id}")
    becomes(page, lambda: _wide(page), 24)
    with page.expect_response(KEPT) as kept:
        _drag(page, 5 * REM)
    assert kept.value.status == 204
    becomes(page, lambda: _wide(page), 29)
    edge = page.locator("#list-edge")
    becomes(page, lambda: edge.get_attribute("aria-valuenow"), "48")
    page.reload()
    becomes(page, lambda: _wide(page), 29)
    assert page.evaluate(SHIFTS) < 0.01
    _drag(page, -40 * REM)
    becomes(page, lambda: _wide(page), 17)
    with page.expect_response(KEPT):
        edge.dblclick()
    becomes(page, lambda: _wide(page), 24)
    assert faults == []


def test_the_edge_is_moved_by_keys_and_leaves_the_case_its_room(
    page: "Page", open_as: Open
) -> None:
    open_as(ANA, "/inbox/all")
    edge = page.locator("#list-edge")
    edge.focus()
    page.keyboard.press("ArrowRight")
    becomes(page, lambda: _wide(page), 25)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    becomes(page, lambda: _wide(page), 23)
    with page.expect_response(KEPT):
        page.keyboard.press("End")
    assert page.locator("#reader").bounding_box()["width"] >= 34 * REM - 1  # type: ignore[index]
    assert edge.get_attribute("aria-valuenow") == str(round((_wide(page) - 17) * 4))
    with page.expect_response(KEPT):
        page.keyboard.press("Home")
    becomes(page, lambda: (_wide(page), edge.get_attribute("aria-valuenow")), (17, "0"))
    page.set_viewport_size({"width": 390, "height": 800})
    edge.wait_for(state="hidden")


def test_a_drag_is_given_up_with_escape(page: "Page", open_as: Open) -> None:
    open_as(ANA, "/inbox/all")
    box = page.locator("#list-edge").bounding_box() or {}
    page.mouse.move(box["x"] + 2, 300)
    page.mouse.down()
    page.mouse.move(box["x"] + 100, 300)
    wait_until(page, lambda: _wide(page) > 24)
    page.keyboard.press("Escape")
    page.mouse.move(box["x"] + 150, 300)
    page.mouse.up()
    becomes(page, lambda: _wide(page), 24)
