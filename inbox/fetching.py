"""One picture from a stranger's server, fetched for an agent who asked to see it.

The server learns that somebody looked, and nothing else: no referrer, no cookie, no address of the
agent. Size, time and hops are capped.
"""

import http.client
import time
from urllib.parse import urljoin

from inbox import outward
from inbox.content import Picture, picture_of
from inbox.outward import USUAL_PORTS, Goal, NotPublic, Pinned

PATIENCE, LONGEST, HOPS = 4.0, 8.0, 3
LARGEST = 5_000_000
_AGENT = "Mozilla/5.0 (compatible; mail picture)"


class NotShown(Exception):
    """The picture cannot be fetched, or is none; the text says why."""


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
        parts = outward.split(url)
        if parts.scheme not in USUAL_PORTS or parts.port not in (None, USUAL_PORTS[parts.scheme]):
            raise NotShown("an unusual way")
        return outward.goal(parts, USUAL_PORTS[parts.scheme])
    except NotPublic as wrong:
        raise NotShown(str(wrong)) from wrong


def _get(goal: Goal, ends: float) -> tuple[int, str, bytes]:
    """Status, where it points to, and as much of the body as is taken. Raises NotShown."""
    left = ends - time.monotonic()
    if left <= 0:
        raise NotShown("it took too long")
    headers = {"User-Agent": _AGENT, "Accept": "image/*"}
    try:
        with Pinned(goal, patience=min(PATIENCE, left), longest=left) as connection:
            connection.request("GET", goal.path, headers=headers)
            answer = connection.getresponse()
            content = _body(answer, ends) if answer.status == 200 else b""
            return answer.status, answer.headers.get("Location", ""), content
    except (OSError, http.client.HTTPException) as wrong:
        raise NotShown(type(wrong).__name__) from wrong


def _body(answer: http.client.HTTPResponse, ends: float) -> bytes:
    content = b""
    while chunk := answer.read1(65_536):
        content += chunk
        if len(content) > LARGEST or time.monotonic() > ends:
            raise NotShown("it is too large, or comes too slowly")
    return content
