"""All commands in one place, and keys that can be changed."""

import re
from pathlib import Path

import pytest

from inbox.web import shortcuts
from tests.inbox.web.conftest import HTMX, Enter, case_about
from tests.seeding import ADMIN, ANA

MARKETING = "mar@tienda.test"


def _named(enter: Enter, who: str, asked: str) -> str:
    return enter(who).client.get("/commands", query_string={"q": asked}).text


def test_commands_lead_to_cases_lists_views_people_and_pages(enter: Enter) -> None:
    case = case_about("Llamadas a deshora")
    for asked, led in (
        (f"#{case.id}", f'href="/cases/{case.id}"'),
        ("riesgo", 'href="/inbox/risk"'),
        ("enfadad", 'href="/inbox/view-angry"'),
        ("usuari", 'href="/admin/users"'),
        ("whitcombe", 'href="/contacts/'),
        ("tornillo suelto", 'href="/search?q=tornillo+suelto"'),
    ):
        assert led in _named(enter, ADMIN, asked), asked


def test_every_command_shows_its_key_and_the_words_need_no_accents(enter: Enter) -> None:
    page = _named(enter, ANA, "numero del caso")
    assert re.search(r"Copiar el número del caso</span>.*?<kbd>\.</kbd>", page)
    assert "Caso siguiente" not in page


def test_pages_show_the_keys_that_lead_to_them_and_the_menu_is_a_command(enter: Enter) -> None:
    ana = enter(ANA)
    mine = ana.get("/commands?q=mios", partial=True).text
    assert 'data-href="/inbox/mine"' in mine
    assert "<kbd>g</kbd> <kbd>m</kbd>" in mine
    assert 'data-opens="#me-button"' in ana.get("/commands?q=ausente", partial=True).text
    assert "data-opens" not in ana.get("/commands").text.partition('id="palette"')[0]


@pytest.mark.parametrize(
    ("where", "offered"),
    [
        ("/cases/7?in=mine", {"Cerrar el caso", "Caso siguiente", "Buscar"}),
        ("/inbox/mine", {"Caso siguiente", "Buscar"}),
        ("/cases/7/merging", {"Buscar"}),
        ("/views/new", {"Buscar"}),
    ],
)
def test_what_needs_a_case_or_a_list_is_offered_where_one_is_shown(
    enter: Enter, where: str, offered: set[str]
) -> None:
    headers = HTMX | {"HX-Current-URL": f"http://localhost{where}"}
    said = "".join(
        enter(ANA).client.get("/commands", query_string={"q": asked}, headers=headers).text
        for asked in ("cerrar el caso", "caso siguiente", "buscar")
    )
    shown = {one for one in ("Cerrar el caso", "Caso siguiente", "Buscar") if f">{one}<" in said}
    assert shown == offered


def test_nobody_is_offered_what_they_may_not_open(enter: Enter) -> None:
    ana, marketing = _named(enter, ANA, ""), _named(enter, MARKETING, "")
    assert "/admin/users" not in ana
    assert "/inbox/" not in re.sub(r"<nav.*?</nav>", "", marketing, flags=re.S)
    assert _named(enter, MARKETING, "whitcombe").count("/contacts/") == 0


def test_a_fragment_of_commands_leaves_the_title_of_the_page_alone(enter: Enter) -> None:
    page = enter(ANA).get("/commands?q=cerrar", partial=True).text
    assert page.startswith('<hx-partial hx-target="#palette-list"')
    assert 'role="option" id="option-0"' in page
    assert "<title>" not in page


def test_keys_are_changed_shown_and_shipped_again(enter: Enter) -> None:
    ana = enter(ANA)
    assert ana.post("/preferences/keymap", **{"key-e": "d"}).status_code == 303
    page = ana.get("/inbox/all").text
    assert 'data-keymap="{&#34;e&#34;: &#34;d&#34;}"' in page
    assert re.search(r"<kbd>d</kbd> </dt><dd>cerrar el caso", page)
    ana.post("/preferences/keymap", do="reset")
    assert 'data-keymap="{}"' in ana.get("/inbox/all").text


@pytest.mark.parametrize("wanted", [{"e": "r"}, {"e": "g"}, {"e": "*"}, {"e": "ab"}, {"j": "\x07"}])
def test_two_commands_never_share_a_key(enter: Enter, wanted: dict[str, str]) -> None:
    with pytest.raises(shortcuts.Clash):
        shortcuts.chosen(wanted)
    fields = {f"key-{name}": key for name, key in wanted.items()}
    refused = enter(ANA).post("/preferences/keymap", **fields)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text


def test_the_help_lists_every_key_that_does_something() -> None:
    listed = {one.key for _title, some in shortcuts.all_of_them() for one in some}
    used = {
        key
        for path in (Path(__file__).parents[3] / "templates").rglob("*.html")
        for key in re.findall(r'data-key="([^"]+)"', path.read_text())
    }
    assert used - listed == set()


def test_two_keys_may_change_places() -> None:
    assert shortcuts.chosen({"j": "k", "k": "j"}) == {"j": "k", "k": "j"}


@pytest.mark.parametrize("habit", ["next", "list", "stay"])
def test_after_closing_without_scripts_the_agent_goes_where_they_like(
    enter: Enter, habit: str
) -> None:
    ana = enter(ANA)
    ana.post("/preferences/after-close", value=habit)
    shown = re.findall(r'<li id="row-(\d+)"', ana.get("/inbox/all").text)
    done = ana.post(f"/cases/{shown[1]}/closure", **{"in": "all", "sort": "due"}).location
    wanted = {
        "next": f"/cases/{shown[2]}?",
        "list": "/inbox/all?",
        "stay": f"/cases/{shown[1]}?",
    }[habit]
    assert done.startswith(wanted)
    assert f"closed.{shown[1]}" in done
