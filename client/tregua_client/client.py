"""The client: asks one installation with one token, about one person or a whole audience."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from tregua_client.asking import Asker, Verdict, matching, must_be_fresh, understood, verdict
from tregua_client.gate import Gate, Override, open_gate
from tregua_client.refusals import NoAnswer

MOST = 10_000
"""As many as one request may be about."""


class Client(Asker):
    """Asks one installation with one token."""

    def gate(
        self,
        *,
        campaign: str,
        audience: Iterable[str],
        klass: str = "promotional",
        topic: str = "",
        match: str = "exact",
        export: bool = False,
        override: Override | None = None,
    ) -> Gate:
        """Bring an audience; the gate says who of it may be written to."""
        described = {"campaign_class": klass, "topic": topic}
        opening = {"export": export, **matching(match)}
        return open_gate(self, campaign, audience, described, opening, override=override)

    def check_many(
        self,
        addresses: Iterable[str],
        *,
        campaign_class: str = "promotional",
        topic: str = "",
        match: str = "exact",
    ) -> list[Verdict]:
        """Many people now, answered in their order; raises unless all of it is fresh and clear.

        For campaigns a gate is better: it gives a receipt and knows who complains later.
        """
        found: list[Verdict] = []
        asked = {"campaign_class": campaign_class, "topic": topic, **matching(match)}
        for batch in _batches(addresses):
            said = {**asked, "items": batch}
            answer = self.ask("POST", "/v1/check/bulk", json=said, safe=True)
            told = understood(answer, "items", "count", "feed", "valid_until")
            must_be_fresh(told, campaign_class)
            items = told["items"]
            if [one.get("i") for one in items] != list(range(len(batch))):
                raise NoAnswer("the answer is not about those who were asked about")
            found += [verdict(one, str(told["valid_until"])) for one in items]
        return found

    def load(self, audience: int = 0, *, campaign_class: str = "promotional") -> dict[str, Any]:
        """Whether support can bear the answers to a mailing of that size."""
        said = {"audience": audience, "campaign_class": campaign_class}
        return understood(self.ask("POST", "/v1/load/plan", json=said, safe=True), "decision")

    def touches(self, items: Iterable[Mapping[str, Any]]) -> Counter[str]:
        """Tell what was sent, opened, clicked and answered; known events are told again safely."""
        return self._tell("/v1/touches", items)

    def suppressions(self, items: Iterable[Mapping[str, Any]]) -> Counter[str]:
        """Tell who unsubscribed, complained or bounced; known events are told again safely."""
        return self._tell("/v1/suppressions", items)

    def _tell(self, url: str, items: Iterable[Mapping[str, Any]]) -> Counter[str]:
        """How many were new, known and invalid."""
        counts: Counter[str] = Counter()
        for batch in _batches(items):
            answer = self.ask("POST", url, json={"items": batch}, safe=True, timeout=60)
            counts.update(understood(answer, "new", "known", "invalid"))
        return counts


def _batches(items: Iterable[Any]) -> Iterator[list[Any]]:
    rest = iter(items)
    while batch := list(islice(rest, MOST)):
        yield batch
