"""Room for answers that do not end: each keeps a thread, and half of them answer everybody else.

Pages of agents and programs that follow the feed share it.
"""

import threading
from functools import cache

from inbox.settings import settings


@cache
def _places() -> threading.BoundedSemaphore:
    return threading.BoundedSemaphore(settings().web_threads // 2)


def enter() -> bool:
    """Take a place; False if there is none left."""
    return _places().acquire(blocking=False)


def leave() -> None:
    """Give the place back."""
    _places().release()
