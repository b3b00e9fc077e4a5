"""Jobs of what is done with many cases: names for calls, safe to run twice."""

from datetime import timedelta

from cases import clock
from cases.db import reading
from inbox.web import bulk


def go_on() -> None:
    """Finish what somebody began before they closed its page."""
    now = clock.now()
    with reading() as session:
        waiting = bulk.left_alone(session, now)
    for number, by in waiting:
        bulk.go_on(number, by=by, at=now, most=timedelta(seconds=10))
