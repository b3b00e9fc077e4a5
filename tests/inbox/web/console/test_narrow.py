"""The console on a desk and in a hand: nothing is read by pushing it sideways."""

from typing import TYPE_CHECKING

import pytest

from tests.inbox.web.test_accessibility import Open, _address
from tests.seeding import ADMIN

if TYPE_CHECKING:
    from playwright.sync_api import Page

PAGES = ("/admin/reasons", "/console/lists/{list}", "/console/campaigns", "/console/lists")
WIDE = (
    "[document.documentElement, ...document.querySelectorAll('.table-wrap')]"
    ".map(one => one.scrollWidth - one.clientWidth)"
)


@pytest.mark.parametrize("width", [1280, 390])
def test_no_table_has_to_be_pushed_sideways(page: "Page", open_as: Open, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    there = {path: _address(path) for path in PAGES}
    for path, address in there.items():
        open_as(ADMIN, address, theme="light", language="es")
        assert max(page.evaluate(WIDE)) <= 1, path
    # What is a table on a desk is a list in a hand: each reason with what it holds.
    open_as(ADMIN, "/admin/reasons", theme="light", language="es")
    row = page.locator("tr", has_text="Caso abierto").first
    assert row.locator(".only-narrow").first.is_visible() is (width == 390)
