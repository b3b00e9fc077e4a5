"""Words that are 40 % longer than ours, as another language may have them, clip no control."""

from typing import TYPE_CHECKING, Any

import pytest

from cases import language
from tests.inbox.web.conftest import case_about
from tests.seeding import ADMIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    Open = Callable[..., None]

FILLING = " ñandú über öffnen çedilla åtta žluťoučký wörter länger größe état ünal"
CLIPPED = """() => {
  const wide = document.documentElement.scrollWidth > innerWidth + 1 ? ["the page"] : [];
  const named = "button, a.button, summary, label, h1, h2, th";
  const there = [...document.querySelectorAll(named)];
  const seen = there.filter((one) => one.checkVisibility() && one.clientWidth > 4);
  const cut = seen.filter((one) => {
    const style = getComputedStyle(one);
    if (style.textOverflow === "ellipsis") return false;
    if (one.closest(".visually-hidden, .table-wrap, .side")) return false;
    const out = one.getBoundingClientRect().right > innerWidth + 1;
    return out || one.scrollWidth > one.clientWidth + 2;
  });
  return [...wide, ...cut.map((one) => one.outerHTML.slice(0, 120))];
}"""
SCREENS = (
    *("/inbox/all", "/cases/{case}", "/contacts/1", "/console", "/reports", "/search?q=pedido"),
    *("/admin", "/admin/rules", "/admin/mailboxes/1", "/admin/promises", "/exclusions"),
)


def _longer(words: dict[str, str]) -> dict[str, str]:
    return {key: text + FILLING[: int(len(text) * 0.4)].rstrip() for key, text in words.items()}


@pytest.fixture
def longer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spanish, stretched."""
    words = _longer(language._catalogue("es"))
    monkeypatch.setattr(language, "_catalogue", lambda spoken: words if spoken == "es" else {})


@pytest.mark.nightly
@pytest.mark.usefixtures("longer")
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", SCREENS)
def test_nothing_is_clipped(page: "Page", open_as: "Open", path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    open_as(ADMIN, path.format(case=case_about("Llamadas a deshora").id), language="es")
    found: list[Any] = page.evaluate(CLIPPED)
    assert found == []
