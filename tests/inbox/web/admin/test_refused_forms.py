"""A form that was refused is shown with its first fault before the eyes and under the fingers."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.seeding import ADMIN

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_the_first_fault_of_a_refused_form_has_the_focus(
    page: "Page", open_as: Callable[..., None]
) -> None:
    open_as(ADMIN, "/admin/users")
    page.evaluate("document.querySelectorAll('form').forEach((one) => { one.noValidate = true; })")
    page.locator("#f-name").fill("Eva")
    page.locator("#f-address").fill("no es un correo")
    page.get_by_role("button", name="Añadir").click()
    page.locator('#f-address[aria-invalid="true"]:focus').wait_for()
    assert page.locator("#f-name").input_value() == "Eva"
    assert "correo" in page.locator("#w-address").inner_text()
