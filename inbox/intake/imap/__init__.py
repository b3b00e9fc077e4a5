"""One connection to one account: open a folder, list and fetch mails, mark, append, wait."""

import imaplib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from imapclient.exceptions import IMAPClientError

from cases.language import gettext as _
from inbox.intake.imap import answers, idling
from inbox.intake.imap.account import (
    Account,
    FolderRefused,
    ImapFailure,
    SignInRefused,
    as_failure,
)
from inbox.intake.imap.fetching import fetch_batch, fetch_whole
from inbox.intake.imap.line import Line
from inbox.spool import BATCH, BATCH_BYTES, Fetched
from inbox.spool.marks import FIELDS
from inbox.spool.renumbering import Listed

__all__ = [
    "Account",
    "Connection",
    "Folder",
    "FolderRefused",
    "ImapFailure",
    "SignInRefused",
    "grouped",
]

# A search answer and a fetch command stay below what servers and the library take in one line.
UIDS_AT_ONCE, SIZES_AT_ONCE = 100_000, 500
KEYWORD = b"$TreguaStored"
"""Ours, on mails that are in the spool; other mail programs do not show it."""


@dataclass(frozen=True, slots=True)
class Folder:
    """What the server says of the opened folder (RFC 3501)."""

    uidvalidity: int
    uidnext: int
    """As told, or one above the highest there is: then `tells_uidnext` is false."""
    exists: int
    name: str = "INBOX"
    takes_keyword: bool = False
    tells_uidnext: bool = True


class Connection(Line):
    """A signed-in connection with a folder opened. One thread at a time may use it."""

    def __init__(
        self,
        account: Account,
        beat: Callable[[], None] = lambda: None,
        refused: Counter[int] | None = None,
    ) -> None:
        """`beat` is called at each answer; `refused` counts the mails the server did not give."""
        super().__init__(account, beat, refused)
        try:
            self.folder = self.open(account.folder)
        except BaseException:
            self.close()
            raise

    def open(self, name: str) -> Folder:
        """Open that folder; raises FolderRefused."""
        # After a refusal no folder is open at all (RFC 3501, 6.3.1).
        self.folder = Folder(0, 1, 0, name="")
        with as_failure(self._account):
            try:
                said = self._client.select_folder(name, readonly=self._account.read_only)
            except imaplib.IMAP4.abort:
                raise
            except (IMAPClientError, imaplib.IMAP4.error) as refused:
                raise FolderRefused(
                    _("The folder {name} cannot be opened: {reason}", name=name, reason=refused)
                ) from refused
            self.folder = self._folder(name, said)
        self._beat()
        return self.folder

    def _folder(self, name: str, said: dict[bytes, Any]) -> Folder:
        last = 0 if said.get(b"UIDNEXT") else max(self._client.search(["UID", "*"]), default=0)
        allowed = {flag.lower() for flag in said.get(b"PERMANENTFLAGS", ())}
        takes = not self._account.read_only and not said.get(b"READ-ONLY")
        return Folder(
            uidvalidity=int(said[b"UIDVALIDITY"]),
            uidnext=int(said.get(b"UIDNEXT") or last + 1),
            exists=int(said[b"EXISTS"]),
            name=name,
            takes_keyword=takes and bool({b"\\*", KEYWORD.lower()} & allowed),
            tells_uidnext=bool(said.get(b"UIDNEXT")),
        )

    def numbers(self, name: str) -> tuple[int, int]:
        """UIDVALIDITY and UIDNEXT of a folder that is not open."""
        with as_failure(self._account):
            try:
                said = self._client.folder_status(name, ["UIDVALIDITY", "UIDNEXT"])
            except imaplib.IMAP4.abort:
                raise
            except (IMAPClientError, imaplib.IMAP4.error) as refused:
                raise FolderRefused(
                    _("The folder {name} cannot be opened: {reason}", name=name, reason=refused)
                ) from refused
        self._beat()
        return int(said[b"UIDVALIDITY"]), int(said[b"UIDNEXT"])

    def new_uids(self, after: int) -> list[int]:
        """UIDs above that one, ascending."""
        # Without NOOP a search may show the view from before other people's deliveries.
        with as_failure(self._account):
            self._client.noop()
            # The searches below see all that was told so far; what is told from here on is news.
            idling.forget_news(self._client)
        found = (self._search(["UID", window]) for window in self._windows(after + 1))
        # `n:*` always names the last mail, so what lies below is filtered.
        return sorted({uid for uids in found for uid in uids if uid > after})

    def _windows(self, first: int) -> Iterator[str]:
        """The UIDs from there on, in ranges of which each answer fits into one line."""
        while self.folder.exists > UIDS_AT_ONCE and first + UIDS_AT_ONCE < self.folder.uidnext:
            yield f"{first}:{first + UIDS_AT_ONCE - 1}"
            first += UIDS_AT_ONCE
        yield f"{first}:*"

    def uids_since(self, instant: datetime) -> list[int]:
        """UIDs of mails that may have arrived since then: servers search by day, in their zone."""
        day = max((instant - timedelta(days=1)).date(), date(1970, 1, 1))
        found = (self._search(["UID", window, "SINCE", day]) for window in self._windows(1))
        return sorted({uid for uids in found for uid in uids})

    def unmarked(self, first: int, last: int) -> list[int]:
        """UIDs in that range that lack our keyword."""
        if first > last:
            return []
        return sorted(self._search(["UID", f"{first}:{last}", "UNKEYWORD", KEYWORD]))

    def with_message_id(self, rfc_id: str) -> list[int]:
        """UIDs of mails with that Message-ID."""
        return sorted(self._search(["HEADER", "Message-ID", rfc_id]))

    def listing(self, uids: Sequence[int]) -> Iterator[list[Listed]]:
        """Size, date and what a mail is recognised by, in batches and without bodies."""
        wanted = ["RFC822.SIZE", "INTERNALDATE", f"BODY.PEEK[HEADER.FIELDS ({' '.join(FIELDS)})]"]
        for start in range(0, len(uids), SIZES_AT_ONCE):
            some = uids[start : start + SIZES_AT_ONCE]
            said = self._fetch(some, wanted)
            found = (answers.listed(uid, said[uid]) for uid in some if uid in said)
            yield [one for one in found if one is not None]

    def dates(self, uids: Sequence[int]) -> dict[int, datetime]:
        """When each mail arrived."""
        found: dict[int, datetime] = {}
        for start in range(0, len(uids), SIZES_AT_ONCE):
            some = uids[start : start + SIZES_AT_ONCE]
            said = self._fetch(some, ["INTERNALDATE"])
            found |= {uid: answers.arrived_at(said[uid]) for uid in some if uid in said}
        return found

    def batches(self, uids: Sequence[int]) -> Iterator[list[tuple[int, int]]]:
        """(UID, size in bytes) in batches that are small enough to hold in memory."""
        return grouped(self._sizes(uids))

    def _sizes(self, uids: Sequence[int]) -> Iterator[tuple[int, int]]:
        for start in range(0, len(uids), SIZES_AT_ONCE):
            some = uids[start : start + SIZES_AT_ONCE]
            said = self._fetch(some, ["RFC822.SIZE"])
            # A mail that somebody moved away meanwhile is missing in the answer.
            sizes = ((uid, answers.size(said.get(uid, {}))) for uid in some)
            yield from ((uid, size) for uid, size in sizes if size is not None)

    def fetch(self, batch: Sequence[tuple[int, int]], largest: int) -> list[Fetched]:
        """The mails of a batch; of one larger than `largest` only header and texts."""
        return fetch_batch(self._fetch, batch, largest)

    def whole(self, uid: int, size: int) -> Fetched | None:
        """One mail from its first byte to its last, however large; None if it is gone."""
        return fetch_whole(self._fetch, uid, size)

    def mark(self, uids: Sequence[int]) -> None:
        """Lay our keyword on mails that are stored; a server that refuses is not asked again."""
        for start in range(0, len(uids) if self.folder.takes_keyword else 0, SIZES_AT_ONCE):
            some = list(uids[start : start + SIZES_AT_ONCE])
            with as_failure(self._account):
                try:
                    self._client.add_flags(some, [KEYWORD], silent=True)
                except imaplib.IMAP4.abort:
                    raise
                except imaplib.IMAP4.error:
                    self.folder = replace(self.folder, takes_keyword=False)
                    return

    def unmark(self) -> int:
        """Take our keyword off all mails of the open folder again; how many bore it."""
        with as_failure(self._account):
            marked = sorted(self._search(["KEYWORD", KEYWORD]))
            for start in range(0, len(marked), SIZES_AT_ONCE):
                some = marked[start : start + SIZES_AT_ONCE]
                self._client.remove_flags(some, [KEYWORD], silent=True)
        self._beat()
        return len(marked)

    def append(self, folder: str, content: bytes, at: datetime) -> None:
        """Lay a mail into a folder, as read; raises ImapFailure."""
        with as_failure(self._account):
            self._client.append(folder, content, (b"\\Seen",), at)
        self._beat()

    def sent_folder(self) -> str | None:
        """The folder that the server, or custom, calls Sent."""
        with as_failure(self._account):
            name: str | None = self._client.find_special_folder(b"\\Sent")
        return name


def grouped(sizes: Iterable[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Mails in batches that are small enough to hold in memory."""
    batch: list[tuple[int, int]] = []
    total = 0
    for uid, size in sizes:
        if batch and (len(batch) >= BATCH or total + size > BATCH_BYTES):
            yield batch
            batch, total = [], 0
        batch.append((uid, size))
        total += size
    if batch:
        yield batch
