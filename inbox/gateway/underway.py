"""Who already has a mail whose sender has no answer yet: coming again, it is no second mail.

A sender whose connection broke, or whose gate died, sends all of it again. The marks are files
that outlive this process; they go as soon as the sender has been answered.
"""

import contextlib
import hashlib
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

from bot.delivery.smtp import BeforeBody, DeliveryFailure, TemporaryFailure
from inbox.gateway.passing import Marketing

log = logging.getLogger(__name__)
KEPT = timedelta(days=6)
"""Longer than mail servers try, five days as a rule."""
NAMED = ".trip"
"""The file with the name of a coming, which the mail keeps until its sender is answered."""


class UnderWay:
    """A folder of marks, an empty file for each recipient who has the mail."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sending: set[str] = set()
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def trip(self, mail: Marketing, origin: str = "") -> "Trip":
        """That mail on its way; a parked one has an origin, and nothing to do with a new one."""
        known = hashlib.sha256(f"{origin}\n{mail.sender}\n".encode("utf-8", "replace"))
        known.update(mail.content)
        # Relays bring the same mail to many side by side, and each is answered for itself.
        together = "\n".join(mail.recipients).encode("utf-8", "replace")
        named = hashlib.sha256(known.digest() + together).hexdigest()
        return Trip(self, known.digest(), self.mark(f"{named}{NAMED}"))

    def name(self, path: Path) -> str:
        """What the mail of that file is called, named now if it comes for the first time."""
        with self._lock, contextlib.suppress(OSError):
            if path.exists() and (said := path.read_text()):
                return said
            path.write_text(said := secrets.token_hex(16))
            return said
        # A disk that is full lets no marketing pass either.
        return secrets.token_hex(16)

    def mark(self, name: str) -> Path:
        return self._folder / name

    def alone(self, name: str) -> "_Alone":
        return _Alone(self._sending, self._lock, name)

    def sweep(self) -> None:
        """Forget marks of senders who never came again."""
        oldest = time.time() - KEPT.total_seconds()
        for path in self._folder.iterdir():
            # A sender who is answered meanwhile takes their marks away.
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < oldest:
                    path.unlink()


class _Alone:
    """Nobody else sends the same to the same recipient inside of the block."""

    def __init__(self, sending: set[str], lock: threading.Lock, name: str) -> None:
        self._sending, self._lock, self._name = sending, lock, name

    def __enter__(self) -> None:
        with self._lock:
            if self._name in self._sending:
                raise TemporaryFailure("the same mail is being sent just now")
            self._sending.add(self._name)

    def __exit__(self, *_about: object) -> None:
        with self._lock:
            self._sending.discard(self._name)


class Trip:
    """One mail on its way to all of its recipients."""

    def __init__(self, under_way: UnderWay, known: bytes, named: Path) -> None:
        self._under_way, self._known = under_way, known
        self._marks: set[Path] = set()
        self._named = named

    @property
    def name(self) -> str:
        """What this coming of the mail is called, also when it comes again unanswered."""
        self._marks.add(self._named)
        return self._under_way.name(self._named)

    def has(self, recipient: str) -> bool:
        """Whether they have it already, or it waits here for them."""
        path = self._under_way.mark(self._mark(recipient))
        if not path.exists():
            return False
        self._marks.add(path)
        return True

    def has_taken(self, recipients: Iterable[str]) -> None:
        """It waits here for those, so it is not taken a second time."""
        for one in recipients:
            path = self._under_way.mark(self._mark(one))
            _is_marked(path)
            self._marks.add(path)

    def goes_on(self) -> None:
        """The sender is told to come again, and it will be the same mail."""
        self._marks.discard(self._named)

    def once(self, recipient: str, send: Callable[[BeforeBody], None]) -> None:
        """Have it sent to that recipient unless they have it; `send` is given the mark to make."""
        name = self._mark(recipient)
        path = self._under_way.mark(name)
        with self._under_way.alone(name):
            if not path.exists():
                _send(send, path)
            self._marks.add(path)

    def _mark(self, recipient: str) -> str:
        return hashlib.sha256(self._known + recipient.encode("utf-8", "replace")).hexdigest()

    def over(self) -> None:
        """The sender has the answer, so the same mail would be another one from now on."""
        for path in self._marks:
            path.unlink(missing_ok=True)


def _send(send: Callable[[BeforeBody], None], path: Path) -> None:
    try:
        send(lambda: _is_marked(path))
    except DeliveryFailure:
        path.unlink(missing_ok=True)
        raise


def _is_marked(path: Path) -> bool:
    """Make the mark; what cannot be marked must not leave, for it could leave twice."""
    try:
        path.touch()
    except OSError:
        log.exception("no mark can be made")
        return False
    return True
