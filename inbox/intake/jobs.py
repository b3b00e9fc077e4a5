"""Jobs of the intake: names for calls, safe to run twice.

Tagging has its own name, inbox.intake.tagging.tag_waiting: who only files loads no models.
"""

from bot import proof, trials
from cases import clock
from cases.db import transaction
from inbox.intake import pipeline
from inbox.spool import ageing


def file_waiting() -> None:
    """File what waits in the spool."""
    pipeline.file_waiting()


def look_for_proof() -> None:
    """Send again what the journal proves was not taken."""
    proof.look_for_it(pipeline.all_is_filed)


def let_go_of_old() -> None:
    """Erase what is older than its mailbox keeps it, and what trials of rules showed."""
    now = clock.now()
    ageing.let_go_of_old(now)
    with transaction() as session:
        trials.forget_old(session, now)
