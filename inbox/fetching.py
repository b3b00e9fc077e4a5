"""One picture from a stranger's server, fetched for an agent who asked to see it.

The server learns that somebody looked, and nothing else: no referrer, no cookie, no address of the
agent. Only public addresses are asked, looked up once and connected to as they were checked, so
that no mail can make us knock at our own doors; size, time and hops are capped.
"""

import http.client
import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from inbox.content import Picture, picture_of

PATIENCE, LONGEST, HOPS = 4.0, 8.0, 3
LARGEST = 5_000_000
PORTS = {"http": 80, "https": 443}
_AGENT = "Mozilla/5.0 (compatible; mail picture)"


class NotShown(Exception):
    """The picture cannot be fetched, or is none; the text says why."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Where to connect: the name for the certificate, the address that was checked."""

    secure: bool
    host: str
    address: str
    path: str


def picture(url: str) -> Picture:
    """The picture at that address. Raises NotShown."""
    ends = time.monotonic() + LONGEST
    for _hop in range(HOPS):
        status, place, content = _get(goal_of(url), ends)
        if status in (301, 302, 303, 307, 308) and place:
            url = urljoin(url, place)
            continue
        found = picture_of(content) if status == 200 else None
        if found is None:
            raise NotShown(f"no picture: status {status}")
        return found
    raise NotShown("it leads from one place to the next")


def goal_of(url: str) -> Goal:
    """The public address behind that URL, on the usual ports alone. Raises NotShown."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as wrong:
        raise NotShown("no address") from wrong
    if parts.scheme not in PORTS or not parts.hostname or parts.username or parts.password:
        raise NotShown("no address of a picture")
    if port not in (None, PORTS[parts.scheme]):
        raise NotShown("an unusual port")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii() or not path.isprintable() or " " in path:
        raise NotShown("an address that is not written as addresses are")
    host = parts.hostname
    return Goal(parts.scheme == "https", host, _public(host, PORTS[parts.scheme]), path)


def _public(host: str, port: int) -> str:
    try:
        found = socket.getaddrinfo(host.encode("idna").decode(), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as wrong:
        raise NotShown("the name is not found") from wrong
    addresses = [str(one[4][0]).partition("%")[0] for one in found]
    # One private address among them is reason enough: nobody needs such a picture.
    if not addresses or not all(map(is_public, addresses)):
        raise NotShown("it does not lead to the public network")
    return addresses[0]


def is_public(address: str) -> bool:
    """Whether strangers may be there: neither we ourselves, nor our network, nor a disguise."""
    found = ipaddress.ip_address(address)
    inside = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    if inside is not None and not is_public(str(inside)):
        return False
    return found.is_global and not found.is_multicast and not found.is_reserved


class _Pinned(http.client.HTTPConnection):
    """Connects to the address that was checked, and to no other."""

    def __init__(self, goal: Goal, patience: float) -> None:
        super().__init__(goal.host, PORTS["https" if goal.secure else "http"], timeout=patience)
        self._goal = goal

    def connect(self) -> None:
        self.sock = socket.create_connection((self._goal.address, self.port), self.timeout)
        if self._goal.secure:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self._goal.host)


def _get(goal: Goal, ends: float) -> tuple[int, str, bytes]:
    """Status, where it points to, and as much of the body as is taken. Raises NotShown."""
    left = ends - time.monotonic()
    if left <= 0:
        raise NotShown("it took too long")
    connection = _Pinned(goal, min(PATIENCE, left))
    try:
        connection.request("GET", goal.path, headers={"User-Agent": _AGENT, "Accept": "image/*"})
        answer = connection.getresponse()
        content = _body(answer, ends) if answer.status == 200 else b""
        return answer.status, answer.headers.get("Location", ""), content
    except (OSError, http.client.HTTPException) as wrong:
        raise NotShown(type(wrong).__name__) from wrong
    finally:
        connection.close()


def _body(answer: http.client.HTTPResponse, ends: float) -> bytes:
    content = b""
    while chunk := answer.read1(65_536):
        content += chunk
        if len(content) > LARGEST or time.monotonic() > ends:
            raise NotShown("it is too large, or comes too slowly")
    return content
