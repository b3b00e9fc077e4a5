"""News for open pages: one listener per process, a stream per browser, and polling without it.

A stream holds a thread but no database connection; when half of the threads hold streams, the
next browser is told to poll instead.
"""

import logging
import threading
import time
from collections.abc import Iterator

from flask import Response, make_response
from sqlalchemy.orm import Session

from bot import queues, viewing
from cases.db import afterwards
from inbox import streams
from inbox.web.access import Pages, Policy, allow

log = logging.getLogger(__name__)
pages = Pages("live", __name__)
HEARTBEAT = 15.0
LONGEST = 300.0
"""A browser asks again after that, so that who signed out is not told for ever."""
AWAY = 10.0


class Hub:
    """Counts the news; streams wait for the count to change."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = 0
        self._people = 0
        self._listening = False

    def tell(self, what: str = "cases") -> None:
        """Something changed: cases, or who looks at them."""
        with self._changed:
            if what == viewing.NEWS:
                self._people += 1
            else:
                self._count += 1
            self._changed.notify_all()

    def listen(self) -> None:
        """Hear what other processes announce, from the first who waits on."""
        with self._changed:
            if not self._listening:
                self._listening = True
                threading.Thread(target=self._listen, daemon=True).start()

    def wait(self, seen: tuple[int, int], seconds: float) -> tuple[int, int]:
        """The counts of cases and of people, as soon as they differ or the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: (self._count, self._people) != seen, seconds)
            return self._count, self._people

    def _listen(self) -> None:
        while True:
            try:
                for news in queues.changes():
                    self.tell(news)
            except queues.AWAY as away:
                log.info("no news from Redis (%s); pages poll", type(away).__name__)
            time.sleep(AWAY)


hub = Hub()


def announce(session: Session) -> None:
    """Tell all open pages once this transaction is committed."""
    afterwards(session, hub.tell)
    queues.announce(session, "cases")


@pages.get("/events")
@allow(Policy.CASES)
def events() -> Response:
    """A stream that says when something changed, and nothing of what."""
    if not streams.enter():
        return make_response("", 204)
    hub.listen()
    response = Response(_stream(), mimetype="text/event-stream")
    response.call_on_close(streams.leave)
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _stream() -> Iterator[str]:
    ends, seen = time.monotonic() + LONGEST, hub.wait((-1, -1), 0)
    yield "retry: 5000\n\n"
    while time.monotonic() < ends:
        now = hub.wait(seen, HEARTBEAT)
        if now[0] != seen[0]:
            yield "event: cases\ndata: \n\n"
        if now[1] != seen[1]:
            yield "event: presence\ndata: \n\n"
        if now == seen:
            yield ": still here\n\n"
        seen = now
