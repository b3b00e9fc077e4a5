"""What the server takes for the pages of the inbox, in a shop with few cases and with many."""

import re
import time
from collections.abc import Iterator
from html import unescape
from statistics import median
from typing import Any

from werkzeug.test import Client

from cases import clock
from cases.agent import Agent, Role
from cases.db import transaction
from inbox.app import create_app
from inbox.command.benching.archive import Archive
from inbox.command.benching.installing import Bench, installed
from inbox.web import sessions, signin
from inbox.web.folders import Folder
from inbox.web.order import Order

SMALL = 10_000
ROUNDS = 5
CASES = 40
AGENTS = 8
_NEXT = re.compile(r'"(/inbox/[a-z]+\?[^"]*after=[^"]*)"')
Times = dict[str, list[float]]
"""Milliseconds of each address."""


def pages(number: int, url: str) -> dict[str, Any]:
    """Server time of lists, cases and searches, through the whole application."""
    with installed(url) as bench:
        agents = _agents()
        archive = Archive(clock.now(), number, bench.mailbox_id, agents)
        client = _signed_in(agents[0])
        few = min(SMALL, number)
        before = _measured(bench, client, archive, 1, few)
        after = _measured(bench, client, archive, few + 1, number) if number > few else before
        servers = bench.database
    grown = {kind: _middle(after[kind]) / _middle(before[kind]) for kind in after}
    return {
        "cases": number,
        "servers": servers,
        **{f"{kind}_p50_ms": round(_middle(times), 1) for kind, times in after.items()},
        **{f"{kind}_p95_ms": round(_slow(times), 1) for kind, times in after.items()},
        "growth": {kind: round(ratio, 2) for kind, ratio in grown.items()},
        f"growth_{_short(few)}_{_short(number)}": round(max(grown.values()), 2),
        "slowest": _slowest(after),
    }


def _short(number: int) -> str:
    return f"{number // 1_000_000}m" if number >= 1_000_000 else f"{max(number // 1000, 1)}k"


def _agents() -> tuple[int, ...]:
    with transaction() as session:
        people = [
            Agent(
                address=f"agent{n}@shop.example",
                name=f"Agent {n}",
                role=Role.AGENT if n else Role.ADMIN,
                created_at=clock.now(),
            )
            for n in range(AGENTS)
        ]
        session.add_all(people)
        session.flush()
        return tuple(one.id for one in people)


def _signed_in(agent_id: int) -> Client:
    client = Client(create_app())
    with transaction() as session:
        secret = sessions.begin(session, session.get_one(Agent, agent_id), at=clock.now())
    client.set_cookie(signin.COOKIE, secret)
    return client


def _measured(
    bench: Bench, client: Client, archive: Archive, first: int, last: int
) -> dict[str, Times]:
    """With that many cases: what each kind of page takes."""
    archive.fill(first, last + 1)
    bench.settle()
    kinds = {"list": _lists(client), "case": _cases(last), "search": _searches(archive, last)}
    return {kind: _timed(client, list(addresses)) for kind, addresses in kinds.items()}


def _lists(client: Client) -> Iterator[str]:
    """Every folder in every order, and the page behind each."""
    for folder in Folder:
        for order in Order:
            address = f"/inbox/{folder.value}?sort={order.value}"
            yield address
            following = _NEXT.search(client.get(address).get_data(as_text=True))
            if following is not None:
                yield unescape(following[1])


def _cases(last: int) -> Iterator[str]:
    """Open and closed ones, old and new."""
    for n in range(CASES):
        yield f"/cases/{max(last * (n + 1) // CASES - n % 3, 1)}"


def _searches(archive: Archive, last: int) -> Iterator[str]:
    """Rare words and common ones, people, and names with values."""
    for n in (last // 3, last // 2, last - 1):
        number = max(n, 1)
        yield f"/search?q=ref{number * 7}"
        yield f"/search?q={archive.address(number)}"
        yield f"/search?q=pedido+ref{number * 7}"
    for words in ("pedido", "factura+empresa", "is:open+factura", "from:customer0000100"):
        yield f"/search?q={words}"


def _timed(client: Client, addresses: list[str]) -> Times:
    for address in addresses:
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answers {answer.status_code}")
    times: Times = {address: [] for address in addresses}
    for _round in range(ROUNDS):
        for address in addresses:
            began = time.perf_counter()
            client.get(address).get_data()
            times[address].append((time.perf_counter() - began) * 1000)
    return times


def _all(times: Times) -> list[float]:
    return sorted(one for many in times.values() for one in many)


def _middle(times: Times) -> float:
    return median(_all(times))


def _slow(times: Times) -> float:
    found = _all(times)
    return found[min(int(len(found) * 0.95), len(found) - 1)]


def _slowest(kinds: dict[str, Times]) -> dict[str, float]:
    """The address of each kind that takes longest, by its median."""
    worst = {kind: max(times, key=lambda one: median(times[one])) for kind, times in kinds.items()}
    return {at: round(median(kinds[kind][at]), 1) for kind, at in worst.items()}
