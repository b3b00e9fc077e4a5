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
from pathlib import Path

import pytest
import redis
from sqlalchemy.exc import DBAPIError

from cases import Case
from cases.db import engine, make_engine, transaction
from cases.filing import file
from inbox import schema
from inbox.tokens import Limits, Scope
from tests.apis import Api
from tests.builders import a_mail, an_arrival
from tests.databases import Base, forget, settle_in
from tests.faults.history import PEOPLE, READERS, WRITERS, History, follow, note, question

PLENTY = Limits(quota=10**9)
ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.nightly, pytest.mark.server, pytest.mark.timeout(3600)]


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
    history.was_held(who, opened, time.monotonic())
    with transaction() as session:
        case = session.get_one(Case, case_id, with_for_update=True, populate_existing=True)
        if case.is_open:
            case.close(by="bea@tienda.example", at=case.opened_at)
    history.count("cases")


def _read(history, program, n):
    for turn in itertools.count(n):
        if history.over.is_set():
            return
        url, body, who = question(turn)
        began = time.monotonic()
        answer = program.post(url, json=body)
        ended = time.monotonic()
        if answer.status_code != 200:
            history.count("refusals")
            time.sleep(0.05)
            continue
        note(history, who, answer.json, began, ended)


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
    threads.append(threading.Thread(target=follow, args=(history,)))
    threads.append(threading.Thread(target=_break_things, args=(history, installed, redis_url)))
    for one in threads:
        one.start()
    while history.counts["single"] < singles:
        time.sleep(0.2)
    history.over.set()
    for one in threads:
        one.join()
    with capsys.disabled():
        print(history.said())
    history.judge(singles)
    assert history.counts["cases"] >= singles // 100
