"""Waits for the feed to move: one look-out per process, however many followers wait."""

import threading
import time

from cases.db import reading
from cases.exclusions import feed
from cases.exclusions.feed import Head

EVERY = 0.02
"""Seconds between two looks while somebody waits; nobody looks while none does."""


class Watch:
    """The newest head, looked up by one of those who wait on behalf of all."""

    def __init__(self) -> None:
        self._looking = threading.Lock()
        self._moved = threading.Condition()
        self._head: Head | None = None
        self._looked_at = 0.0

    def beyond(self, head: Head, seconds: float) -> bool:
        """Wait until the feed is no longer there; False if it still is after that time."""
        deadline = time.monotonic() + seconds
        while True:
            self._look_if_due()
            if self._is_beyond(head) or time.monotonic() >= deadline:
                return self._is_beyond(head)
            with self._moved:
                if not self._is_beyond(head):
                    self._moved.wait(EVERY)

    def _is_beyond(self, head: Head) -> bool:
        now = self._head
        return now is not None and (now.epoch != head.epoch or now.seq > head.seq)

    def _look_if_due(self) -> None:
        if self._looking.acquire(blocking=False):
            try:
                if time.monotonic() - self._looked_at >= EVERY:
                    self._look()
            finally:
                self._looking.release()

    def _look(self) -> None:
        self._looked_at = time.monotonic()
        with reading() as session:
            found = feed.head(session)
        with self._moved:
            if found != self._head:
                self._head = found
                self._moved.notify_all()


watch = Watch()
