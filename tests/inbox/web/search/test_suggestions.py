"""Choices while typing: a search is completed, and a ready answer is put in, by keyboard alone."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from cases import clock
from cases.db import transaction
from cases.macro import Macro, Then
from tests.inbox.web.conftest import Enter, case_about
from tests.seeding import ANA

if TYPE_CHECKING:
    from playwright.sync_api import Page

    Open = Callable[..., None]

TOP = "document.querySelector('#main').getBoundingClientRect().top"


def test_suggestions_are_a_part_of_every_page_and_lead_to_the_search_without_scripts(
    enter: Enter,
) -> None:
    ana = enter(ANA)
    part = ana.get("/search/suggestions?q=asignado:bel", partial=True).text
    assert 'data-whole="asignado:ana@tienda.test "' in part
    assert "<title>" not in part
    assert ana.get("/search/suggestions?q=es:ab").location == "/search?q=es:ab"


def test_half_a_name_offers_the_customer_while_it_is_typed(
    enter: Enter, page: "Page", open_as: "Open", faults: list[str]
) -> None:
    part = enter(ANA).get("/search/suggestions?q=emil", partial=True).text
    assert "Emily Stone" in part
    contact = part.split('data-href="', 1)[1].split('"')[0]
    assert "data-href" not in enter(ANA).get("/search/suggestions?q=de:emil", partial=True).text
    open_as(ANA, "/profile")
    page.keyboard.press("/")
    with page.expect_response("**/suggestions?q=emil"):
        page.keyboard.type("emil")
    page.locator("#q:not(.htmx-request)").wait_for()
    page.locator("#q-0", has_text="Emily").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{contact}")
    assert faults == []


def test_a_search_is_completed_and_sent_by_keyboard(
    page: "Page", open_as: "Open", faults: list[str]
) -> None:
    open_as(ANA, "/profile")
    top = page.evaluate(TOP)
    page.keyboard.press("/")
    page.locator("#q-0", has_text="es:").wait_for()
    with page.expect_response("**/suggestions?q=asig"):
        page.keyboard.type("asig")
    page.locator("#q:not(.htmx-request)").wait_for()
    page.locator("#q-0", has_text="asignado:").wait_for()
    assert page.locator("#q").get_attribute("aria-expanded") == "true"
    assert page.evaluate(TOP) == top
    page.keyboard.press("ArrowDown")
    assert page.locator("#q").get_attribute("aria-activedescendant") == "q-0"
    with page.expect_response("**/suggestions?q=asignado*"):
        page.keyboard.press("Enter")
    page.locator("#q:not(.htmx-request)").wait_for()
    page.locator("#q-0", has_text="asignado:yo").wait_for()
    page.keyboard.press("Escape")
    assert page.locator("#q-list").is_hidden()
    page.keyboard.type("yo")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=asignado%3Ayo")
    assert faults == []


def test_a_ready_answer_is_put_in_behind_a_slash(
    page: "Page", open_as: "Open", faults: list[str]
) -> None:
    with transaction() as session:
        text = "Va de camino, {{agente.nombre}}."
        session.add(
            Macro(name="Camino", text_es=text, text_en="On its way.", then=Then.CLOSE,
                  changed_at=clock.now(), changed_by=ANA)
        )  # fmt: skip
    open_as(ANA, f"/cases/{case_about('Llamadas a deshora').id}")
    page.locator("#reply-text").focus()
    page.keyboard.type("Hola: y/o /cam")
    page.locator("#names [data-macro]").wait_for()
    page.keyboard.press("Enter")
    page.locator(".then:has-text('Camino')").wait_for()
    assert page.locator("#reply-text").input_value().startswith("Hola: y/o \n\nVa de camino, Ana")
    page.locator("#names").wait_for(state="detached")
    assert faults == []
