"""Proof that the relay took a mail: the journal's copy, read back by the normal intake.

The copy goes out in the same SMTP transaction, so either both got the mail or nobody did. Without
a journal an uncertain mail stays uncertain: people see it, and it is never just sent again.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from bot.delivery import uncertain
from bot.settings import settings
from cases.contact import normalised
from cases.db import reading
from cases.mail import without_tag
from cases.mailbox import Mailbox


def look_for_it(all_is_filed: Callable[[], bool]) -> int:
    """Send again what the journal proves was not taken; how many."""
    if not settings().journal:
        return 0
    read_at = _journal_read_at()
    # A copy that was fetched proves nothing before it is filed, so the spool is asked after the
    # mailbox: what had come by then has been looked at.
    return uncertain.send_unproven_again(read_at) if all_is_filed() else 0


def _journal_read_at() -> datetime | None:
    """When the mailbox that gets the copies was last read to its end."""
    address = without_tag(normalised(settings().journal))
    with reading() as session:
        return session.scalar(select(Mailbox.last_ok_at).where(Mailbox.address == address))
