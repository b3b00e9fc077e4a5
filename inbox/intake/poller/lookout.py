"""The poller says that it runs, and tells of dead workers where none is left to tell of itself."""

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from bot import queues, signs, worker
from cases import clock
from cases.db import reading, transaction

log = logging.getLogger(__name__)

EVERY_SECONDS = 60.0
STAND_IN = "inbox.api.jobs.stand_in"
"""What the other workers do; loaded only when it is needed."""


def give_sign() -> None:
    """Say that the poller runs; raises SQLAlchemyError."""
    with transaction() as session:
        signs.give(session, signs.POLLER, clock.now())


def run(stop: threading.Event) -> None:
    """Look for dead workers until told to stop."""
    while not stop.wait(EVERY_SECONDS):
        try:
            look()
        except SQLAlchemyError:
            log.warning("the database is away; dead workers are looked for again soon")
        except Exception:
            # What fails is tried again at the next turn, as a worker's sweep is.
            log.exception("dead workers could not be told of")


def look() -> None:
    """Send the alarms where the worker that sends them is dead, the others perhaps too."""
    with reading() as session:
        silent = {sign.queue for sign in signs.missing(session, clock.now())}
    if queues.SEND in silent:
        worker.named(STAND_IN)()
