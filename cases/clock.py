"""What time it is: the only caller of datetime.now, so that tests and simulations can set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_set_to: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """The current instant, in UTC."""
    return _set_to.get() or datetime.now(UTC)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Let it be that instant inside the block: for tests and simulations."""
    token = _set_to.set(instant)
    try:
        yield
    finally:
        _set_to.reset(token)
