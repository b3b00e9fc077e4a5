"""How reading a mailbox goes, on its row: what alarms and the admin's page look at."""

import logging
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from cases import clock
from cases.db import reading, transaction
from cases.mailbox import Mailbox

log = logging.getLogger(__name__)

FRESH = timedelta(seconds=30)


def note_success(mailbox_id: int, since: datetime, trouble: str = "") -> None:
    """All that had come by `since` is stored; `trouble` is a folder that cannot be opened."""
    with transaction() as session:
        mailbox = session.get(Mailbox, mailbox_id)
        if mailbox is not None:
            mailbox.last_ok_at, mailbox.heard_at = since, clock.now()
            mailbox.last_error, mailbox.failing_since = trouble[:500], None


def note_life(mailbox_id: int) -> None:
    """The server answers, though we are not through yet: written now and then."""
    with reading() as session:
        mailbox = session.get(Mailbox, mailbox_id)
        heard = mailbox.heard_at if mailbox is not None else None
    if heard is None or clock.now() - heard > FRESH:
        with transaction() as session:
            mailbox = session.get(Mailbox, mailbox_id)
            if mailbox is not None:
                mailbox.heard_at = clock.now()


def note_failure(mailbox_id: int, failure: Exception) -> None:
    """Reading fails, and since when."""
    log.warning("mailbox %s: %s", mailbox_id, type(failure).__name__)
    try:
        with transaction() as session:
            mailbox = session.get(Mailbox, mailbox_id)
            if mailbox is not None:
                mailbox.last_error = str(failure)[:500]
                mailbox.failing_since = mailbox.failing_since or clock.now()
    except SQLAlchemyError:
        log.warning("mailbox %s: its failure cannot be noted, the database is away", mailbox_id)
