"""The same history on SQLite, where what falls over are the processes that write and answer.

Writers, the web server and a worker are killed again and again, none of them ready for it.
"""

import contextlib
import http.client
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import redis

from inbox import schema
from inbox.tokens import Limits, Scope
from tests.apis import Api
from tests.databases import forget, settle_in
from tests.faults.history import READERS, History, follow, note, question
from tests.servers.ports import free_port
from tests.servers.warm import warm

PROCESSES = 4
PLENTY = Limits(quota=10**9)
ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("tests.faults.history",)
pytestmark = [pytest.mark.nightly, pytest.mark.server, pytest.mark.timeout(3600)]


class Writers:
    """The processes that write, and what each has said."""

    def __init__(self, folder):
        self._folder, self._living = folder, {}

    def start(self, n):
        words = (str(n), str(PROCESSES))
        log = self._folder / f"writer-{n}.log"
        self._living[n] = warm().start("tests.faults.history_writer", *words, needs=NEEDED, log=log)

    def kill(self, n):
        self._living.pop(n).kill()

    def stop(self):
        for n in list(self._living):
            self.kill(n)

    def tell(self, history):
        """When each of theirs was surely held: from after the opening to before the closing."""
        for log in self._folder.glob("writer-*.log"):
            opened = {}
            for line in log.read_text().splitlines():
                what, case_id, who, at = line.split()
                if what == "opened":
                    opened[case_id] = float(at)
                    history.count("cases")
                elif what == "closing" and case_id in opened:
                    history.was_held(who, opened.pop(case_id), float(at))
                elif what == "failed":
                    history.count("writes that were cut off")


@contextlib.contextmanager
def _serving():
    words = [sys.executable, "-m", "inbox", "serve"]
    process = subprocess.Popen(words, cwd=ROOT, start_new_session=True)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _read(history, port, token, n):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    said = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    for turn in itertools.count(n):
        if history.over.is_set():
            break
        url, body, who = question(turn)
        began = time.monotonic()
        try:
            connection.request("POST", url, json.dumps(body), said)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            connection.close()
            history.count("answers that were cut off")
            time.sleep(0.05)
            continue
        ended = time.monotonic()
        if answer.status == 200:
            note(history, who, json.loads(content), began, ended)
        else:
            history.count("refusals")
            time.sleep(0.05)
    connection.close()


def _break_things(history, writers, redis_url):
    """Somebody who writes dies every second, the server and the worker every few."""
    with contextlib.ExitStack() as stack, redis.Redis.from_url(redis_url) as bells:
        serving = stack.enter_context(contextlib.ExitStack())
        serving.enter_context(_serving())
        for turn in itertools.count():
            if history.over.wait(1):
                return
            writers.kill(turn % PROCESSES)
            history.count("killed writers")
            if turn % 8 == 7:
                serving.close()
                serving.enter_context(_serving())
                history.count("killed servers")
            if turn % 5 == 4:
                bells.flushall()
            writers.start(turn % PROCESSES)


@pytest.fixture
def installed(monkeypatch, tmp_path, redis_url):
    monkeypatch.setenv("TREGUA_REDIS_URL", redis_url)
    monkeypatch.setenv("TREGUA_WEB_PORT", str(free_port()))
    settle_in(monkeypatch, f"sqlite:///{tmp_path / 'tregua.db'}", tmp_path)
    schema.upgrade()
    yield int(os.environ["TREGUA_WEB_PORT"])
    forget()


def test_on_sqlite_nobody_who_is_surely_held_is_called_free_whatever_dies(
    installed, redis_url, capsys, tmp_path
):
    singles = int(os.environ.get("TREGUA_HISTORY_SINGLES", "10000"))
    history, api, writers = History(), Api(), Writers(tmp_path)
    tokens = [api.program(Scope.CHECK, limits=PLENTY).text for _ in range(READERS)]
    for n in range(PROCESSES):
        writers.start(n)
    threads = [
        threading.Thread(target=_read, args=(history, installed, token, n))
        for n, token in enumerate(tokens)
    ]
    threads.append(threading.Thread(target=follow, args=(history,)))
    threads.append(threading.Thread(target=_break_things, args=(history, writers, redis_url)))
    for one in threads:
        one.start()
    while history.counts["single"] < singles and threads[-1].is_alive():
        time.sleep(0.2)
    history.over.set()
    for one in threads:
        one.join()
    writers.stop()
    writers.tell(history)
    with capsys.disabled():
        print(history.said())
    history.judge(singles)
    assert history.counts["cases"] >= singles // 200
    assert history.counts["killed servers"] > 0
