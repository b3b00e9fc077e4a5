"""The worker process: answers the doorbell of one queue, and sweeps the database by itself."""

import gc
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from importlib import import_module
from types import FrameType
from typing import Any, cast

from redis import RedisError
from rq import SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import configure_mappers

from bot import queues, signs
from bot.settings import settings
from bot.timetable import CALLS, TIMETABLE, Periodic
from cases import clock
from cases.db import transaction

log = logging.getLogger(__name__)
REDIS_AWAY_SECONDS = 2.0
GOODBYE_SECONDS, LAST_SECONDS = 1.5, 20.0
_stopping = threading.Event()


class _Work:
    """What is being done now, by however many threads."""

    def __init__(self) -> None:
        self._changed, self._number = threading.Condition(), 0

    def __enter__(self) -> None:
        with self._changed:
            self._number += 1

    def __exit__(self, *_error: object) -> None:
        with self._changed:
            self._number -= 1
            self._changed.notify_all()

    def wait_for_its_end(self, seconds: float) -> None:
        """Return when nothing is being done, or after so long."""
        with self._changed:
            self._changed.wait_for(lambda: not self._number, seconds)


_work = _Work()


class NotACall(Exception):
    """What stands in Redis is none of our calls, so whoever wrote it is not obeyed."""


class _Call(Job):
    """A ring of the bell. Whoever can write to Redis could else run what they like here."""

    @property
    def func(self) -> Callable[[], None]:
        brought = self.args or self.kwargs or self.instance is not None
        if brought or self.func_name not in CALLS:
            raise NotACall(f"{self.func_name} is none of our calls, or brings something along")
        return named(self.func_name)

    @property
    def success_callback(self) -> None:
        """Nothing is called afterwards, whatever is written there."""

    failure_callback = stopped_callback = success_callback


class _Worker(SimpleWorker):
    """Ends when it is told to, also where Redis ended first and cannot be told goodbye."""

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        _told_to_end(signum, frame)
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def execute_job(self, job: Any, queue: Any) -> None:
        with _work:
            super().execute_job(job, queue)


def _told_to_end(_signal: int, _frame: FrameType | None) -> None:
    _stopping.set()
    threading.Thread(target=_end, daemon=True).start()


def _end() -> None:
    """End for certain: what is under way is finished, and nobody waits for a Redis that is away."""
    time.sleep(GOODBYE_SECONDS)
    _work.wait_for_its_end(LAST_SECONDS)
    os._exit(0)


def work(name: str) -> None:
    """Serve that queue until the process is told to stop."""
    # Until the library's own handlers are there, and between two tries to reach Redis.
    signal.signal(signal.SIGTERM, _told_to_end)
    mine = [periodic for periodic in TIMETABLE if periodic.queue == name]
    # Imported before any thread asks the database: a question that comes between two classes that
    # name each other would spoil the tables of all classes for as long as this process lives.
    calls = [named(periodic.job) for periodic in mine]
    configure_mappers()
    for periodic, call in zip(mine, calls, strict=True):
        threading.Thread(target=_sweep, args=(periodic, call), daemon=True).start()
    threading.Thread(target=_give_signs, args=(name,), daemon=True).start()
    while not _serve(name) and not _stopping.is_set():
        time.sleep(REDIS_AWAY_SECONDS)


def _serve(name: str) -> bool:
    """Answer the doorbell; True when told to stop, False when Redis went away."""
    try:
        _worker(name).work(logging_level="WARNING")
    except (RedisError, OSError) as away:
        log.warning("Redis cannot be reached (%s); sweeping goes on without it", away)
        return False
    return True


def answer(name: str) -> None:
    """Answer the calls that wait in that queue, and no later ones."""
    _worker(name).work(burst=True, logging_level="WARNING")


def _worker(name: str) -> _Worker:
    # What is loaded by now stays: it is not looked through again whenever rubbish is collected.
    gc.freeze()
    return _Worker(
        [name],
        connection=queues.connect(settings().redis_url, patience=20),
        serializer=JSONSerializer,
        job_class=_Call,
        worker_ttl=25,
        maintenance_interval=10,
        job_monitoring_interval=5,
    )


def _sweep(periodic: Periodic, call: Callable[[], None]) -> None:
    while not _stopping.is_set():
        try:
            with _work:
                call()
        except OperationalError as away:
            # Nothing is wrong with us: a trace of each sweep would hide what is.
            log.warning("%s waits: %s", periodic.job, _first_line(away))
        except Exception:
            # A sweep that fails is tried again at its next turn; the reason is in the log.
            log.exception("%s failed", periodic.job)
        time.sleep(periodic.every.total_seconds())


def _first_line(away: OperationalError) -> str:
    """What the database said; a statement and its values are people's."""
    return str(away.orig).strip().partition("\n")[0]


def _give_signs(name: str) -> None:
    """Say that this queue has a worker, as long as it has."""
    while not _stopping.is_set():
        try:
            with transaction() as session:
                signs.give(session, name, clock.now())
        except OperationalError as away:
            log.warning("no sign of life could be written: %s", _first_line(away))
        except SQLAlchemyError:
            log.exception("no sign of life could be written")
        time.sleep(signs.EVERY.total_seconds())


def named(job: str) -> Callable[[], None]:
    """The function of that dotted path."""
    module, _, name = job.rpartition(".")
    return cast(Callable[[], None], getattr(import_module(module), name))
