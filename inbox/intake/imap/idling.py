"""Waiting for news in an open folder: IDLE (RFC 2177), without its library's traps.

The library polls the raw socket while lines may already lie in its buffer, and takes a closed
connection for silence: so the buffer is looked at first, and IDLE is always left.
"""

import ssl
from typing import Any

LEAVE_SECONDS = 20.0
"""A living server answers DONE at once."""


def wait(client: Any, seconds: float) -> None:
    """Until something happens in the folder, or that long; fails if the connection died."""
    if forget_news(client):
        # It was told among the answers to our last commands, and IDLE tells only what is newer.
        return
    client.idle()
    try:
        if not _has_buffered(client):
            client._poll_socket(client.socket(), seconds)
    finally:
        client.socket().settimeout(LEAVE_SECONDS)
        client.idle_done()
        client._set_read_timeout()


def forget_news(client: Any) -> bool:
    """Whether the server told of new mail since this was last asked."""
    return client._imap.untagged_responses.pop("EXISTS", None) is not None


def _has_buffered(client: Any) -> bool:
    connection = client._imap
    sock, file = client.socket(), getattr(connection, "_file", None) or connection.file
    sock.setblocking(False)
    try:
        return bool(file.peek(1))
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    finally:
        sock.setblocking(True)
        client._set_read_timeout()
