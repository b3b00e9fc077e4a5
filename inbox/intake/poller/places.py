"""Which folders of a mailbox are read, and how much of their past."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cases.db import reading
from cases.mailbox import Mailbox
from inbox.spool import Fetched, Place
from inbox.spool.marks import sent_at

EVER = datetime(1970, 1, 1, tzinfo=UTC)
SKEW = timedelta(minutes=5)
"""How far a server's clock may be behind ours, without a new mail being taken for an old one."""


@dataclass(frozen=True, slots=True)
class Past:
    """How much of what was there before us is wanted, and since when we are here."""

    since: datetime | None
    """None: everything, as if it had come today."""
    here_since: datetime

    def wants(self, arrived_at: datetime) -> bool:
        """Whether a mail of that age is imported at all."""
        return self.since is None or arrived_at >= self.since - SKEW

    def is_history(self, mail: Fetched) -> bool:
        """Whether a mail is from before us: by the server's date, or by its own.

        A restored backup gives old mails the date of the restoring.
        """
        if self.since is None:
            return False
        written_at = sent_at(mail.content) or mail.arrived_at
        return min(written_at, mail.arrived_at) < self.here_since - SKEW


def places(mailbox_id: int) -> dict[Place, Past]:
    """The folders that are read, the main one first."""
    with reading() as session:
        mailbox = session.get_one(Mailbox, mailbox_id)
        found = {Place(mailbox_id, mailbox.folder): Past(mailbox.import_from, mailbox.created_at)}
        for one in mailbox.more_folders:
            place = Place(mailbox_id, one.name, one.role)
            found.setdefault(place, Past(one.import_from, one.created_at))
        return found
