"""The evaluation page: figures without spaCy, versions, and one click back."""

from pathlib import Path

import pytest

from cases.settings import settings
from classifiers import places, versions
from classifiers.places import ABOUT, MODEL
from inbox.web.admin import plots
from tests.inbox.web.conftest import Enter
from tests.seeding import ADMIN, ANA, BEA


@pytest.fixture
def trained(shop: str) -> str:
    """A model that was trained here, and is used."""
    fresh = Path(settings().data) / "fresh"
    fresh.mkdir()
    (fresh / ABOUT).write_text('{"version": "1.0-abc", "texts": 9, "strict": 0.5}')
    versions.keep(settings().data, fresh, "1.0-abc")
    versions.use(settings().data, "1.0-abc")
    return "1.0-abc"


def test_the_page_shows_figures_drawings_and_their_numbers(enter: Enter) -> None:
    page = enter(ADMIN).get("/admin/classifiers").text
    for words in ("Qué se toma por qué", "error de calibración", "umbral, %", "Ver los números"):
        assert words in page
    assert page.count("<circle") >= 5
    assert "de serie" in page


def test_a_model_without_figures_says_what_to_do(enter: Enter, trained: str) -> None:
    page = enter(BEA).get("/admin/classifiers").text
    assert "Aún no hay cifras" in page
    assert "Entrenar ahora" not in page


def test_the_same_for_programs(enter: Enter, trained: str) -> None:
    told = enter(BEA).get("/admin/classifiers/figures.json").json
    assert told["model"]["version"] == trained
    assert [one["name"] for one in told["versions"]] == ["shipped", trained]
    assert told["corrections"] == 0
    assert told["degraded"] is False


def test_one_click_goes_back_and_forth(enter: Enter, trained: str) -> None:
    admin = enter(ADMIN)
    assert admin.post("/admin/classifiers/return").status_code == 303
    assert versions.current(settings().data) == MODEL
    admin.post("/admin/classifiers/model", name=trained)
    assert versions.current(settings().data).name == trained
    gone = admin.post("/admin/classifiers/model", name="../../etc")
    assert "No existe esa versión" in admin.get(gone.location).text
    assert enter(BEA).post("/admin/classifiers/return").status_code == 403
    assert enter(ANA).get("/admin/classifiers").status_code == 403


def test_a_training_is_rung_for_and_its_failure_is_shown(enter: Enter) -> None:
    admin = enter(ADMIN)
    begun = admin.post("/admin/classifiers/training")
    assert "Empieza el entrenamiento" in admin.get(begun.location).text
    versions.note_latest(settings().data, {"at": "2026-03-10T03:00:00+00:00", "failed": "no room"})
    assert "no room" in admin.get("/admin/classifiers").text


def test_without_the_encoder_the_page_says_degraded(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "ENCODER", "no_such_encoder")
    assert "Degradado: sin el codificador de frases" in enter(ADMIN).get("/admin/classifiers").text


def test_mistakes_are_ordered_and_marked_where_much_goes_wrong() -> None:
    table = {"a": {"a": 8, "b": 2}, "b": {"b": 5, "a": 5}}
    assert plots.mistakes(table) == [("b", "a", 5), ("a", "b", 2)]
    square = plots.confusion(table, ["a", "b"])
    assert square.codes == ("a", "b")
    tones = [[cell.tone for cell in row.cells] for row in square.rows]
    assert tones == [["ok", "danger"], ["danger", "ok"]]
    assert plots.confusion({}, ["a"]).rows == ()
