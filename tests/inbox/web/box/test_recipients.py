"""Whom an answer goes to, as chips: typed, pasted, taken off, mended, kept, and sent as ever."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from cases import Message
from cases.db import reading
from cases.unsent import Unsent
from tests.inbox.web.conftest import case_about
from tests.inbox.web.slow_answers import becomes
from tests.running import until
from tests.seeding import ANA

if TYPE_CHECKING:
    from playwright.sync_api import Page

MARTA, HUGO = "marta@tienda.test", "hugo@tienda.test"
PASTED = f'"Ruiz, Marta" <{MARTA}>; {HUGO}\n{HUGO.upper()}'


@pytest.fixture
def case_id(page: "Page", open_as: Callable[..., None]) -> int:
    """A case whose answer has its recipients shown."""
    number = case_about("Factura").id
    open_as(ANA, f"/cases/{number}")
    page.locator("label:has(#show-people)").click()
    return number


def _chips(page: "Page", name: str) -> list[str]:
    return page.locator(f".people .chips:has(#write-{name}) button").all_inner_texts()


def _value(page: "Page", name: str) -> str:
    return page.locator(f".people [name={name}]").input_value()


def _focus(page: "Page") -> str:
    found: str = page.evaluate("document.activeElement.id || document.activeElement.innerText")
    return found


def _kept(case_id: int) -> tuple[str, str, str] | None:
    with reading() as session:
        row = session.scalars(select(Unsent).where(Unsent.case_id == case_id)).one_or_none()
        return (row.written.cc, row.written.bcc, row.written.text) if row is not None else None


def _paste(page: "Page", text: str) -> None:
    page.evaluate(
        "text => { const data = new DataTransfer(); data.setData('text', text); document"
        ".activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, "
        "bubbles: true, cancelable: true})); }",
        text,
    )


def test_addresses_become_chips_however_they_come(page: "Page", case_id: int) -> None:
    box = page.locator("#write-cc")
    box.press_sequentially(f"{MARTA} ")
    assert _chips(page, "cc") == [MARTA]
    for typed in ("a@x.example,", "b@x.example;", "c@x.example"):
        box.press_sequentially(typed)
    box.press("Enter")
    box.press_sequentially("Don Pepe <d@x.example")
    assert len(_chips(page, "cc")) == 4
    box.press_sequentially(">")
    box.press_sequentially(f"{MARTA},")
    page.locator("#write-bcc").focus()
    assert _chips(page, "cc")[1:] == [
        *("a@x.example", "b@x.example", "c@x.example"),
        "Don Pepe · d@x.example",
    ]
    assert _value(page, "cc").endswith("c@x.example, Don Pepe <d@x.example>")
    _paste(page, PASTED)
    assert _chips(page, "bcc") == [f"Ruiz Marta · {MARTA}", HUGO]
    assert _value(page, "bcc") == f"Ruiz Marta <{MARTA}>, {HUGO}"


def test_chips_are_gone_through_and_taken_off_by_keys_and_by_click(
    page: "Page", case_id: int, faults: list[str]
) -> None:
    box = page.locator("#write-cc")
    box.fill("a@x.example, b@x.example, c@x.example, d@x.example")
    box.press("Backspace")
    assert _value(page, "cc") == "a@x.example, b@x.example, c@x.example"
    for key in ("ArrowLeft", "ArrowLeft", "Delete"):
        page.keyboard.press(key)
    assert (_value(page, "cc"), _focus(page)) == ("a@x.example, c@x.example", "c@x.example")
    # On a chip letters are text: they neither close the case nor go to the next one.
    page.keyboard.type("ej,")
    assert _focus(page) == "write-cc"
    assert page.url.endswith(f"/cases/{case_id}")
    page.locator(".people button", has_text="a@x.example").click()
    assert _chips(page, "cc") == ["c@x.example", "ej"]
    assert faults == []


def test_what_is_no_address_is_marked_told_and_mended(page: "Page", case_id: int) -> None:
    page.locator("#write-to").fill("hugo@tienda, ")
    note = page.locator("#write-to-note")
    assert note.inner_text() == "Esto no es una dirección de correo: hugo@tienda"
    assert page.locator("#write-to").get_attribute("aria-invalid") == "true"
    page.locator("#reply-text").fill("Hola")
    page.locator("[data-send]").click()
    page.locator("#refused:has-text('hugo@tienda')").wait_for()
    page.locator(".people button.is-danger").click()
    becomes(page, page.locator("#write-to").input_value, "hugo@tienda")
    page.locator("#write-to").press_sequentially(".test,")
    assert _chips(page, "to") == [HUGO]
    assert page.locator("#write-to").get_attribute("aria-invalid") is None


def test_people_are_kept_while_typed_sent_and_come_back_with_undo(
    page: "Page", case_id: int
) -> None:
    page.locator("#write-cc").fill(f"Marta <{MARTA}>, {HUGO}")
    page.locator("#write-bcc").press_sequentially("jefa@tienda.test")
    page.locator("#reply-text").fill("Gracias por escribir.")
    wanted = (f"Marta <{MARTA}>, {HUGO}", "jefa@tienda.test", "Gracias por escribir.")
    until(lambda: _kept(case_id) == wanted, what="the saving")
    page.reload()
    becomes(page, lambda: _chips(page, "cc"), [f"Marta · {MARTA}", HUGO])
    page.locator("[data-send]").click()
    page.locator("#undo").wait_for()
    with reading() as session:
        sent = session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()
        assert list(sent.cc) == [MARTA, HUGO]
    page.locator("#undo").click()
    becomes(page, lambda: _chips(page, "cc"), [MARTA, HUGO])
    becomes(page, lambda: _chips(page, "bcc"), ["jefa@tienda.test"])


def test_answering_all_shows_all_and_answering_one_takes_them_away(
    page: "Page", open_as: Callable[..., None]
) -> None:
    open_as(ANA, f"/cases/{case_about('Factura').id}")
    page.evaluate(
        "text => { document.querySelector('form.write').dataset.cc = text; }", f"{MARTA}, {HUGO}"
    )
    page.locator("label:has(#mode-all)").click()
    becomes(page, lambda: _chips(page, "cc"), [MARTA, HUGO])
    page.locator("label:has(#mode-answer)").click()
    page.locator(".people .chip").first.wait_for(state="detached")
    assert _value(page, "cc") == ""
    page.locator("label:has(#mode-all)").click()
    for _each in (MARTA, HUGO):
        page.locator("#write-cc").press("Backspace")
    # Nobody else is left, so it is an answer to one, and the field stays where it is.
    assert page.locator("#mode-answer").is_checked()
    assert page.locator("#write-cc").is_visible()
