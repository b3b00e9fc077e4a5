"""The queues, and wake(): a doorbell rung after the commit. The database is the truth."""

from collections.abc import Iterator
from functools import cache

from redis import Redis, RedisError
from redis.backoff import ExponentialWithJitterBackoff
from redis.retry import Retry
from rq import Queue, Worker
from rq.serializers import JSONSerializer
from sqlalchemy.orm import Session

from bot.settings import settings
from cases.db import afterwards

# One queue per worker: a worker with two of them can lose jobs when it is killed.
FILE, SEND, TAG = "file", "send", "tag"
QUEUES = (FILE, SEND, TAG)
CHANNEL = "tregua:changes"


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
