"""What the answers cost: one person, ten thousand, a gate of a million, the snapshot, the delta."""

import base64
import contextlib
import gzip
import http.client
import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from cases.contact import Kind
from cases.db import reading, transaction
from cases.exclusions import asking
from inbox.command.benching.held import HELD, address, fill, hold_somebody
from inbox.tokens import Limits, Scope, issue

PART = 50_000
SINGLES, BULKS, DELTAS = 400, 12, 40


class Asker:
    """A program with a kept connection."""

    def __init__(self, port: int, token: str) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._token = token

    def ask(self, method: str, url: str, body: bytes = b"", **headers: str) -> bytes:
        said = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        self._http.request(method, url, body, said)
        answer = self._http.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {url}: {answer.status} {content[:200]!r}")
        return content

    def close(self) -> None:
        self._http.close()


def check(port: int, *, held: int = HELD, largest: int = 1_000_000) -> dict[str, float]:
    """Measure on the empty installation of the settings, through a server of its own."""
    fill(held)
    with transaction() as session:
        token = issue(session, "bench", frozenset(Scope), Limits())
    with _serving(port):
        asker = Asker(port, token)
        with contextlib.closing(asker):
            figures = _answers(asker) | _lists(asker, largest)
            return figures | {"delta_p99_ms": _delta(Asker(port, token), asker)}


@contextlib.contextmanager
def _serving(port: int) -> Iterator[None]:
    words = ("-m", "gunicorn", "inbox.app:create_app()", "--no-control-socket", "--threads", "16")
    more = ("--worker-class", "gthread", "--bind", f"127.0.0.1:{port}", "--log-level", "error")
    process = subprocess.Popen([sys.executable, *words, *more])
    try:
        _until_up(port)
        yield
    finally:
        process.terminate()
        process.wait()


def _until_up(port: int) -> None:
    for _ in range(200):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")


def _timed(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def _quantile(times: Sequence[float], share: float) -> float:
    """In milliseconds."""
    ordered = sorted(times)
    return round(1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)], 2)


def _answers(asker: Asker) -> dict[str, float]:
    def one(n: int) -> float:
        body = json.dumps({"address": address(n * 7919 % 1_000_000)}).encode()
        return _timed(lambda: asker.ask("POST", "/v1/check", body))

    for n in range(20):
        one(n)
    singles = [one(n) for n in range(SINGLES)]
    people = [address(n * 97) for n in range(10_000)]
    many = json.dumps({"items": people}).encode()
    bulks = [_timed(lambda: asker.ask("POST", "/v1/check/bulk", many)) for _ in range(BULKS)]
    bare = [_timed(lambda: _bare(people)) for _ in range(BULKS)]
    return {
        "single_p50_ms": _quantile(singles, 0.5),
        "single_p95_ms": _quantile(singles, 0.95),
        "single_p99_ms": _quantile(singles, 0.99),
        "bulk_10k_p95_ms": _quantile(bulks, 0.95),
        "sql_ratio": round(statistics.median(bulks) / statistics.median(bare), 1),
    }


def _bare(people: Sequence[str]) -> None:
    """The query alone."""
    with reading() as session:
        for _ in asking.held(session, Kind.ADDRESS, people):
            continue


def _lists(asker: Asker, largest: int) -> dict[str, float]:
    def snapshot() -> None:
        packed = asker.ask("GET", "/v1/exclusions", Accept_Encoding="gzip")
        lines = gzip.decompress(packed).count(b"\n")
        sizes.append((len(packed), lines))

    sizes: list[tuple[int, int]] = []
    seconds = _timed(snapshot)
    return {
        "gate_100k_s": round(_timed(lambda: _gate(asker, largest // 10)), 2),
        "gate_1m_s": round(_timed(lambda: _gate(asker, largest)), 2),
        "snapshot_100k_s": round(seconds, 2),
        "snapshot_100k_mb": round(sizes[0][0] / 1e6, 2),
    }


def _gate(asker: Asker, count: int) -> None:
    name = base64.b32encode(str(count).encode()).decode().rstrip("=")
    asker.ask("PUT", f"/v1/campaigns/{name}", b"{}")
    gate = json.loads(asker.ask("POST", f"/v1/campaigns/{name}/gates", b"{}"))["id"]
    for n in range(0, count, PART):
        body = "".join(f"{address(n + k)}\n" for k in range(min(PART, count - n))).encode()
        url = f"/v1/gates/{gate}/parts/{n // PART}"
        asker.ask("PUT", url, body, Content_Type="text/plain")
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
    follower.close()
    return _quantile(times, 0.99)


def _follow(follower: Asker, cursor: str, heard: dict[int, float]) -> None:
    while len(heard) < DELTAS:
        url = f"/v1/exclusions/changes?cursor={cursor}&wait=5"
        page = json.loads(follower.ask("GET", url))
        at = time.perf_counter()
        cursor = page["cursor"]
        for _ in page["items"]:
            heard[len(heard)] = at
