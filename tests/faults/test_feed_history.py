"""Who is surely on truce is never called free, whatever falls over meanwhile: the whole history.

Eight writers open and close cases, four programs ask the API, one follows the feed. PostgreSQL
crashes, Redis is emptied, and the worker is stopped and killed. One running clock tells the order.
"""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from bisect import bisect_left
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import redis
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from cases import Case
from cases.db import engine, make_engine, reading, transaction
from cases.exclusions import feed
from cases.exclusions.rows import FeedChange, FeedEntry
from cases.filing import file
from inbox import schema
from inbox.tokens import Limits, Scope
from tests.apis import Api
from tests.builders import a_mail, an_arrival
from tests.databases import Base, forget, settle_in

WRITERS, READERS = 8, 4
PLENTY = Limits(quota=10**9)
PEOPLE = [f"c{n}@cliente.example" for n in range(64)]
STRANGERS = [f"nobody{n}@cliente.example" for n in range(936)]
BULK_EVERY = 50
pytestmark = [pytest.mark.nightly, pytest.mark.server, pytest.mark.timeout(3600)]


class History:
    """When each person was surely held, and when they were called free."""

    def __init__(self):
        self.held, self.free = defaultdict(list), []
        self.counts = Counter()
        self.lock = threading.Lock()
        self.over = threading.Event()

    def count(self, name, n=1):
        with self.lock:
            self.counts[name] += n

    def broken(self):
        """Readings of "free" that lie wholly inside a time of surely being held."""
        found = []
        for times in self.held.values():
            times.sort()
        for who, began, ended in self.free:
            # Each time is short, so only those that opened a while before can still last.
            times = self.held[who]
            last = bisect_left(times, (began,))
            found += [(who, began, ended) for one in times[max(last - 50, 0) : last]
                      if ended < one[1]]  # fmt: skip
        return found

    def staleness(self):
        """The longest that an answer of before went on being given after a commit."""
        worst = 0.0
        for who, began, ended in self.free:
            times = self.held[who]
            for opened, _closing in times[bisect_left(times, (began,)) :]:
                if opened >= ended:
                    break
                worst = max(worst, ended - opened)
        return worst


def _write(history, n):
    for round_ in itertools.count():
        if history.over.is_set():
            return
        who = PEOPLE[(n * 11 + round_ * 7) % len(PEOPLE)]
        try:
            _open_and_close(history, who, f"Hola {n} {round_}")
        except DBAPIError:
            history.count("writes that were cut off")
            time.sleep(0.2)


def _open_and_close(history, who, text):
    with transaction(lock="filing") as session:
        case = file(session, an_arrival(a_mail(text, sender=who))).case
        session.flush()
        case_id = case.id
    opened = time.monotonic()
    time.sleep(0.1)
    closing = time.monotonic()
    with history.lock:
        history.held[who].append((opened, closing))
    with transaction() as session:
        case = session.get_one(Case, case_id, with_for_update=True, populate_existing=True)
        if case.is_open:
            case.close(by="bea@tienda.example", at=case.opened_at)
    history.count("cases")


def _read(history, program, n):
    for turn in itertools.count(n):
        if history.over.is_set():
            return
        if turn % BULK_EVERY:
            _ask_one(history, program, PEOPLE[turn % len(PEOPLE)])
        else:
            _ask_many(history, program)


def _ask_one(history, program, who):
    began = time.monotonic()
    answer = program.post("/v1/check", json={"address": who})
    ended = time.monotonic()
    if answer.status_code != 200:
        history.count("refusals")
        time.sleep(0.05)
        return
    history.count("single")
    if answer.json["allowed"]:
        with history.lock:
            history.free.append((who, began, ended))


def _ask_many(history, program):
    began = time.monotonic()
    answer = program.post("/v1/check/bulk", json={"items": PEOPLE + STRANGERS})
    ended = time.monotonic()
    if answer.status_code != 200:
        history.count("refusals")
        return
    allowed = [one["allowed"] for one in answer.json["items"]]
    history.count("in bulk", len(allowed))
    history.count("strangers that were held", allowed[len(PEOPLE) :].count(False))
    found = [(who, began, ended) for who, free in zip(PEOPLE, allowed, strict=False) if free]
    with history.lock:
        history.free += found


def _follow(history):
    """One copy by changes alone; at every look it must be what the whole feed is."""
    copy, seq = {}, 0
    while not history.over.wait(0.2):
        try:
            seq = _compare(history, copy, seq)
        except DBAPIError:
            history.count("looks that were cut off")


def _compare(history, copy, seq):
    with reading() as session:
        feed.steady(session)
        head = feed.head(session)
        if head is None:
            return seq
        changes = select(FeedChange.seq, FeedChange.value, FeedChange.holds)
        for _seq, value, holds in session.execute(
            changes.where(FeedChange.seq > seq).order_by(FeedChange.seq)
        ).all():
            copy.pop(value, None)
            if holds:
                copy[value] = holds
        whole = dict(session.execute(select(FeedEntry.value, FeedEntry.holds)).all())
    history.count("comparisons")
    history.count("copies that differed", int(copy != whole))
    return head.seq


def _break_things(history, server, redis_url):
    """A crash of PostgreSQL, an emptied Redis, a worker that hangs or dies, again and again."""
    worker = _a_worker()
    with redis.Redis.from_url(redis_url) as bells:
        for turn in itertools.count():
            if history.over.wait(3):
                break
            bells.flushall()
            if turn % 5 == 0:
                server.stop()
                server.start()
                history.count("crashes of PostgreSQL")
            worker.send_signal((signal.SIGSTOP, signal.SIGCONT)[turn % 2])
            if turn % 8 == 7:
                worker.kill()
                worker.wait()
                worker = _a_worker()
                history.count("killed workers")
    worker.kill()
    worker.wait()


def _a_worker():
    return subprocess.Popen([sys.executable, "-m", "inbox", "work", "send"], cwd=ROOT)


ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def installed(monkeypatch, tmp_path, durable_postgres, redis_url):
    monkeypatch.setenv("TREGUA_REDIS_URL", redis_url)
    url = durable_postgres.url()
    settle_in(monkeypatch, url, tmp_path)
    made = make_engine(url)
    Base.metadata.create_all(made)
    made.dispose()
    schema.stamp()
    yield durable_postgres
    forget()


def test_nobody_who_is_surely_held_is_called_free_whatever_falls_over(installed, redis_url, capsys):
    singles = int(os.environ.get("TREGUA_HISTORY_SINGLES", "100000"))
    engine()
    history, api = History(), Api()
    programs = [api.program(Scope.CHECK, Scope.GATE, limits=PLENTY) for _ in range(READERS)]
    threads = [threading.Thread(target=_write, args=(history, n)) for n in range(WRITERS)]
    threads += [
        threading.Thread(target=_read, args=(history, one, n)) for n, one in enumerate(programs)
    ]
    threads.append(threading.Thread(target=_follow, args=(history,)))
    threads.append(threading.Thread(target=_break_things, args=(history, installed, redis_url)))
    for one in threads:
        one.start()
    while history.counts["single"] < singles:
        time.sleep(0.2)
    history.over.set()
    for one in threads:
        one.join()
    with capsys.disabled():
        print(dict(history.counts), f"worst staleness {history.staleness() * 1000:.0f} ms")
    assert history.broken() == []
    assert history.counts["copies that differed"] == 0
    assert history.counts["strangers that were held"] == 0
    assert history.counts["single"] >= singles
    assert history.counts["single"] + history.counts["in bulk"] >= 10 * singles
    assert history.free
    assert history.counts["cases"] >= singles // 100
