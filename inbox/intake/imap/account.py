"""Where an account is, how to sign in, and what its failures mean."""

import contextlib
import imaplib
import ipaddress
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from cases import unreached
from cases.language import gettext as _

CONNECT_SECONDS, READ_SECONDS = 10.0, 60.0
# Refusals that mean the server's trouble and not a wrong password (RFC 5530).
_FOR_NOW = ("UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "CONTACTADMIN", "THROTTLED")


class ImapFailure(Exception):
    """The server cannot be used now; the text is one sentence that says what to do."""


class SignInRefused(ImapFailure):
    """The server does not take user and password: trying on would only lock the account."""


class FolderRefused(ImapFailure):
    """The server does not open that folder; the others may be read all the same."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where a mailbox is and how to sign in: with a password or with an OAuth token."""

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    read_only: bool = True
    """Opened with EXAMINE: nothing in the mailbox is changed."""
    token: str = field(default="", repr=False)


@contextlib.contextmanager
def as_failure(account: Account) -> Iterator[None]:
    """The library fails in two families of errors; ours is one, with a sentence."""
    try:
        yield
    except LoginError as refused:
        if _is_for_now(refused):
            raise ImapFailure(_away(account, refused)) from refused
        raise SignInRefused(_refused(account)) from refused
    # A server that talks nonsense makes the library's parser fail in ways of its own.
    except (IMAPClientError, imaplib.IMAP4.error, OSError, ValueError) as failure:
        raise ImapFailure(_away(account, failure)) from failure


def _is_for_now(refused: LoginError) -> bool:
    # The library says LoginError too when the connection was cut while signing in.
    cut = isinstance(refused.__context__, imaplib.IMAP4.abort)
    return cut or any(f"[{code}" in str(refused).upper() for code in _FOR_NOW)


def _refused(account: Account) -> str:
    if account.token:
        return _(
            "{host} does not accept the grant of {user}; authorise it again: "
            "tregua mailbox authorize {user}",
            host=account.host,
            user=account.user,
        )
    return _(
        "{host} does not accept the password of {user}; check both, or make an app password",
        host=account.host,
        user=account.user,
    )


def _away(account: Account, failure: Exception) -> str:
    return _(
        "{host} cannot be used now: {reason}",
        host=f"{account.host}:{account.port}",
        reason=unreached.why(failure)[:300] or type(failure).__name__,
    )


def sign_in(account: Account) -> Any:
    """A signed-in client; the library is untyped, so its object is Any inside this door."""
    _must_be_private(account)
    patience = cast(float, SocketTimeout(connect=CONNECT_SECONDS, read=READ_SECONDS))
    context = ssl.create_default_context()
    client: Any = IMAPClient(
        account.host,
        account.port,
        ssl=account.security == "tls",
        ssl_context=context if account.security == "tls" else None,
        timeout=patience,
    )
    try:
        client.normalise_times = False
        if account.security == "starttls":
            # Without STARTTLS this fails: nobody can make us send a password in clear.
            client.starttls(context)
        _authenticate(client, account)
    except BaseException:
        client._imap.shutdown()
        raise
    return client


def _authenticate(client: Any, account: Account) -> None:
    if account.token:
        client.oauth2_login(account.user, account.token)
    else:
        client.login(account.user, account.password)


def _must_be_private(account: Account) -> None:
    if account.security not in ("tls", "starttls") and not _is_loopback(account.host):
        raise ImapFailure(
            _("{host} would see the password in clear; choose tls or starttls", host=account.host)
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
