"""A line to one account: signed in, with errors in one family and a beat at each answer."""

import contextlib
import imaplib
import socket
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Self

from imapclient.exceptions import IMAPClientError

from inbox.intake.imap import idling
from inbox.intake.imap.account import Account, as_failure, sign_in
from inbox.intake.imap.answers import REFUSED, Answer

TRIES = 3
"""So often a mail that the server does not give is asked for, before the others go on without."""


class Line:
    """What every use of an account needs; which folder is open is its child's matter."""

    def __init__(
        self, account: Account, beat: Callable[[], None], refused: Counter[int] | None
    ) -> None:
        self._account, self._beat = account, beat
        self._refused = refused if refused is not None else Counter()
        with as_failure(account):
            self._client = sign_in(account)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_about: object) -> None:
        if kind is None:
            with contextlib.suppress(IMAPClientError, imaplib.IMAP4.error, OSError):
                self._client.logout()
        self.close()

    def close(self) -> None:
        """Hang up without a word; another thread that waits for an answer gets a failure."""
        with contextlib.suppress(OSError, AttributeError):
            self._client.socket().shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError, AttributeError):
            self._client._imap.shutdown()

    def _search(self, criteria: list[Any]) -> list[int]:
        with as_failure(self._account):
            found = list(self._client.search(criteria))
        self._beat()
        return found

    def _fetch(self, uids: Sequence[int], items: Sequence[str]) -> dict[int, Answer]:
        with as_failure(self._account):
            try:
                said = self._client.fetch(list(uids), list(items)) if uids else {}
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as refused:
                said = self._one_by_one(uids, items, refused)
        self._beat()
        return dict(said)

    def _one_by_one(
        self, uids: Sequence[int], items: Sequence[str], refused: Exception
    ) -> dict[int, Answer]:
        """One mail that the server cannot give must not keep back the others for ever."""
        found: dict[int, Answer] = {}
        for uid in uids:
            try:
                found |= self._client.fetch([uid], list(items))
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error:
                self._refused[uid] += 1
                found[uid] = {REFUSED: True}
        if any(self._refused[uid] < TRIES for uid, said in found.items() if REFUSED in said):
            raise refused
        return found

    def wait(self, seconds: float) -> None:
        """Until something happens in the folder, or that long; raises ImapFailure when it died."""
        with as_failure(self._account):
            idling.wait(self._client, seconds)
        self._beat()

    def can_idle(self) -> bool:
        """Whether the server tells us of new mail by itself (RFC 2177)."""
        with as_failure(self._account):
            return bool(self._client.has_capability("IDLE"))

    def folders(self) -> list[str]:
        """Names of the account's folders."""
        with as_failure(self._account):
            return [name for _flags, _delimiter, name in self._client.list_folders()]
