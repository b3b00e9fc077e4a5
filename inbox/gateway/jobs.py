"""Jobs of the gateway: names for calls, safe to run twice."""

from cases import clock
from cases.db import transaction
from inbox.gateway import unasked


def look_for_unasked() -> None:
    """Find marketing that went around the gate."""
    with transaction() as session:
        unasked.look(session, clock.now())
