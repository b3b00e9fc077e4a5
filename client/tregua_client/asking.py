"""The connection to an installation. Whatever is not a clear answer is a refusal."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

import httpx

from tregua_client.refusals import (
    FeedStale,
    Gone,
    NoAnswer,
    NotAllowed,
    Refusal,
    Sandbox,
    TooMany,
)
from tregua_client.retrying import Patience, is_passing, may_repeat
from tregua_client.version import __version__

# These classes must reach the customer, so they go out when in doubt; all others wait.
FAILS_OPEN = frozenset({"transactional", "safety_legal"})


@dataclass(frozen=True)
class Verdict:
    """The answer about one person."""

    allowed: bool
    until: str | None
    valid_until: str
    error: str = ""
    """What is wrong with who was asked about; never allowed then."""


class Asker:
    """Asks one installation with one token."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        transport: httpx.BaseTransport | None = None,
        patience: Patience | None = None,
        test: bool = False,
    ) -> None:
        """With `test` it asks a sandbox, and only a sandbox."""
        if not url.startswith(("https://", "http://")):
            raise Refusal(f"the address of Tregua begins with https://, and {url!r} does not")
        self._patience, self._test = patience or Patience(), test
        self._http = httpx.Client(
            base_url=url.rstrip("/"),
            headers={
                "Authorization": f"Bearer {token}",
                "User-Agent": f"tregua-client/{__version__}",
            },
            timeout=self._patience.seconds,
            transport=transport,
        )

    def close(self) -> None:
        """Let the connection go; `with` does it by itself."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_about: object) -> None:
        self.close()

    def ask(self, method: str, url: str, *, safe: bool = False, **values: Any) -> httpx.Response:
        """One request; raises a Refusal unless the answer is a 2xx.

        It is sent again while the other side is busy or cannot be reached. Where the answer broke
        off it is sent again only if it is `safe`: asking twice is as good as asking once.
        """
        tried = 0
        while True:
            tried += 1
            answer: httpx.Response | None = None
            try:
                answer = self._http.request(method, url, **values)
                if not is_passing(answer):
                    break
            except (httpx.HTTPError, httpx.InvalidURL) as wrong:
                again = isinstance(wrong, httpx.HTTPError) and may_repeat(method, wrong, safe=safe)
                if not again or self._patience.wait_after(tried, None) is None:
                    raise NoAnswer(f"no answer from {self._http.base_url}: {wrong}") from wrong
            rest = self._patience.wait_after(tried, answer)
            if rest is None:
                break
            time.sleep(rest)
        assert answer is not None  # noqa: S101  without an answer it was raised above
        self._must_be_meant(answer)
        refuse(answer)
        return answer

    def stream(self, url: str, **values: Any) -> Iterator[bytes]:
        """The lines of a long answer, exactly as they came."""
        rest = b""
        try:
            with self._http.stream("GET", url, **values) as answer:
                self._must_be_meant(answer)
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

    def _must_be_meant(self, answer: httpx.Response) -> None:
        """A tool that was left in a sandbox would find everybody free."""
        invented = answer.headers.get("Tregua-Test") == "true"
        if invented and not self._test:
            raise Sandbox("all people there are invented: ask a real installation, or say test")
        if self._test and answer.is_success and not invented:
            raise Sandbox("that is a real installation, and this is a test")

    def head(self) -> dict[str, Any]:
        """Where the feed stands."""
        return understood(self.ask("GET", "/v1/feed"), "epoch", "seq", "lag")

    def check(
        self,
        *,
        campaign_class: str = "promotional",
        topic: str = "",
        match: str = "exact",
        **who: str,
    ) -> Verdict:
        """May we write to this person now? Raises unless the answer is fresh and clear."""
        said = {**who, "campaign_class": campaign_class, "topic": topic, **matching(match)}
        answer = self.ask("POST", "/v1/check", json=said, safe=True)
        told = understood(answer, "allowed", "feed")
        must_be_fresh(told, campaign_class)
        return verdict(told, str(told.get("valid_until")))


def matching(match: str) -> dict[str, str]:
    """How spellings are compared, where it is not as always: older installations know no other."""
    return {} if match == "exact" else {"match": match}


def must_be_fresh(told: Mapping[str, Any], campaign_class: str) -> None:
    """Raise FeedStale where the other side says that it is behind and the mail can wait."""
    if told["feed"].get("degraded") and campaign_class not in FAILS_OPEN:
        raise FeedStale("the installation is behind in reading its mail")


def verdict(told: Mapping[str, Any], valid_until: str) -> Verdict:
    """One answer. Only the word true itself allows."""
    error = str(told.get("error", ""))
    return Verdict(told.get("allowed") is True and not error, told.get("until"), valid_until, error)


def refuse(answer: httpx.Response) -> None:
    """Raise what a status other than 2xx means."""
    if answer.is_success:
        return
    said = f"{answer.status_code} {_title(answer)}".strip()
    if answer.status_code in (401, 403):
        raise NotAllowed(said)
    if answer.status_code == 410:
        raise Gone(said)
    if answer.status_code == 429:
        raise TooMany(said)
    if answer.status_code >= 500:
        raise NoAnswer(said)
    raise Refusal(said)


def _title(answer: httpx.Response) -> str:
    try:
        said = answer.json()
    except (ValueError, httpx.ResponseNotRead):
        return ""
    if not isinstance(said, dict):
        return ""
    fields = said.get("fields")
    about = f" ({', '.join(map(str, fields))})" if isinstance(fields, list) and fields else ""
    return f"{said.get('title', '')}{about}"


def understood(answer: httpx.Response, *needed: str) -> dict[str, Any]:
    """The answer as JSON with all those fields; raises NoAnswer."""
    try:
        said = answer.json()
    except ValueError as wrong:
        raise NoAnswer("the answer is not JSON") from wrong
    if not isinstance(said, Mapping) or any(name not in said for name in needed):
        raise NoAnswer("the answer is not as the protocol says")
    return dict(said)
