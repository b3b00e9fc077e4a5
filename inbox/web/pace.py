"""How often somebody may ask what costs work or tells of people: counted in memory, per process.

Looking is no writing, so nothing is kept of it in the database.
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

from flask import Response

from cases import clock
from cases.language import gettext as _
from inbox.web.errors import show

WINDOW = timedelta(minutes=1)
MOST_KNOWN = 10_000
"""Askers that are remembered; beyond, the ones that asked longest ago are forgotten."""


class Pace:
    """So many questions a minute from each asker."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._asked: OrderedDict[str, tuple[datetime, int]] = OrderedDict()
        self._lock = Lock()

    def allows(self, asker: str) -> bool:
        """Count one more question; False if there were too many in this minute."""
        now = clock.now()
        with self._lock:
            since, number = self._asked.pop(asker, (now, 0))
            since, number = (since, number) if now - since < WINDOW else (now, 0)
            self._asked[asker] = (since, number + 1)
            if len(self._asked) > MOST_KNOWN:
                self._asked.popitem(last=False)
        return number < self.most


def too_fast() -> Response:
    """What is said to who asks too often."""
    return show(429, _("Too many questions in a short time. Wait a minute."))
