"""Connections to servers of strangers: to public addresses alone, and cut off in time.

A name is looked up once and connected to as it was checked, so no second answer of a name server
counts, and no mail and no form can make us knock at our own doors.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Self
from urllib.parse import SplitResult, urlsplit

USUAL_PORTS = {"http": 80, "https": 443}


class NotPublic(Exception):
    """There is nobody whom strangers may name; the text says why."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Where to connect: the name for the certificate, the address that was checked."""

    secure: bool
    host: str
    port: int
    path: str
    address: str


def split(url: str) -> SplitResult:
    """The parts of an address of the web as it is written in a request. Raises NotPublic."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError as wrong:
        raise NotPublic("no address") from wrong
    if not parts.hostname or parts.username or parts.password:
        raise NotPublic("no address of a server")
    rest = parts.path + parts.query
    if not rest.isascii() or not rest.isprintable() or " " in rest:
        raise NotPublic("an address that is not written as addresses are")
    return parts


def goal(parts: SplitResult, port: int, *, inside: bool = False) -> Goal:
    """Where that leads; `inside` lets it lead into our own network. Raises NotPublic."""
    host = parts.hostname or ""
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Goal(parts.scheme == "https", host, port, path, looked_up(host, port, inside=inside))


def looked_up(host: str, port: int, *, inside: bool = False) -> str:
    """The address of the name. Raises NotPublic."""
    try:
        found = socket.getaddrinfo(host.encode("idna").decode(), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as wrong:
        raise NotPublic("the name is not found") from wrong
    addresses = [str(one[4][0]).partition("%")[0] for one in found]
    # One private address among them is reason enough: nobody needs such a server.
    if not addresses or not (inside or all(map(is_public, addresses))):
        raise NotPublic("it does not lead to the public network")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether strangers may be there: neither we ourselves, nor our network, nor a disguise."""
    found = ipaddress.ip_address(address)
    inside = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    if inside is not None and not is_public(str(inside)):
        return False
    apart = found.is_multicast or found.is_reserved or getattr(found, "is_site_local", False)
    return found.is_global and not apart


class Pinned(http.client.HTTPConnection):
    """Connects to the address that was checked, and to no other, and is cut off in time.

    A server that sends a letter now and then keeps every single read short, so the whole is timed.
    """

    def __init__(self, goal: Goal, *, patience: float, longest: float) -> None:
        super().__init__(goal.host, goal.port, timeout=patience)
        self._goal = goal
        self._watch = threading.Timer(longest, self._cut)
        self._watch.daemon = True
        self._twin: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_about: object) -> None:
        self._watch.cancel()
        self.close()
        if self._twin is not None:
            self._twin.close()

    def connect(self) -> None:
        self.sock = socket.create_connection((self._goal.address, self.port), self.timeout)
        # TLS takes the socket over, so the watch holds another handle of the same connection.
        self._twin = self.sock.dup()
        self._watch.start()
        if self._goal.secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self._goal.host)

    def _cut(self) -> None:
        if self._twin is not None:
            with suppress(OSError):
                self._twin.shutdown(socket.SHUT_RDWR)
