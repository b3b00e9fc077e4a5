"""Jobs of the gateway: names for calls, safe to run twice."""

from cases import clock
from cases.db import transaction
from inbox import passage
from inbox.gateway import unasked


def look_for_unasked() -> None:
    """Find marketing that went around the gate, and forget what is long past at it."""
    now = clock.now()
    with transaction() as session:
        unasked.look(session, now)
        passage.prune(session, now)
