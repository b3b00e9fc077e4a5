"""What comes out of a printer: all that was said with exact dates, and nothing to press."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.inbox.web.conftest import case_about
from tests.seeding import ADMIN

if TYPE_CHECKING:
    from playwright.sync_api import Page

PRESSED = (
    *(".button", "input", "select", "textarea", "summary.chip:empty", ".segments"),
    *(".top", ".side", ".list", ".composer", ".case-actions", ".toasts", ".link", "#drop-tags"),
)


def _print(page: "Page") -> None:
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")


def _seen(page: "Page", selector: str) -> int:
    return len([one for one in page.locator(selector).all() if one.is_visible()])


def test_a_case_on_paper_has_every_message_exact_dates_and_no_controls(
    page: "Page", open_as: Callable[..., None]
) -> None:
    case = case_about("Llamadas a deshora")
    open_as(ADMIN, f"/cases/{case.id}", theme="dark")
    _print(page)
    assert [one for one in PRESSED if _seen(page, one)] == []
    assert _seen(page, ".message-body") == page.locator(".message").count() > 1
    time = page.locator(".message time").first
    told = time.evaluate("one => getComputedStyle(one, '::after').content")
    assert told == f'"{time.get_attribute("title")}"'
    assert time.evaluate("one => getComputedStyle(one).fontSize") == "0px"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")


def test_a_customer_on_paper_has_their_facts_first_and_whole_mails(
    page: "Page", open_as: Callable[..., None]
) -> None:
    open_as(ADMIN, "/contacts/1")
    _print(page)
    assert [one for one in PRESSED if _seen(page, one)] == []
    facts, mails = page.locator(".column-side").bounding_box(), page.locator(".timeline")
    assert facts is not None
    assert facts["y"] < (mails.bounding_box() or {"y": 0})["y"]
    clamped = "one => one.scrollHeight > one.clientHeight + 1"
    assert not any(one.evaluate(clamped) for one in mails.locator(".text").all())
    page.emulate_media(media="screen")
