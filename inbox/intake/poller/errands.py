"""What else is done with the accounts, on a second connection: what fails here waits, no more."""

import logging
import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from cases import signing
from cases.db import reading
from cases.mailbox.xoauth import GrantLost, ProviderAway
from inbox.intake.accounts import account_of
from inbox.intake.imap import Connection, ImapFailure
from inbox.intake.poller import checking, copies, counts, rests

log = logging.getLogger(__name__)

LOOK_SECONDS, PAUSE_SECONDS = 5.0, 120.0
OUTSIDE = (ImapFailure, GrantLost, ProviderAway, signing.Tampered, SQLAlchemyError)

Errand = Callable[[int, Connection], None]


def run(stop: threading.Event) -> None:
    """Look for errands until told to stop."""
    later: dict[int, float] = {}
    while not stop.wait(LOOK_SECONDS):
        try:
            run_once(later)
        except SQLAlchemyError:
            log.warning("the database is away; errands wait")
        except Exception:
            # Nobody begins this thread anew: what fails is tried again at the next turn.
            log.exception("errands could not be looked for")


def run_once(later: dict[int, float] | None = None) -> int:
    """Do what is to be done now; how many mailboxes had something."""
    later = later if later is not None else {}
    done = checking.check_waiting()
    for mailbox_id, wanted in _wanted().items():
        if time.monotonic() >= later.get(mailbox_id, 0.0):
            done += 1
            if not _do(mailbox_id, wanted):
                later[mailbox_id] = time.monotonic() + PAUSE_SECONDS
    return done


def _wanted() -> dict[int, list[Errand]]:
    found: dict[int, list[Errand]] = {}
    with reading() as session:
        for look, errand in (
            (rests.waiting, rests.fetch),
            (copies.waiting, copies.lay_down),
            (counts.waiting, counts.count),
        ):
            for mailbox_id in look(session):
                found.setdefault(mailbox_id, []).append(errand)
    return found


def _do(mailbox_id: int, wanted: list[Errand]) -> bool:
    try:
        account = account_of(mailbox_id)
        if account is None:
            return True
        with Connection(account) as connection:
            for errand in wanted:
                errand(mailbox_id, connection)
    except OUTSIDE as failure:
        log.warning("an errand for mailbox %s failed: %s", mailbox_id, type(failure).__name__)
        return False
    except Exception:
        # A bug that shows in one mailbox keeps no errand of another one waiting.
        log.exception("an errand for mailbox %s failed", mailbox_id)
        return False
    return True
