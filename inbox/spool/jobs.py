"""Jobs of the spool: names for calls, safe to run twice."""

from bot.rules import trials
from cases import clock
from cases.db import transaction
from inbox.spool import ageing


def let_go_of_old() -> None:
    """Erase what is older than its mailbox keeps it, and what trials of rules showed."""
    now = clock.now()
    ageing.let_go_of_old(now)
    with transaction() as session:
        trials.forget_old(session, now)
