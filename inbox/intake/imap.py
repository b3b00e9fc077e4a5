"""One connection to one folder of one mailbox: new UIDs since the cursor, fetch, wait."""

import contextlib
import imaplib
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, cast

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from cases import clock
from inbox.spool import BATCH, BATCH_BYTES, Fetched

CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0
# A search answer and a fetch command stay below what servers take in one line.
SIZES_AT_ONCE = 500
CHUNK = 2**20


class ImapFailure(Exception):
    """The server cannot be used now; the text is one sentence that says what to do."""


class SignInRefused(ImapFailure):
    """The server does not take user and password: trying on would only lock the account."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where a mailbox is and how to sign in."""

    host: str
    port: int
    security: str
    user: str
    password: str
    folder: str = "INBOX"


@dataclass(frozen=True, slots=True)
class Folder:
    """What the server says of the opened folder (RFC 3501)."""

    uidvalidity: int
    uidnext: int
    exists: int


@contextlib.contextmanager
def _as_failure(account: Account) -> Iterator[None]:
    """The library fails in two families of errors; ours is one, with a sentence."""
    try:
        yield
    except LoginError as refused:
        raise SignInRefused(
            f"{account.host} does not accept the password of {account.user}; "
            "check both, or make an app password"
        ) from refused
    except (IMAPClientError, imaplib.IMAP4.error, OSError) as failure:
        raise ImapFailure(
            f"{account.host}:{account.port} cannot be used now: {failure or type(failure).__name__}"
        ) from failure


class Connection:
    """An open folder, read only: nothing in the mailbox is changed."""

    def __init__(self, account: Account) -> None:
        self._account = account
        with _as_failure(account):
            self._client = _sign_in(account)
            self.folder = self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(IMAPClientError, imaplib.IMAP4.error, OSError):
            self._client.logout()

    def _open(self) -> Folder:
        said = self._client.select_folder(self._account.folder, readonly=True)
        exists = int(said[b"EXISTS"])
        return Folder(int(said[b"UIDVALIDITY"]), int(said.get(b"UIDNEXT", 0)), exists)

    def new_uids(self, after: int) -> list[int]:
        """UIDs above that one, ascending. `n:*` always names the last mail, so it is filtered."""
        with _as_failure(self._account):
            # Without NOOP a search may show the view from before other people's deliveries.
            self._client.noop()
            found = self._client.search(["UID", f"{after + 1}:*"])
        return sorted(uid for uid in found if uid > after)

    def batches(self, uids: Sequence[int]) -> Iterator[list[tuple[int, int]]]:
        """(UID, size in bytes) in batches that are small enough to hold in memory."""
        batch: list[tuple[int, int]] = []
        total = 0
        for uid, size in self._sizes(uids):
            if batch and (len(batch) >= BATCH or total + size > BATCH_BYTES):
                yield batch
                batch, total = [], 0
            batch.append((uid, size))
            total += size
        if batch:
            yield batch

    def _sizes(self, uids: Sequence[int]) -> Iterator[tuple[int, int]]:
        for start in range(0, len(uids), SIZES_AT_ONCE):
            some = uids[start : start + SIZES_AT_ONCE]
            with _as_failure(self._account):
                said = self._client.fetch(some, ["RFC822.SIZE"])
            # A mail that somebody moved away meanwhile is missing in the answer.
            yield from ((uid, int(said[uid][b"RFC822.SIZE"])) for uid in some if uid in said)

    def fetch(self, batch: Sequence[tuple[int, int]], largest: int) -> list[Fetched]:
        """The mails of a batch; of one larger than `largest` only the beginning."""
        sizes = dict(batch)
        whole = [uid for uid, size in batch if size <= largest]
        with _as_failure(self._account):
            said = self._client.fetch(whole, ["BODY.PEEK[]", "INTERNALDATE"]) if whole else {}
            mails = [_fetched(uid, data, sizes[uid]) for uid, data in said.items()]
            mails += [self._beginning(uid, size) for uid, size in batch if size > largest]
        return sorted((mail for mail in mails if mail is not None), key=lambda mail: mail.uid)

    def _beginning(self, uid: int, size: int) -> Fetched | None:
        said = self._client.fetch([uid], [f"BODY.PEEK[]<0.{CHUNK}>", "INTERNALDATE"])
        return _fetched(uid, said[uid], size) if uid in said else None

    def wait(self, seconds: float) -> None:
        """Until something happens in the folder, or that long; raises ImapFailure when it died.

        The library polls the raw socket while lines may already lie in its buffer, and takes a
        closed connection for silence: so the buffer is looked at first, and IDLE is always left.
        """
        with _as_failure(self._account):
            self._client.idle()
            try:
                if not self._has_buffered():
                    self._client._poll_socket(self._client.socket(), seconds)
            finally:
                self._client.idle_done()

    def _has_buffered(self) -> bool:
        connection = self._client._imap
        sock, file = self._client.socket(), getattr(connection, "_file", None) or connection.file
        sock.setblocking(False)
        try:
            return bool(file.peek(1))
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        finally:
            sock.setblocking(True)
            self._client._set_read_timeout()

    def can_idle(self) -> bool:
        """Whether the server tells us of new mail by itself (RFC 2177)."""
        with _as_failure(self._account):
            return bool(self._client.has_capability("IDLE"))

    def folders(self) -> list[str]:
        """Names of the account's folders."""
        with _as_failure(self._account):
            return [name for _flags, _delimiter, name in self._client.list_folders()]


def _sign_in(account: Account) -> Any:
    """A signed-in client; the library is untyped, so its object is Any inside this door."""
    patience = cast(float, SocketTimeout(connect=CONNECT_SECONDS, read=READ_SECONDS))
    context = ssl.create_default_context()
    client: Any = IMAPClient(
        account.host,
        account.port,
        ssl=account.security == "tls",
        ssl_context=context if account.security == "tls" else None,
        timeout=patience,
    )
    client.normalise_times = False
    if account.security == "starttls":
        client.starttls(context)
    client.login(account.user, account.password)
    return client


def _fetched(uid: int, data: dict[bytes, Any], size: int) -> Fetched | None:
    """None if the mail was taken away while we asked: the body is then None."""
    content = data.get(b"BODY[]", data.get(b"BODY[]<0>"))
    if content is None:
        return None
    when = data.get(b"INTERNALDATE")
    at = when.astimezone(UTC) if isinstance(when, datetime) else clock.now()
    return Fetched(uid, bytes(content), at, max(size, len(content)))
