"""A trial of the plus-address that arrived: it works, and the mail itself is nobody's case."""

from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.delivery.plus_trial import is_trial
from cases.mailbox import Mailbox
from inbox.spool import Fate, Fetched, Place, RawMail


def notice(session: Session, place: Place, uidvalidity: int, mails: Sequence[Fetched]) -> None:
    """Look for trials among mails that were just stored."""
    mailbox = session.get_one(Mailbox, place.mailbox_id)
    arrived = [mail.uid for mail in mails if is_trial(mail.content, mailbox.address)]
    if not arrived:
        return
    mailbox.plus_works = True
    session.execute(
        update(RawMail)
        .where(
            RawMail.mailbox_id == place.mailbox_id,
            RawMail.folder == place.folder,
            RawMail.uidvalidity == uidvalidity,
            RawMail.uid.in_(arrived),
        )
        .values(fate=Fate.FILED, reason="our own trial of the plus-address")
    )
