"""Several who do something at once on PostgreSQL, one of whom has to wait for another."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context

import pytest
from sqlalchemy import text

from cases.db import reading

ON_POSTGRESQL = pytest.mark.parametrize(
    "database_url", [pytest.param("postgresql", marks=pytest.mark.server)], indirect=True
)
_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity "
    "WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@contextmanager
def meanwhile(*acts: Callable[[], object]) -> Iterator[Callable[[], None]]:
    """Gives what lets the acts begin: it returns once each has ended or waits for somebody.

    After the block they go on; what went wrong in one of them goes wrong in the test.

        with meanwhile(act) as others_begin, transaction() as session:
    """
    begun: list[Future[object]] = []

    def begin() -> None:
        # What time it is, they know from here.
        begun.extend(threads.submit(copy_context().run, act) for act in acts)
        _let_them_come(begun)

    with ThreadPoolExecutor(len(acts)) as threads:
        yield begin
    for one in begun:
        one.result()


def _let_them_come(begun: list[Future[object]]) -> None:
    for _n in range(1000):
        under_way = [one for one in begun if not one.done()]
        with reading() as session:
            if (session.scalar(_WAITING) or 0) >= len(under_way):
                return
        time.sleep(0.005)
    raise AssertionError("nobody came to where they have to wait")
