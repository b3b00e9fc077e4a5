"""Mails that wait until the feed can be believed: files, since the database may be away."""

import base64
import contextlib
import fcntl
import hashlib
import itertools
import json
import logging
import os
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cases.exclusions.matrix import FAILS_CLOSED, CampaignClass
from inbox.gateway.passing import Marketing

log = logging.getLogger(__name__)
WHOLE, DAMAGED = ".json", ".damaged"
MUST_ARRIVE = "-must"
"""At the end of the name of what waits for the relay alone, and not for the feed."""


@dataclass(frozen=True)
class Parked:
    """One mail that waits."""

    path: Path
    mail: Marketing
    since: datetime
    reason: str

    @property
    def name(self) -> str:
        return self.path.stem


class Parking:
    """A folder of mails, one file each, whole or not there.

    The same mail to the same recipients is one file, however often a sender that lost us brings it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._failed: dict[str, int] = {}
        self._turns = itertools.count(1)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, mail: Marketing, at: datetime, reason: str = "") -> Marketing:
        """Keep it, safe against a crash from here on; gives the mail as it is kept."""
        path = self._folder / f"{_name(mail)}{WHOLE}"
        with contextlib.suppress(FileNotFoundError):
            if (kept := _read(path)) is not None:
                return kept.mail
        self._write(path, _as_json(mail, at, reason))
        return mail

    def keep_for(self, parked: Parked, recipients: Sequence[str]) -> None:
        """Those still wait, since when they did; the others are settled."""
        if tuple(recipients) != parked.mail.recipients:
            mail = parked.mail.to(recipients)
            self._write(parked.path, _as_json(mail, parked.since, parked.reason))

    def _write(self, path: Path, said: dict[str, object]) -> None:
        unfinished = path.with_suffix(".part")
        with unfinished.open("w", encoding="utf-8") as file:
            json.dump(said, file)
            file.flush()
            os.fsync(file.fileno())
        # Who came first goes first, and one that was written anew keeps its place.
        came = datetime.fromisoformat(str(said["at"])).timestamp()
        os.utime(unfinished, (came, came))
        unfinished.rename(path)
        self._sync()

    def _sync(self) -> None:
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    @contextlib.contextmanager
    def alone(self) -> Iterator[bool]:
        """Whether nobody else, in no process, settles parked mails inside of the block."""
        with (self._folder / ".lock").open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def names(self) -> list[str]:
        """What they are called."""
        return sorted(path.stem for path in self._folder.glob(f"*{WHOLE}"))

    def waiting(
        self, came_before: datetime | None = None, *, only: Container[str] | None = None
    ) -> Iterator[Parked]:
        """All of them, or those of these names, or those that came before then or wait for no feed.

        The oldest comes first, and what could not go after all that were not tried.
        """
        last = None if came_before is None else came_before.timestamp()
        for path in sorted(self._folder.glob(f"*{WHOLE}"), key=self._place):
            if only is not None and path.stem not in only:
                continue
            if last is not None and not path.stem.endswith(MUST_ARRIVE) and _came(path)[0] > last:
                continue
            with contextlib.suppress(FileNotFoundError):
                found = _read(path)
                if found is not None:
                    yield found

    def _place(self, path: Path) -> tuple[int, float, str]:
        return self._failed.get(path.stem, 0), *_came(path)

    def put_last(self, parked: Parked) -> None:
        """It could not go, so all others are looked at before it is again."""
        self._failed[parked.name] = next(self._turns)

    def take(self, parked: Parked) -> None:
        """It went on its way, or is over."""
        parked.path.unlink(missing_ok=True)
        self._failed.pop(parked.name, None)

    def damaged(self) -> int:
        """How many could not be read and were put aside."""
        return sum(1 for _ in self._folder.glob(f"*{DAMAGED}"))

    def __len__(self) -> int:
        return sum(1 for _ in self._folder.glob(f"*{WHOLE}"))


def _came(path: Path) -> tuple[float, str]:
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_mtime, path.name
    return 0.0, path.name


def _name(mail: Marketing) -> str:
    known = hashlib.sha256("\n".join((mail.sender, *mail.recipients)).encode("utf-8", "replace"))
    known.update(mail.content)
    waits_for_feed = mail.campaign_class in FAILS_CLOSED
    return known.hexdigest()[:32] + ("" if waits_for_feed else MUST_ARRIVE)


def _read(path: Path) -> Parked | None:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        since = datetime.fromisoformat(said["at"])
        mail = _from_json(said).named(str(said.get("trip") or path.stem))
        return Parked(path, mail, since, str(said.get("reason", "")))
    except (ValueError, KeyError, TypeError):
        # One that a full disk spoilt must not keep all the others from going.
        log.exception("a parked mail cannot be read; it is put aside as %s%s", path.stem, DAMAGED)
        path.rename(path.with_suffix(DAMAGED))
        return None


def _as_json(mail: Marketing, at: datetime, reason: str) -> dict[str, object]:
    return {
        "at": at.isoformat(),
        "reason": reason,
        "sender": mail.sender,
        "recipients": list(mail.recipients),
        "campaign_class": mail.campaign_class.value,
        "topic": mail.topic,
        "campaign": mail.campaign,
        "receipt": mail.receipt,
        "trip": mail.trip,
        "content": base64.b64encode(mail.content).decode(),
    }


def _from_json(said: dict[str, object]) -> Marketing:
    recipients = said["recipients"]
    if not isinstance(recipients, list):
        raise TypeError("recipients are a list")
    return Marketing(
        sender=str(said["sender"]),
        recipients=tuple(map(str, recipients)),
        content=base64.b64decode(str(said["content"])),
        campaign_class=CampaignClass(str(said["campaign_class"])),
        topic=str(said["topic"]),
        campaign=str(said["campaign"]),
        receipt=str(said["receipt"]),
    )
