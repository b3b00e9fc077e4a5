"""A TCP proxy that can cut, stall, slow down or black out what passes through it."""

import contextlib
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.servers.ports import LOOPBACK


class ToxicProxy:
    """Listens on `port` and passes everything to the target, unless told otherwise.

    `refusing`: new connections are closed at once. `stalled`: nothing passes, nothing is closed.
    `delay`: seconds before each piece is passed on. `cut_after`: bytes from the server after which
    a connection is reset.
    """

    host = LOOPBACK

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.refusing = False
        self.stalled = False
        self.delay = 0.0
        self.cut_after: int | None = None
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listener = socket.create_server((LOOPBACK, 0))
        self.port: int = self._listener.getsockname()[1]
        self._closing = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Reset every connection that is open now."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                _reset(end)

    def heal(self) -> None:
        self.refusing = self.stalled = False
        self.delay, self.cut_after = 0.0, None

    def close(self) -> None:
        self._closing.set()
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.refusing:
                _reset(client)
            else:
                threading.Thread(target=self._pass, args=(client,), daemon=True).start()

    def _pass(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection((LOOPBACK, self.target_port), 5)
        except OSError:
            _reset(client)
            return
        pair = (client, server)
        self._pairs.append(pair)
        # A socket closed by `cut` shows as ValueError in select and as OSError elsewhere.
        with contextlib.suppress(OSError, ValueError):
            self._pump(client, server)
        for end in pair:
            end.close()

    def _pump(self, client: socket.socket, server: socket.socket) -> None:
        seen = 0
        while not self._closing.is_set():
            ready, _, _ = select.select([client, server], [], [], 0.05)
            if self.stalled:
                time.sleep(0.02)
                continue
            for source in ready:
                piece = source.recv(16384)
                if not piece:
                    return
                time.sleep(self.delay)
                (server if source is client else client).sendall(piece)
                seen += len(piece) if source is server else 0
            if self.cut_after is not None and seen >= self.cut_after:
                _reset(client)
                return


def _reset(end: socket.socket) -> None:
    """Close with a reset instead of a goodbye."""
    with contextlib.suppress(OSError):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@pytest.fixture
def toxic() -> Iterator[Callable[[int], ToxicProxy]]:
    """Put a toxic proxy before a port: `proxy = toxic(dovecot.imap_port)`."""
    proxies: list[ToxicProxy] = []

    def before(port: int) -> ToxicProxy:
        proxies.append(ToxicProxy(port))
        return proxies[-1]

    yield before
    for proxy in proxies:
        proxy.close()
