"""A copy of the feed in SQLite: a snapshot once, then the changes; it heals itself after a 410."""

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from tregua_client.asking import FAILS_OPEN, Asker, understood
from tregua_client.clockwork import Moment, moment
from tregua_client.names import keyed, normalised
from tregua_client.refusals import FeedStale, Gone, NoAnswer

SOFT, HARD = 900.0, 3600.0
# These may be sent by a copy that is a while old; all other marketing needs a fresh one.
PATIENT = frozenset({"service_notice", "collections"})
TABLES = (
    "CREATE TABLE IF NOT EXISTS held (name TEXT PRIMARY KEY, spans TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS known (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
)


class Mirror:
    """The feed of one campaign class and topic, kept beside the sender."""

    def __init__(
        self,
        path: str | Path,
        *,
        campaign_class: str = "promotional",
        topic: str = "",
        key: str = "",
    ) -> None:
        self._database = sqlite3.connect(path, timeout=30, isolation_level=None)
        self._view = {"campaign_class": campaign_class, "topic": topic}
        self._key = bytes.fromhex(key)
        self._database.execute("PRAGMA journal_mode=WAL")
        for table in TABLES:
            self._database.execute(table)
        if self._known("view") not in (None, json.dumps(self._view)):
            self._forget()

    def close(self) -> None:
        self._database.close()

    def sync(self, client: Asker, *, wait: int = 0) -> int:
        """Become what the feed is now; how many changes that took."""
        head = client.head()
        now = moment(datetime.fromisoformat(head["server_time"]).timestamp())
        cursor = self._known("cursor")
        try:
            changed = self._follow(client, cursor, wait) if cursor else self._snapshot(client)
        except Gone:
            changed = self._snapshot(client)
        with self._writing():
            self._remember("moment", json.dumps(asdict(now)))
            self._remember("lag", str(head["lag"]))
        return changed

    def _snapshot(self, client: Asker) -> int:
        lines = client.stream("/v1/exclusions", params=self._view)
        with self._writing():
            self._database.execute("DELETE FROM held")
            trailer = self._load(lines)
            self._remember("cursor", str(trailer["cursor"]))
            self._remember("view", json.dumps(self._view))
        return int(trailer["count"])

    def _load(self, lines: Iterable[bytes]) -> dict[str, Any]:
        """Put a snapshot into the table; raises NoAnswer unless it is whole."""
        digest, count, trailer = hashlib.sha256(), -1, None
        for line in lines:
            said = _read(line)
            if trailer is not None:
                raise NoAnswer("the snapshot goes on after its end")
            if said.get("end") is True:
                trailer = said
                continue
            digest.update(line)
            count += 1
            if count:
                self._put(said)
        if trailer is None or (trailer["count"], trailer["sha256"]) != (count, digest.hexdigest()):
            raise NoAnswer("the snapshot is cut off or was changed on its way")
        return trailer

    def _follow(self, client: Asker, cursor: str, wait: int) -> int:
        changed, more = 0, True
        while more:
            answer = client.ask(
                "GET",
                "/v1/exclusions/changes",
                params={**self._view, "cursor": cursor, "wait": wait},
                timeout=wait + 10,
            )
            page = understood(answer, "items", "cursor", "more")
            with self._writing():
                for item in page["items"]:
                    self._put(item)
                cursor = str(page["cursor"])
                self._remember("cursor", cursor)
            changed += len(page["items"])
            more, wait = bool(page["more"]), 0
        return changed

    def _put(self, item: dict[str, Any]) -> None:
        name = item.get("address") or item.get("hash")
        if not isinstance(name, str):
            raise NoAnswer("a line of the feed names nobody")
        if item.get("op") == "release":
            self._database.execute("DELETE FROM held WHERE name = ?", (name,))
            return
        spans = [(one["starts_at"], one["until"]) for one in item.get("holds") or [item]]
        self._database.execute(
            "INSERT OR REPLACE INTO held VALUES (?, ?)",
            (name, json.dumps(spans)),
        )

    def age(self) -> float:
        """Seconds since it was last known to be the feed."""
        then = self._moment()
        return then.age() if then is not None else float("inf")

    def must_be_fresh(self) -> None:
        """Raise FeedStale where marketing has to wait."""
        klass = self._view["campaign_class"]
        if klass in FAILS_OPEN:
            return
        if self.age() > (HARD if klass in PATIENT else SOFT):
            raise FeedStale("the copy of the feed is too old: bring it up to date")
        if self._known("lag") != "none":
            raise FeedStale("the installation is behind in reading its mail")

    def allowed(self, address: str) -> bool:
        """Whether that person may be written to now; raises FeedStale."""
        self.must_be_fresh()
        then = self._moment()
        now = then.server_now() if then is not None else 0.0
        return not any(_holds(span, now) for span in self._spans(address))

    def _spans(self, address: str) -> list[tuple[str, str | None]]:
        value = normalised(address)
        names = [value, keyed(value, self._key)] if self._key else [value]
        marks = ", ".join("?" * len(names))
        query = f"SELECT spans FROM held WHERE name IN ({marks})"  # noqa: S608  marks alone
        return [
            tuple(one)
            for (text,) in self._database.execute(query, names)
            for one in json.loads(text)
        ]

    def count(self) -> int:
        """How many are in it."""
        return int(self._database.execute("SELECT count(*) FROM held").fetchone()[0])

    def rows(self) -> Iterator[tuple[str, list[tuple[str, str | None]]]]:
        """Everybody in it, and when they are held."""
        with closing(self._database.execute("SELECT name, spans FROM held ORDER BY name")) as rows:
            for name, text in rows:
                yield name, [tuple(one) for one in json.loads(text)]

    def _moment(self) -> Moment | None:
        text = self._known("moment")
        return Moment(**json.loads(text)) if text is not None else None

    def _known(self, key: str) -> str | None:
        row = self._database.execute("SELECT value FROM known WHERE key = ?", (key,)).fetchone()
        return row[0] if row is not None else None

    def _remember(self, key: str, value: str) -> None:
        self._database.execute("INSERT OR REPLACE INTO known VALUES (?, ?)", (key, value))

    def _forget(self) -> None:
        with self._writing():
            self._database.execute("DELETE FROM held")
            self._database.execute("DELETE FROM known")

    def _writing(self) -> "_Writing":
        return _Writing(self._database)


class _Writing:
    """All of it or nothing: a snapshot that breaks off leaves what was there before."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def __enter__(self) -> None:
        self._database.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_about: object) -> None:
        self._database.execute("COMMIT" if kind is None else "ROLLBACK")


def _read(line: bytes) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as wrong:
        raise NoAnswer("a line of the snapshot cannot be read") from wrong
    if not isinstance(said, dict) or not line.endswith(b"\n"):
        raise NoAnswer("a line of the snapshot cannot be read")
    return said


def _holds(span: tuple[str, str | None], now: float) -> bool:
    starts, until = span
    if datetime.fromisoformat(starts).timestamp() > now:
        return False
    return until is None or now < datetime.fromisoformat(until).timestamp()
