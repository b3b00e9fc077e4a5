"""Tags as agents put them on cases and take them off: one by one, many at once, and back."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from cases import clock
from cases.case import take
from cases.db import transaction
from cases.tag import MOST, case_tags
from tests.inbox.web.conftest import Enter, Visitor, case_about
from tests.inbox.web.search.test_search import _ask
from tests.inbox.web.slow_answers import press
from tests.seeding import ADMIN, ANA, LUIS

if TYPE_CHECKING:
    from playwright.sync_api import Page

LATE, TWICE = "Llamadas a deshora", "Charged twice for order 88213"


def _tags(subject: str) -> tuple[str, ...]:
    return case_tags.of(case_about(subject))


def _put(subject: str, *tags: str) -> None:
    with transaction() as session:
        case = take(session, case_about(subject).id)
        case_tags.put(session, case, tags, by=ANA, at=clock.now())


def _act(visitor: Visitor, **fields: object) -> str:
    done = visitor.post(f"/cases/{case_about(LATE).id}/tags", **fields)
    assert done.status_code == 303, done.text
    return str(done.location)


def test_tags_are_put_on_shown_taken_off_and_taken_back(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(LATE)
    page = ana.get(_act(ana, add="VIP,  Black Friday,")).text
    assert _tags(LATE) == ("vip", "black friday")
    assert "Etiquetas cambiadas" in page
    assert "Etiquetas: +vip +black friday" in page
    assert 'href="/search?q=tag:%22black+friday%22"' in page.replace("%3A", ":")
    shown = ana.get("/inbox/all?sort=newest").text
    assert "black friday" in shown.partition(f'id="row-{case.id}"')[2].partition("</li>")[0]
    number = _act(ana, off="vip").rpartition("done=tagged.")[2].partition("&")[0]
    assert _tags(LATE) == ("black friday",)
    back = ana.post(f"/tag-changes/{number}/undoing")
    assert "done=untagged." in str(back.location)
    assert set(_tags(LATE)) == {"vip", "black friday"}


def test_a_change_in_the_page_shows_its_parts_again(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(LATE)
    parts = ana.post(f"/cases/{case.id}/tags", partial=True, add="vip").text
    assert f"#case-header-{case.id}" in parts
    assert "/tag-changes/" in parts


def test_of_many_tags_a_line_shows_the_first_and_a_case_the_first_six(enter: Enter) -> None:
    ana, case = enter(ANA), case_about(LATE)
    ana.post(f"/cases/{case.id}/tags", add="uno, dos, tres, cuatro, cinco, seis, siete, ocho")
    page = ana.get(f"/cases/{case.id}").text
    row = page.partition(f'id="row-{case.id}"')[2].partition("</li>")[0]
    assert 'title="uno, dos, tres, cuatro, cinco, seis, siete, ocho"' in row
    assert '<span class="chip-first" aria-hidden="true">uno</span>' in row
    assert '<span aria-hidden="true">+7</span>' in row
    header = page.partition('id="drop-mood"')[2].partition('id="drop-tags"')[0]
    assert header.count("/search?q=tag:") == 6
    assert f'href="/cases/{case.id}/tags" title="siete, ocho">+2' in header


@pytest.mark.parametrize(
    ("add", "status"), [("", 422), ("#!?", 422), ("x" * 41, 422), ("ok,\u202e", 422)]
)
def test_what_is_no_tag_is_refused_with_a_reason(enter: Enter, add: str, status: int) -> None:
    done = enter(ANA).post(f"/cases/{case_about(LATE).id}/tags", add=add)
    assert done.status_code == status
    assert _tags(LATE) == ()


def test_no_case_has_more_than_some(enter: Enter) -> None:
    many = ",".join(f"t{n}" for n in range(MOST + 5))
    done = enter(ANA).post(f"/cases/{case_about(LATE).id}/tags", add=many)
    assert (done.status_code, _tags(LATE)) == (409, ())
    assert f"{MOST} etiquetas como máximo" in done.text


def test_tags_of_other_cases_are_offered_but_not_those_of_other_teams(enter: Enter) -> None:
    _put(TWICE, "factura", "vip")
    _put(LATE, "vip")
    page = enter(ANA).get(f"/cases/{case_about(LATE).id}/tags").text
    assert 'name="add" value="factura"' in page
    assert 'name="off" value="vip"' in page
    assert 'name="add" value="vip"' not in page
    offered = enter(ANA).get("/search/suggestions?q=tag:fa", partial=True).text
    assert "etiqueta:factura" in offered
    assert (
        "etiqueta:factura" not in enter(LUIS).get("/search/suggestions?q=tag:fa", partial=True).text
    )


def test_cases_are_found_by_their_tags_and_by_lacking_them(enter: Enter) -> None:
    admin, one, other = enter(ADMIN), case_about(LATE).id, case_about(TWICE).id
    _put(LATE, "envío", "black friday")
    _put(TWICE, "vip")
    assert _ask(admin, "tag:envio") == _ask(admin, 'ETIQUETA:"Black Friday"') == {one}
    assert _ask(admin, "tag:vip OR tag:envio") == {one, other}
    assert one not in _ask(admin, "-tag:envio after:2020-01-01")
    assert other in _ask(admin, "-etiqueta:envío after:2020-01-01")
    assert _ask(admin, "tag:nobody") == set()


def test_tags_cost_no_statement(enter: Enter, statements: list[str]) -> None:
    ana, case = enter(ANA), case_about(LATE)
    counted = []
    for tags in ((), ("vip", "factura", "envío")):
        _put(LATE, *tags)
        ana.get(f"/cases/{case.id}")
        statements.clear()
        ana.get(f"/cases/{case.id}")
        counted.append(len(statements))
    assert counted[0] == counted[1]


def test_many_cases_are_tagged_untagged_and_taken_back(enter: Enter) -> None:
    admin, ids = enter(ADMIN), [case_about(LATE).id, case_about(TWICE).id]
    _put(TWICE, "vip")
    done = admin.post("/selection", case=ids, do="tag", **{"in": "all", "tag-value": "VIP"})
    number = str(done.location).rpartition(".")[2]
    assert _tags(LATE) == _tags(TWICE) == ("vip",)
    assert admin.post(f"/selection/{number}/undoing").location.endswith("taken_back.1")
    assert (_tags(LATE), _tags(TWICE)) == ((), ("vip",))
    off = admin.post("/selection", case=ids, do="untag", **{"in": "all", "tag-value": "vip"})
    assert _tags(TWICE) == ()
    admin.post(f"/selection/{str(off.location).rpartition('.')[2]}/undoing")
    assert _tags(TWICE) == ("vip",)
    bad = admin.post("/selection", case=ids, do="tag", **{"in": "all", "tag-value": " "})
    assert bad.status_code == 422


def test_a_tag_is_put_on_and_taken_back_by_keyboard(
    page: "Page", open_as: Callable[..., None], faults: list[str]
) -> None:
    _put(TWICE, "factura")
    open_as(ANA, f"/cases/{case_about(LATE).id}")
    page.keyboard.press("l")
    page.locator('#drop-tags [value="factura"]').wait_for()
    page.keyboard.type("VIP")
    page.keyboard.press("Enter")
    chip = page.locator(".case-chips a", has_text="vip")
    chip.wait_for()
    page.locator("#undo").wait_for()
    press(page, "z")
    chip.wait_for(state="detached")
    assert (_tags(LATE), faults) == ((), [])
