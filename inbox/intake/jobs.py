"""Jobs of the intake: names for calls, safe to run twice.

Tagging has its own name, inbox.intake.tagging.tag_waiting: who only files loads no models.
"""

from bot.delivery import proof
from inbox.intake import pipeline


def file_waiting() -> None:
    """File what waits in the spool."""
    pipeline.file_waiting()


def look_for_proof() -> None:
    """Send again what the journal proves was not taken."""
    proof.look_for_it(pipeline.all_is_filed)
