"""This process speaks of the tree as the database has it, a few seconds late at most."""

import time
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import func, select

from cases.db import reading
from cases.taxonomy.growing import grown
from cases.taxonomy.rows import TaxonomyChange, history
from classifiers import taxonomy

STALE_SECONDS = 5.0


@dataclass(slots=True)
class _Known:
    """The last change that this process knows of, and when it asked."""

    change: int = 0
    asked: float | None = None


_known = _Known()
_asking = Lock()


def follow() -> None:
    """Look whether the tree changed, unless that was done just now."""
    if _known.asked is None or time.monotonic() - _known.asked > STALE_SECONDS:
        follow_now()


def follow_now() -> None:
    """Look whether the tree changed."""
    with _asking, reading() as session:
        newest = session.scalar(select(func.max(TaxonomyChange.id))) or 0
        if newest != _known.change:
            taxonomy.use(grown(taxonomy.shipped(), history(session)) if newest else None)
        _known.change, _known.asked = newest, time.monotonic()


def forget() -> None:
    """Speak of the shipped tree again: the installation is another one."""
    taxonomy.use(None)
    _known.change, _known.asked = 0, None
