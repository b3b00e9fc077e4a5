"""The worker process: answers the doorbell of one queue, and sweeps the database by itself."""

import logging
import os
import threading
import time
from collections.abc import Callable
from importlib import import_module
from types import FrameType
from typing import cast

from redis import RedisError
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from bot import queues
from bot.settings import settings
from bot.timetable import TIMETABLE, Periodic

log = logging.getLogger(__name__)
REDIS_AWAY_SECONDS = 2.0
LAST_SECONDS = 20.0
_stopping = threading.Event()


class _Worker(SimpleWorker):
    """Ends when it is told to, also where Redis ended first and cannot be told goodbye."""

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        _stopping.set()
        end = threading.Timer(LAST_SECONDS, os._exit, (0,))
        end.daemon = True
        end.start()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def work(name: str) -> None:
    """Serve that queue until the process is told to stop."""
    for periodic in TIMETABLE:
        if periodic.queue == name:
            threading.Thread(target=_sweep, args=(periodic,), daemon=True).start()
    while not _serve(name) and not _stopping.is_set():
        time.sleep(REDIS_AWAY_SECONDS)


def _serve(name: str) -> bool:
    """Answer the doorbell; True when told to stop, False when Redis went away."""
    try:
        connection = queues.connect(settings().redis_url, patience=20)
        worker = _Worker(
            [name],
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=25,
            maintenance_interval=10,
            job_monitoring_interval=5,
        )
        worker.work(logging_level="WARNING")
    except (RedisError, OSError) as away:
        log.warning("Redis cannot be reached (%s); sweeping goes on without it", away)
        return False
    return True


def _sweep(periodic: Periodic) -> None:
    call = named(periodic.job)
    while True:
        try:
            call()
        except Exception:
            # A sweep that fails is tried again at its next turn; the reason is in the log.
            log.exception("%s failed", periodic.job)
        time.sleep(periodic.every.total_seconds())


def named(job: str) -> Callable[[], None]:
    """The function of that dotted path."""
    module, _, name = job.rpartition(".")
    return cast(Callable[[], None], getattr(import_module(module), name))
