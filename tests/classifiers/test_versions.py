"""The models of an installation: one is used, the others are kept, none is lost by a slip."""

import pytest

from classifiers import versions
from classifiers.places import ABOUT, MODEL


def trained(folder, name):
    made = folder / "fresh"
    made.mkdir()
    (made / ABOUT).write_text(f'{{"version": "{name}"}}')
    return versions.keep(folder, made, name)


def names(folder):
    return [one.name for one in versions.listed(folder)]


def test_the_shipped_model_is_used_until_another_is_chosen(tmp_path):
    assert versions.current(tmp_path) == MODEL
    place = trained(tmp_path, "a")
    assert versions.current(tmp_path) == MODEL
    versions.use(tmp_path, "a")
    assert versions.current(tmp_path) == place
    assert [one.name for one in versions.listed(tmp_path) if one.in_use] == ["a"]


def test_back_leads_to_what_was_used_before_and_forth_again(tmp_path):
    with pytest.raises(versions.NothingBefore):
        versions.back(tmp_path)
    for name in ("a", "b"):
        trained(tmp_path, name)
        versions.use(tmp_path, name)
    assert [versions.back(tmp_path), versions.back(tmp_path)] == ["a", "b"]
    versions.use(tmp_path, versions.SHIPPED)
    assert versions.current(tmp_path) == MODEL


def test_the_oldest_go_and_what_is_used_stays(tmp_path):
    trained(tmp_path, "old")
    versions.use(tmp_path, "old")
    for number in range(versions.KEPT + 3):
        trained(tmp_path, f"n{number}")
    assert "old" in names(tmp_path)
    assert "n0" not in names(tmp_path)
    assert versions.current(tmp_path).name == "old"


def test_a_model_whose_folder_is_gone_is_replaced_by_the_shipped_one(tmp_path):
    place = trained(tmp_path, "a")
    versions.use(tmp_path, "a")
    place.rename(tmp_path / "elsewhere")
    assert versions.current(tmp_path) == MODEL


@pytest.mark.parametrize("name", ["../../etc", "..", ".", "a/b", "nothing", "", "a\0b"])
def test_a_name_leads_nowhere_else(tmp_path, name):
    with pytest.raises(versions.NoSuchVersion):
        versions.use(tmp_path, name)
    assert versions.current(tmp_path) == MODEL


def test_figures_and_the_latest_training_are_kept_beside(tmp_path):
    place = trained(tmp_path, "a")
    versions.note_worth(tmp_path, place, {"texts_per_s": 200})
    versions.note_worth(tmp_path, MODEL, {"texts_per_s": 100})
    versions.note_latest(tmp_path, {"promoted": True})
    worths = {one.name: one.worth["texts_per_s"] for one in versions.listed(tmp_path)}
    assert worths == {"shipped": 100, "a": 200}
    assert versions.latest(tmp_path) == {"promoted": True}
    (tmp_path / "models" / "latest.json").write_text("{broken")
    assert versions.latest(tmp_path) == {}
