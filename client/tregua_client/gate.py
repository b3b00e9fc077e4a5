"""A gate: an audience goes in, and only those come out that may be written to."""

import csv
import time
import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from tregua_client.asking import Asker, understood
from tregua_client.names import campaign_id, digest, named, normalised
from tregua_client.receipt import claims_of
from tregua_client.refusals import Gone, LeaseExpired, NoAnswer, NoGo, Refusal

PART = 50_000
SAFETY = 5.0
"""Seconds before its end in which a lease is not used any more."""
FIELDS = ("id", "status", "decision", "audience", "excluded", "receipt", "lease_until")


@dataclass(frozen=True)
class Override:
    """Somebody answers for sending although the other side is behind; it is written down there."""

    why: str
    who: str


class Gate:
    """The answer for one audience, while its lease lasts."""

    def __init__(self, client: Asker, told: dict[str, Any], audience: list[str]) -> None:
        self._client, self._audience = client, audience
        self._excluded: set[str] = set()
        self._sent: list[str] = []
        self._take(told)

    def _take(self, told: dict[str, Any]) -> None:
        self.told = told
        self.id, self.decision = str(told["id"]), str(told["decision"])
        self.receipt = str(told["receipt"])
        claims = claims_of(self.receipt)
        self.jti = str(claims.get("jti", ""))
        conditions = claims.get("conditions", {})
        self.max_per_hour: int | None = conditions.get("max_per_hour")
        self.not_before: str | None = conditions.get("not_before")
        # The lease is measured from now by our own clockwork: no clock on any wall is asked.
        self._ends = time.monotonic() + float(claims.get("exp", 0)) - float(claims.get("iat", 0))

    @property
    def fresh(self) -> bool:
        """Whether the lease still lasts."""
        return time.monotonic() < self._ends - SAFETY

    def must_go(self) -> None:
        """Raise unless something may be sent at all."""
        if self.decision == "no_go":
            raise NoGo("this campaign must not be sent now")
        if not self.fresh:
            raise LeaseExpired("the answer for this audience is too old: refresh it")

    def fetch(self) -> None:
        """Learn who is held back; raises NoAnswer if the list is not complete."""
        url = f"/v1/gates/{self.id}/excluded"
        answer = self._client.ask("GET", url, headers={"Accept": "text/csv"})
        rows = list(csv.DictReader(answer.text.splitlines()))
        if len(rows) != self.told["excluded"]["n"]:
            raise NoAnswer("the list of the excluded is not complete")
        self._excluded |= {row["address"] for row in rows}

    def excluded(self) -> list[str]:
        """Who is held back."""
        return sorted(self._excluded)

    def allowed(self) -> Iterator[str]:
        """Who may be written to, while the lease lasts."""
        for address in self._audience:
            self.must_go()
            if address not in self._excluded:
                yield address

    def refresh(self) -> list[str]:
        """Who of this audience became held since the last answer; the lease begins anew."""
        told, everybody = refreshed(self._client, self.id)
        late = [one for one in everybody if one not in self._excluded]
        self._excluded |= set(late)
        self._take(told)
        return late

    def late(self, batch: Iterable[str]) -> list[str]:
        """Those of a batch that may still be written to, asked now."""
        self.refresh()
        self.must_go()
        return [one for one in batch if normalised(one) not in self._excluded]

    def sent(self, address: str) -> None:
        """Remember that it was sent."""
        self._sent.append(normalised(address))

    def commit(self, sent: Iterable[str] | None = None) -> str:
        """Report what was sent; raises NoGo if somebody got it who was held back."""
        names = self._sent if sent is None else [normalised(one) for one in sent]
        told = reported(self._client, self.id, names)
        if told["status"] != "honoured":
            raise NoGo(f"{told.get('offenders_n', 'some')} got it who were held back")
        return str(told["status"])


def refreshed(client: Asker, gate_id: str) -> tuple[dict[str, Any], list[str]]:
    """The new answer, and all who became held since the first: an answer may have been lost."""
    url = f"/v1/gates/{gate_id}/refresh"
    try:
        answer = client.ask("POST", url, params={"all": 1}, safe=True)
    except Gone as gone:
        raise LeaseExpired("the feed began anew: open a new gate") from gone
    told = understood(answer, *FIELDS, "late", "excluded_now")
    everybody = sorted(str(row["address"]) for row in told["excluded_now"])
    known = digest(everybody) if everybody else ""
    if told["late"] != {"n": len(everybody), "digest": known}:
        raise NoAnswer("the list of those who became held is not complete")
    return told, everybody


def reported(client: Asker, gate_id: str, sent: Iterable[str]) -> dict[str, Any]:
    """What is answered to the report of whom it was sent to."""
    answer = client.ask(
        "POST",
        f"/v1/gates/{gate_id}/commit",
        content="".join(f"{one}\n" for one in ("address", *sent)).encode(),
        headers={"Content-Type": "text/csv"},
    )
    return understood(answer, "status")


def open_gate(
    client: Asker,
    campaign: str,
    audience: Iterable[str],
    described: dict[str, Any],
    opening: dict[str, Any],
    *,
    override: Override | None = None,
) -> Gate:
    """Bring the audience in parts, each safe to be sent twice, and have it answered."""
    if not campaign.strip():
        raise Refusal("a campaign needs a name")
    names, known_as = named(audience), campaign_id(campaign)
    url = f"/v1/campaigns/{known_as}"
    client.ask("PUT", url, json={**described, **_called(campaign, known_as)})
    answer = client.ask(
        "POST",
        f"{url}/gates",
        json=opening,
        headers={"Idempotency-Key": uuid.uuid4().hex},
        safe=True,
    )
    gate_id = understood(answer, "id")["id"]
    _bring(client, gate_id, names)
    told = _sealed(client, gate_id, names, override)
    gate = Gate(client, told, names)
    _check_matching(gate, opening.get("match", "exact"))
    # Also where nothing may be sent yet: the next answer only names who became held since.
    gate.fetch()
    return gate


def _bring(client: Asker, gate_id: str, names: Iterable[str]) -> None:
    rest, n = iter(names), 0
    while part := list(islice(rest, PART)):
        _put(client, gate_id, n, part)
        n += 1


def _sealed(
    client: Asker, gate_id: str, names: Collection[str], override: Override | None
) -> dict[str, Any]:
    """What the server answers about all of them; raises NoAnswer if it is about others."""
    audience = {"n": len(names), "digest": digest(names)}
    sealing: dict[str, Any] = {"count": audience["n"], "digest": audience["digest"]}
    if override is not None:
        sealing["override"] = asdict(override)
    answer = client.ask("POST", f"/v1/gates/{gate_id}/seal", json=sealing, timeout=60)
    told = understood(answer, *FIELDS)
    if told["audience"] != audience:
        raise NoAnswer("the answer is about another audience")
    return told


def _check_matching(gate: Gate, wanted: str) -> None:
    """Who wants more people held than are must not believe that they are; raises NoAnswer."""
    said = claims_of(gate.receipt).get("matching")
    if said not in (None, wanted):
        raise NoAnswer(f"addresses were matched {said}, not {wanted}")


def _called(campaign: str, known_as: str) -> dict[str, str]:
    """The name for people, where the id is another."""
    return {"name": campaign[:200]} if campaign != known_as else {}


def _put(client: Asker, gate_id: str, n: int, part: list[str]) -> None:
    body = "".join(f"{name}\n" for name in part).encode()
    client.ask(
        "PUT",
        f"/v1/gates/{gate_id}/parts/{n}",
        content=body,
        headers={"Content-Type": "text/plain"},
        timeout=60,
    )
