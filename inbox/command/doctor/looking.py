"""The parts in the order in which they need one another."""

from collections.abc import Iterator

from cases.settings import settings
from inbox.command.doctor import configuration, gate, machine, mail, stores
from inbox.command.doctor.found import Found, State


def look() -> Iterator[Found]:
    """All parts; a part that needs another is left out where that one is wrong."""
    base = list(configuration.settings_are_good())
    yield from base
    if any(one.state is State.WRONG for one in base):
        return
    yield from stores.secret()
    if not settings().data.is_dir():
        # Where nothing can be kept, there is nothing to be looked at.
        return
    tables = list(stores.database())
    yield from tables
    yield from stores.redis()
    yield from stores.workers()
    if all(one.state is State.GOOD for one in tables):
        yield from mail.mailboxes()
        yield from mail.signatures()
        yield from machine.clock_is_right()
    yield from mail.relay()
    yield from gate.parked()
    yield from machine.models()
    yield from machine.disk()
    yield from machine.web()
