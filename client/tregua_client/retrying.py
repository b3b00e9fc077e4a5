"""When a request that went wrong may be sent once more, and how long to wait before. Pure."""

from dataclasses import dataclass

import httpx

LONGEST_WAIT = 30.0
"""Who is told to come back later than that is not kept waiting: it is an answer."""
BUSY = frozenset({429, 502, 503, 504})
# Nothing of the request left this machine, so it cannot have done anything.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
SAFE = frozenset({"GET", "PUT"})


@dataclass(frozen=True)
class Patience:
    """How often something is tried in all, and the first rest between two tries, in seconds."""

    tries: int = 3
    rest: float = 0.5
    seconds: float = 10.0
    """How long one answer may take."""

    def wait_after(self, tried: int, answer: httpx.Response | None) -> float | None:
        """Seconds to wait after that many tries, or None if it is not tried again."""
        if tried >= self.tries:
            return None
        asked = _asked(answer)
        if asked is not None:
            return asked if asked <= LONGEST_WAIT else None
        return self.rest * float(2 ** (tried - 1))


def is_passing(answer: httpx.Response) -> bool:
    """Whether the same request may well be answered in a moment."""
    return answer.status_code in BUSY


def may_repeat(method: str, wrong: httpx.HTTPError, *, safe: bool) -> bool:
    """Whether a request without an answer can be sent twice and does no harm."""
    return isinstance(wrong, NOT_SENT) or safe or method in SAFE


def _asked(answer: httpx.Response | None) -> float | None:
    """What the other side asks for, in seconds."""
    said = answer.headers.get("Retry-After", "") if answer is not None else ""
    return float(said) if said.isascii() and said.isdigit() else None
