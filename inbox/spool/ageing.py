"""What is older than its mailbox keeps it leaves the cases, the outbox and the spool for good."""

from datetime import datetime

import bot.erasing
from cases import audit, retention
from cases.db import transaction
from cases.retention import Step
from inbox.spool.burying import bury

MOST = 2_000


def let_go_of_old(now: datetime) -> int:
    """Do what is due, some cases a transaction; how many cases lost something.

    What is left over waits for the next hour, so that nothing else waits for this.
    """
    done = 0
    for step in Step:
        while done < MOST and (some := _some(step, now)):
            done += some
    return done


def _some(step: Step, now: datetime) -> int:
    with transaction() as session:
        due = retention.next_due(session, step, now)
        if due is None:
            return 0
        box, cases = due
        raw_ids = retention.let_go(session, step, cases, at=now)
        bot.erasing.erase(session, [case.id for case in cases], at=now)
        bury(session, raw_ids)
        what, about = f"retention.{step}", box.address
        audit.note(session, by=retention.BY, what=what, about=about, cases=len(cases))
        return len(cases)
