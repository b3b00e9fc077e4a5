"""The embedded servers' mailboxes on disk, so that UIDs and mails are the same after a restart."""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS box (
  id INTEGER PRIMARY KEY, owner TEXT NOT NULL, name TEXT NOT NULL,
  uid_validity INTEGER NOT NULL, last_uid INTEGER NOT NULL DEFAULT 0, UNIQUE (owner, name));
CREATE TABLE IF NOT EXISTS mail (
  box INTEGER NOT NULL REFERENCES box ON DELETE CASCADE, uid INTEGER NOT NULL,
  flags TEXT NOT NULL, arrived_at TEXT NOT NULL, content BLOB NOT NULL,
  PRIMARY KEY (box, uid)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Box:
    """A mailbox as kept: `uid_validity` never changes while the box lives."""

    id: int
    name: str
    uid_validity: int
    last_uid: int


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A mail as kept."""

    uid: int
    flags: tuple[bytes, ...]
    arrived_at: datetime
    content: bytes


class MailStore:
    """All mailboxes of all users in one file. Each call is done when it returns."""

    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(path, isolation_level=None)
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.execute("PRAGMA foreign_keys=ON")
        self._file.executescript(SCHEMA)

    def close(self) -> None:
        self._file.close()

    def boxes(self, owner: str) -> list[Box]:
        rows = self._file.execute(
            "SELECT id, name, uid_validity, last_uid FROM box WHERE owner = ? ORDER BY id", (owner,)
        )
        return [Box(*row) for row in rows]

    def add_box(self, owner: str, name: str, uid_validity: int) -> Box:
        box_id = self._file.execute(
            "INSERT INTO box (owner, name, uid_validity) VALUES (?, ?, ?)",
            (owner, name, uid_validity),
        ).lastrowid
        return Box(box_id or 0, name, uid_validity, 0)

    def rename_box(self, box: int, name: str) -> None:
        self._file.execute("UPDATE box SET name = ? WHERE id = ?", (name, box))

    def drop_box(self, box: int) -> None:
        self._file.execute("DELETE FROM box WHERE id = ?", (box,))

    def mails(self, box: int) -> Iterator[KeptMail]:
        rows = self._file.execute(
            "SELECT uid, flags, arrived_at, content FROM mail WHERE box = ? ORDER BY uid", (box,)
        )
        for uid, flags, arrived_at, content in rows:
            words = tuple(flags.encode("ascii").split())
            yield KeptMail(uid, words, datetime.fromisoformat(arrived_at), content)

    def put(self, box: int, mail: KeptMail) -> None:
        # The number is used up first: a crash between the two leaves a gap, never a second mail
        # with the same UID.
        self._use_up(box, mail.uid)
        self._file.execute(
            "INSERT INTO mail VALUES (?, ?, ?, ?, ?)",
            (box, mail.uid, _words(mail.flags), mail.arrived_at.isoformat(), mail.content),
        )

    def copy(self, box: int, uid: int, to_box: int, to_uid: int) -> None:
        self._use_up(to_box, to_uid)
        self._file.execute(
            "INSERT INTO mail SELECT ?, ?, flags, arrived_at, content FROM mail"
            " WHERE box = ? AND uid = ?",
            (to_box, to_uid, box, uid),
        )

    def move(self, box: int, uid: int, to_box: int, to_uid: int) -> None:
        self._use_up(to_box, to_uid)
        self._file.execute(
            "UPDATE mail SET box = ?, uid = ? WHERE box = ? AND uid = ?",
            (to_box, to_uid, box, uid),
        )

    def flag(self, box: int, uid: int, flags: Iterable[bytes]) -> None:
        self._file.execute(
            "UPDATE mail SET flags = ? WHERE box = ? AND uid = ?", (_words(flags), box, uid)
        )

    def drop(self, box: int, uids: Iterable[int]) -> None:
        self._file.executemany(
            "DELETE FROM mail WHERE box = ? AND uid = ?", [(box, uid) for uid in uids]
        )

    def _use_up(self, box: int, uid: int) -> None:
        self._file.execute("UPDATE box SET last_uid = max(last_uid, ?) WHERE id = ?", (uid, box))


def _words(flags: Iterable[bytes]) -> str:
    return b" ".join(sorted(flags)).decode("ascii")
