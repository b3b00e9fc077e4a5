"""Models that an installation trained: kept in its folder, one of them in use. Loads none."""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifiers.places import ABOUT, MODEL, WORTH

KEPT = 5
"""So many are kept beside the one in use, the newest of them."""
SHIPPED = "shipped"
_IN_USE = "in-use"
_BEFORE = "before"
_LATEST = "latest.json"


class NoSuchVersion(LookupError):
    """No model of that name is kept."""


class NothingBefore(Exception):
    """No model was in use before this one."""


@dataclass(frozen=True, slots=True)
class Version:
    """One model that may be used: its name, and what is known of it."""

    name: str
    folder: Path
    in_use: bool
    about: Mapping[str, Any]
    worth: Mapping[str, Any]
    """Figures of its evaluation; empty before there was one."""


def home(data: Path) -> Path:
    """Where an installation keeps its models."""
    return data / "models"


def current(data: Path) -> Path:
    """The folder of the model in use: the shipped one unless another was chosen and is there."""
    return _folder(data, _word(home(data) / _IN_USE))


def listed(data: Path) -> list[Version]:
    """All that may be used: the shipped one, then those of this installation, newest first."""
    used = current(data)
    folders = [MODEL, *_kept(data)]
    return [
        Version(
            name=SHIPPED if folder == MODEL else folder.name,
            folder=folder,
            in_use=folder == used,
            about=read(folder / ABOUT),
            worth=worth(data, folder),
        )
        for folder in folders
    ]


def use(data: Path, name: str) -> None:
    """Have that model used from now on; raises NoSuchVersion."""
    wanted = _folder(data, name)
    if wanted == MODEL and name != SHIPPED:
        raise NoSuchVersion(name)
    used = current(data)
    if wanted == used:
        return
    _write(home(data) / _BEFORE, SHIPPED if used == MODEL else used.name)
    _write(home(data) / _IN_USE, name)


def back(data: Path) -> str:
    """Use what was used before; its name. Raises NothingBefore, NoSuchVersion."""
    before = _word(home(data) / _BEFORE)
    if not before:
        raise NothingBefore
    use(data, before)
    return before


def keep(data: Path, trained: Path, name: str) -> Path:
    """Take a trained model over, and let the oldest go; where it lies now."""
    place = home(data) / name
    if place.exists():
        shutil.rmtree(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    trained.replace(place)
    # A folder that was trained again is the newest again.
    os.utime(place)
    protected = {current(data), _folder(data, _word(home(data) / _BEFORE)), place}
    for folder in [one for one in _kept(data) if one not in protected][KEPT:]:
        shutil.rmtree(folder)
    return place


def worth(data: Path, folder: Path) -> dict[str, Any]:
    """The figures of a model, as the last evaluation or its training left them."""
    name = SHIPPED if folder == MODEL else folder.name
    return read(home(data) / f"{name}.json") or read(folder / WORTH)


def note_worth(data: Path, folder: Path, figures: Mapping[str, Any]) -> None:
    """Keep the figures of an evaluation beside the models."""
    name = SHIPPED if folder == MODEL else folder.name
    _write(home(data) / f"{name}.json", json.dumps(figures, sort_keys=True))


def latest(data: Path) -> dict[str, Any]:
    """What became of the last training; empty before there was one."""
    return read(home(data) / _LATEST)


def note_latest(data: Path, told: Mapping[str, Any]) -> None:
    """Keep what became of a training."""
    _write(home(data) / _LATEST, json.dumps(told, sort_keys=True))


def read(path: Path) -> dict[str, Any]:
    """An object of JSON; empty where there is none that can be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _kept(data: Path) -> list[Path]:
    """The models of this installation, newest first."""
    place = home(data)
    if not place.is_dir():
        return []
    found = [one for one in place.iterdir() if one.is_dir() and (one / ABOUT).is_file()]
    return sorted(found, key=lambda one: one.stat().st_mtime_ns, reverse=True)


def _folder(data: Path, name: str) -> Path:
    """The folder of a kept model of that name, or else of the shipped one."""
    # A name comes from a form or a file: it never leads out of the folder.
    if name in ("", SHIPPED, ".", "..") or "/" in name or "\\" in name or "\0" in name:
        return MODEL
    place = home(data) / name
    return place if (place / ABOUT).is_file() else MODEL


def _word(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _write(path: Path, text: str) -> None:
    """Replace the file at once, so that nobody reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
