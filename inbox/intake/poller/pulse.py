"""Signs of life of a mailbox's connection, so that one that hangs can be cut from outside."""

import threading
import time

from inbox.intake.imap import Connection

STUCK_SECONDS = 600.0
"""Longer than a slow server takes for a mebibyte, which is the largest single question."""


class Pulse:
    """One thread beats it; another one looks, and cuts the line of a thread that hangs."""

    def __init__(self) -> None:
        self._at = time.monotonic()
        self._lock = threading.Lock()
        self._connection: Connection | None = None

    def beat(self) -> None:
        """The server did something for us."""
        self._at = time.monotonic()

    def hold(self, connection: Connection | None) -> None:
        """Remember the connection that may have to be cut."""
        with self._lock:
            self._connection = connection
        self.beat()

    def is_stuck(self) -> bool:
        """Whether nothing happened for far too long although a connection is open."""
        return self._connection is not None and time.monotonic() - self._at > STUCK_SECONDS

    def cut(self) -> None:
        """Let the thread that hangs fail, so that it begins anew."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None
