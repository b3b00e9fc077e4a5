"""What the answers cost: one person, ten thousand, a gate of a million, the snapshot, the delta."""

import contextlib
import gzip
import json
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from cases.db import transaction
from inbox.command.benching.asker import Asker, serving
from inbox.command.benching.held import address, fill, hold_somebody, know, look_up, read_all
from inbox.command.benching.installing import installed
from inbox.command.benching.telling import tell_apart
from inbox.embedded import processes
from inbox.tokens import Limits, Scope, issue

PART = 50_000
SINGLES, BULKS, GATES, DELTAS = 400, 20, 3, 100
UNORDERED = 7919
"""A prime: lists of other tools are in no order that would help us."""
KNOWN_FOR_ONE = 10
"""Identifiers that are known for each one that is held."""


def check(number: int, url: str) -> dict[str, Any]:
    """Measure with that many people on truce among ten times as many known ones."""
    with installed(url) as bench:
        know(number * KNOWN_FOR_ONE)
        fill(number)
        bench.settle()
        with transaction() as session:
            token = issue(session, "bench", frozenset(Scope), Limits(quota=10**9))
        port = processes.free_port()
        with serving(port), _asking(port, token) as asker, _asking(port, token) as follower:
            figures = _one(asker) | _many(asker) | _told(asker, number) | _lists(asker, number)
            delta = {"delta_p99_ms": _delta(follower, asker)}
        return {"held": number, "servers": bench.database, **figures, **delta}


@contextlib.contextmanager
def _asking(port: int, token: str) -> Iterator[Asker]:
    with contextlib.closing(Asker(port, token)) as asker:
        yield asker


def _timed(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def _quantile(times: Sequence[float], share: float) -> float:
    """In milliseconds."""
    ordered = sorted(times)
    return round(1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)], 2)


def _one(asker: Asker) -> dict[str, float]:
    def ask(n: int) -> float:
        body = json.dumps({"address": _somebody(n)}).encode()
        return _timed(lambda: asker.ask("POST", "/v1/check", body))

    for n in range(20):
        ask(n)
    times = [ask(n) for n in range(SINGLES)]
    bare = [_timed(partial(look_up, [_somebody(n)])) for n in range(SINGLES)]
    quantiles = {f"single_p{n}_ms": _quantile(times, n / 100) for n in (50, 95, 99)}
    return {**quantiles, "single_sql_ratio": _ratio(times, bare)}


def _somebody(n: int) -> str:
    return address(n * 7919 % 1_000_000)


def _many(asker: Asker) -> dict[str, float]:
    people = [address(n * 97) for n in range(10_000)]
    body = json.dumps({"items": people}).encode()

    def ask() -> bytes:
        return asker.ask("POST", "/v1/check/bulk", body)

    ask()
    times, bare = [], []
    for _ in range(BULKS):
        times.append(_timed(ask))
        bare.append(_timed(lambda: look_up(people)))
    return {
        "bulk_10k_p50_ms": _quantile(times, 0.5),
        "bulk_10k_p95_ms": _quantile(times, 0.95),
        "sql_ratio": _ratio(times, bare),
    }


def _ratio(times: Sequence[float], bare: Sequence[float]) -> float:
    return round(statistics.median(times) / statistics.median(bare), 1)


def _told(asker: Asker, held: int) -> dict[str, float]:
    """What the time tells of somebody who may be written to, as the answer says of all of them."""
    end = held * KNOWN_FOR_ONE
    return {
        "customer_or_stranger_auc": tell_apart(asker, range(1, end, KNOWN_FOR_ONE), "promotional"),
        "held_or_stranger_auc": tell_apart(asker, range(0, end, KNOWN_FOR_ONE), "transactional"),
    }


def _lists(asker: Asker, held: int) -> dict[str, Any]:
    """The snapshot of all who are held, and gates of as many and of all who are known."""
    sizes: list[int] = []
    wholes = [_timed(lambda: sizes.append(_snapshot(asker))) for _ in range(GATES)]
    figures: dict[str, Any] = {
        f"snapshot_{short(held)}_s": round(statistics.median(wholes), 2),
        "snapshot_mb": round(sizes[0] / 1e6, 2),
        "snapshot_sql_ratio": _ratio(wholes, [_timed(read_all)]),
    }
    for count in (held, held * KNOWN_FOR_ONE):
        name = f"gate_{short(count)}"
        times = [_timed(partial(_gate, asker, count, n)) for n in range(GATES)]
        people = [address(n) for n in range(count)]
        figures[f"{name}_s"] = round(statistics.median(times), 2)
        figures[f"{name}_sql_ratio"] = _ratio(times, [_timed(partial(look_up, people))])
    return figures


def short(number: int) -> str:
    """A number as it stands in the names of figures: 1m, 100k, 500."""
    for size, sign in ((1_000_000, "m"), (1000, "k")):
        if number >= size:
            return f"{number // size}{sign}"
    return str(number)


def _snapshot(asker: Asker) -> int:
    packed = asker.ask("GET", "/v1/exclusions", Accept_Encoding="gzip")
    if b'{"end": true' not in gzip.decompress(packed)[-300:]:
        raise RuntimeError("the snapshot was cut off")
    return len(packed)


def _gate(asker: Asker, count: int, n: int) -> None:
    name = f"c{count}-{n}"
    asker.ask("PUT", f"/v1/campaigns/{name}", b"{}")
    gate = json.loads(asker.ask("POST", f"/v1/campaigns/{name}/gates", b"{}"))["id"]
    for start in range(0, count, PART):
        part = range(start, min(start + PART, count))
        body = "".join(f"{address(k * UNORDERED % count)}\n" for k in part)
        url = f"/v1/gates/{gate}/parts/{start // PART}"
        asker.ask("PUT", url, body.encode(), Content_Type="text/plain")
    asker.ask("POST", f"/v1/gates/{gate}/seal", b"{}")
    asker.ask("GET", f"/v1/gates/{gate}/excluded")


def _delta(follower: Asker, asker: Asker) -> float:
    """From a commit until a waiting follower has the change."""
    heard: dict[int, float] = {}
    cursor = json.loads(asker.ask("GET", "/v1/feed"))["cursor"]
    thread = threading.Thread(target=_follow, args=(follower, cursor, heard))
    thread.start()
    times = []
    for n in range(DELTAS):
        hold_somebody(n)
        committed = time.perf_counter()
        while len(heard) <= n and time.perf_counter() - committed < 10:
            time.sleep(0.001)
        times.append(heard.get(n, committed + 10) - committed)
    thread.join()
    return _quantile(times, 0.99)


def _follow(follower: Asker, cursor: str, heard: dict[int, float]) -> None:
    while len(heard) < DELTAS:
        url = f"/v1/exclusions/changes?cursor={cursor}&wait=5"
        page = json.loads(follower.ask("GET", url))
        at = time.perf_counter()
        cursor = page["cursor"]
        for _ in page["items"]:
            heard[len(heard)] = at
