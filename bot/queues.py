"""The queues, and wake(): a doorbell rung after the commit. The database is the truth."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from redis import Redis, RedisError
from redis.backoff import ExponentialWithJitterBackoff
from redis.retry import Retry
from rq import Queue, Worker
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy.orm import Session

from bot.settings import settings
from cases.db import afterwards

# One queue per worker: a worker with two of them can lose jobs when it is killed.
FILE, SEND, TAG = "file", "send", "tag"
QUEUES = (FILE, SEND, TAG)
CHANNEL = "tregua:changes"
MANY_FAILED, LONGEST_WHY = 50, 300


@cache
def connection() -> Redis:
    """The connection of this process, patient with a Redis that restarts."""
    return connect(settings().redis_url, patience=3)


def connect(url: str, *, patience: int) -> Redis:
    """A connection that tries again that many times."""
    return Redis.from_url(
        url,
        retry=Retry(ExponentialWithJitterBackoff(base=0.1, cap=2), patience),
        health_check_interval=30,
        socket_connect_timeout=5,
    )


def queue(name: str) -> Queue:
    """The queue of that name; jobs carry ids alone, as JSON."""
    return Queue(name, connection=connection(), serializer=JSONSerializer)


def wake(session: Session, name: str, job: str) -> None:
    """Have a worker of that queue call the job (a dotted path) once this is committed."""
    rung = session.info.setdefault("rung", set())
    if (name, job) not in rung:
        rung.add((name, job))
        afterwards(session, lambda: ring(name, job))


def ring(name: str, job: str) -> None:
    """Ring now. If Redis is away nothing is lost: a sweep finds the rows."""
    queue(name).enqueue(job, job_timeout=900, result_ttl=0, failure_ttl=3600)


def announce(session: Session, what: str) -> None:
    """Tell open pages that something changed, once this transaction is committed."""
    # News that comes late is no news: pages poll, so nobody waits here for a Redis that is away.
    afterwards(session, lambda: impatient().publish(CHANNEL, what))


AWAY = (RedisError, OSError)
"""What is raised when Redis cannot be asked."""


def depth(name: str) -> int | None:
    """How many calls wait in a queue, or None if Redis is away."""
    try:
        return int(Queue(name, connection=impatient(), serializer=JSONSerializer).count)
    except AWAY:
        return None


@dataclass(frozen=True, slots=True)
class FailedCall:
    """A call that raised: where, what, when, and the last line of why."""

    queue: str
    id: str
    job: str
    at: datetime | None
    why: str


def failed() -> list[FailedCall] | None:
    """The calls that failed within the last hour, or None if Redis is away."""
    try:
        return [one for name in QUEUES for one in _failed_in(name)]
    except AWAY:
        return None


def _failed_in(name: str) -> list[FailedCall]:
    waiting = Queue(name, connection=impatient(), serializer=JSONSerializer)
    ids = waiting.failed_job_registry.get_job_ids(0, MANY_FAILED - 1)
    jobs = (waiting.fetch_job(one) for one in ids)
    return [_as_failed(name, one) for one in jobs if one is not None]


def _as_failed(name: str, job: Job) -> FailedCall:
    result = job.latest_result()
    lines = (result.exc_string or "").strip().splitlines() if result is not None else []
    said = lines[-1][:LONGEST_WHY] if lines else ""
    return FailedCall(name, job.id, job.func_name or "", job.ended_at, said)


def retry(name: str, job_id: str) -> bool:
    """Call it once more; False if it is there no longer."""
    try:
        registry = Queue(name, connection=impatient(), serializer=JSONSerializer)
        registry.failed_job_registry.requeue(job_id)
    except (NoSuchJobError, InvalidJobOperation, *AWAY):
        return False
    return True


def discard(name: str, job_id: str) -> bool:
    """Forget it; False if it is there no longer."""
    try:
        registry = Queue(name, connection=impatient(), serializer=JSONSerializer)
        failed_ones = registry.failed_job_registry
        there = job_id in failed_ones.get_job_ids()
        if there:
            failed_ones.remove(job_id, delete_job=True)
    except (NoSuchJobError, InvalidJobOperation, *AWAY):
        return False
    return there


def workers(name: str) -> int | None:
    """How many workers serve a queue now, or None if Redis is away."""
    try:
        return Worker.count(queue=Queue(name, connection=impatient(), serializer=JSONSerializer))
    except AWAY:
        return None


def changes() -> Iterator[str]:
    """What is announced, as long as Redis is there; raises one of AWAY when it goes."""
    listener = impatient().pubsub(  # type: ignore[no-untyped-call]
        ignore_subscribe_messages=True
    )
    listener.subscribe(CHANNEL)
    for news in listener.listen():
        yield news["data"].decode()


def impatient() -> Redis:
    """A connection that is not waited for: for what can be missed."""
    return connect(settings().redis_url, patience=0)
