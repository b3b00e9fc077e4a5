"""The list by keyboard alone, in a real browser: commands, many cases, other keys, eight tabs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from cases import Agent, Case
from cases.db import reading, transaction
from tests.inbox.web.slow_answers import LOST, becomes, open_case, press, wait_until
from tests.seeding import ADMIN, ANA

if TYPE_CHECKING:
    from playwright.sync_api import Page

Open = Callable[..., None]


def test_a_case_is_found_and_many_are_worked_by_keyboard_alone(
    page: "Page", open_as: Open, faults: list[str]
) -> None:
    open_as(ADMIN, "/inbox/all")
    page.keyboard.press("Control+k")
    page.locator("#option-3").wait_for()
    page.keyboard.type("sin asig")
    page.locator("#option-0", has_text="Sin asignar").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/inbox/unassigned")
    page.wait_for_load_state()
    press(page, "j", until=page.locator("#reader .case").count)
    first = open_case(page)
    press(page, "[", until=lambda: open_case(page) != first)
    press(page, "]", until=lambda: open_case(page) == first)
    ticked = page.locator(".pick :checked")
    press(page, "Shift+J", "Shift+J", until=lambda: ticked.count() == 3)
    press(page, "*", "n", until=lambda: ticked.count() == 0)
    chosen = page.locator("#rows .row").count()
    press(page, "*", "a", until=lambda: ticked.count() == chosen > 3)
    page.locator('#selection [value="take"]').press("Enter")
    page.locator("#undo").wait_for()
    page.wait_for_load_state()
    assert _given() == chosen
    page.keyboard.press("z")
    page.wait_for_url("**done=taken_back.*")
    assert _given() == 0
    assert faults == []


def test_rows_are_ticked_together_by_pointer_and_shift(page: "Page", open_as: Open) -> None:
    open_as(ANA, "/inbox/all")
    boxes, ticked = page.locator(".pick input"), page.locator(".pick :checked")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    becomes(page, ticked.count, 4)
    boxes.nth(3).click()
    boxes.nth(4).click(modifiers=["Shift"])
    becomes(page, ticked.count, 2)
    page.locator("[data-pick]").click()
    becomes(page, ticked.count, boxes.count())
    page.locator("[data-pick]").click()
    becomes(page, ticked.count, 0)


def _given() -> int:
    """How many cases the administrator has."""
    with reading() as session:
        mine = select(func.count()).select_from(Case).join(Agent, Agent.id == Case.assignee_id)
        return session.scalar(mine.where(Agent.address == ADMIN)) or 0


def test_a_closed_case_makes_room_for_the_next_which_was_fetched_ahead(
    page: "Page", open_as: Open, faults: list[str]
) -> None:
    with transaction() as session:
        ana = session.scalars(select(Agent).where(Agent.address == ANA)).one()
        ana.keys = {"e": "d"}
    open_as(ANA, "/inbox/unassigned")
    with page.expect_request(lambda asked: "x-ahead" in asked.headers):
        page.keyboard.press("j")
    first = open_case(page)
    # What was only fetched ahead is read by nobody.
    page.locator(f"#row-{first}:not(.is-unread)").wait_for()
    rows = page.locator("#rows .row").evaluate_all("all => all.map(one => one.id.slice(4))")
    becomes(page, lambda: _unread(int(first)), False)
    assert _unread(int(rows[rows.index(first) + 1]))
    page.keyboard.press("e")
    page.keyboard.press("d")
    page.locator(f'.case:not([data-case="{first}"])').wait_for()
    page.locator("#undo").wait_for()
    wait_until(page, lambda: not page.evaluate(LOST))
    second = open_case(page)
    with reading() as session:
        assert not session.get_one(Case, int(first)).is_open
        assert session.get_one(Case, int(second)).is_open
    assert faults == []


def _unread(number: int) -> bool:
    with reading() as session:
        return session.get_one(Case, number).unread


def test_a_case_in_a_tab_that_nobody_looks_at_stays_unread_until_they_do(
    page: "Page", open_as: Open
) -> None:
    with reading() as session:
        number = session.scalars(select(Case.id).where(Case.subject == "Factura")).one()
    page.add_init_script("Object.defineProperty(document, 'hidden', { get: () => !window.looked })")
    open_as(ANA, f"/cases/{number}")
    page.locator(".case[data-unseen]").wait_for()
    page.wait_for_timeout(150)
    assert _unread(number)
    page.evaluate("looked = true; document.dispatchEvent(new Event('visibilitychange'))")
    becomes(page, lambda: _unread(number), False)
    page.keyboard.press("Shift+U")
    page.locator(f"#row-{number}.is-unread").wait_for()
    page.reload()
    page.locator(f"#row-{number}.is-unread").wait_for()


def test_eight_tabs_share_one_stream_and_all_stay_usable(page: "Page", open_as: Open) -> None:
    open_as(ANA, "/inbox/all")
    page.locator('html[data-live="on"]').wait_for(state="attached")
    tabs = [page, *(page.context.new_page() for _n in range(7))]
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    for tab in tabs[1:]:
        tab.goto(page.url)
    for tab in tabs:
        tab.keyboard.press("j")
        tab.locator("#reader .case").wait_for()
    assert [url for url in asked if url.endswith("/events")] == []
