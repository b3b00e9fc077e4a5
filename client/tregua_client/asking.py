"""The connection to an installation. Whatever is not a clear answer is a refusal."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from tregua_client.refusals import FeedStale, Gone, NoAnswer, NotAllowed, Refusal

# These classes must reach the customer, so they go out when in doubt; all others wait.
FAILS_OPEN = frozenset({"transactional", "safety_legal"})
PATIENCE = 10.0


@dataclass(frozen=True)
class Verdict:
    """The answer about one person."""

    allowed: bool
    until: str | None
    valid_until: str


class Asker:
    """Asks one installation with one token."""

    def __init__(
        self, url: str, token: str, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._http = httpx.Client(
            base_url=url.rstrip("/"),
            headers={"Authorization": f"Bearer {token}", "User-Agent": "tregua-client/0.1"},
            timeout=PATIENCE,
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        wrong: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()

    def ask(self, method: str, url: str, **values: Any) -> httpx.Response:
        """One request; raises a Refusal unless the answer is a 2xx."""
        try:
            answer = self._http.request(method, url, **values)
        except (httpx.HTTPError, httpx.InvalidURL) as wrong:
            raise NoAnswer(f"no answer from {self._http.base_url}: {wrong}") from wrong
        refuse(answer)
        return answer

    def stream(self, url: str, **values: Any) -> Iterator[bytes]:
        """The lines of a long answer, exactly as they came."""
        rest = b""
        try:
            with self._http.stream("GET", url, **values) as answer:
                if not answer.is_success:
                    answer.read()
                refuse(answer)
                for piece in answer.iter_bytes():
                    *lines, rest = (rest + piece).split(b"\n")
                    yield from (line + b"\n" for line in lines)
        except httpx.HTTPError as wrong:
            raise NoAnswer(f"the answer broke off: {wrong}") from wrong
        if rest:
            yield rest

    def head(self) -> dict[str, Any]:
        """Where the feed stands."""
        return understood(self.ask("GET", "/v1/feed"), "epoch", "seq", "lag")

    def check(self, *, campaign_class: str = "promotional", topic: str = "", **who: str) -> Verdict:
        """May we write to this person now? Raises unless the answer is fresh and clear."""
        said = {**who, "campaign_class": campaign_class, "topic": topic}
        told = understood(self.ask("POST", "/v1/check", json=said), "allowed", "feed")
        if told["feed"].get("degraded") and campaign_class not in FAILS_OPEN:
            raise FeedStale("the installation is behind in reading its mail")
        # Only the word true itself allows.
        return Verdict(told["allowed"] is True, told.get("until"), str(told.get("valid_until")))


def refuse(answer: httpx.Response) -> None:
    """Raise what a status other than 2xx means."""
    if answer.is_success:
        return
    said = f"{answer.status_code} {_title(answer)}".strip()
    if answer.status_code in (401, 403):
        raise NotAllowed(said)
    if answer.status_code == 410:
        raise Gone(said)
    if answer.status_code in (429, 503) or answer.status_code >= 500:
        raise NoAnswer(said)
    raise Refusal(said)


def _title(answer: httpx.Response) -> str:
    try:
        said = answer.json()
    except (ValueError, httpx.ResponseNotRead):
        return ""
    return str(said.get("title", "")) if isinstance(said, dict) else ""


def understood(answer: httpx.Response, *needed: str) -> dict[str, Any]:
    """The answer as JSON with all those fields; raises NoAnswer."""
    try:
        said = answer.json()
    except ValueError as wrong:
        raise NoAnswer("the answer is not JSON") from wrong
    if not isinstance(said, Mapping) or any(name not in said for name in needed):
        raise NoAnswer("the answer is not as the protocol says")
    return dict(said)
