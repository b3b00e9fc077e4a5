"""A mail as it came: which row of the spool, when the server took it, in which mailbox."""

from dataclasses import dataclass
from datetime import datetime

from cases.mail import Mail
from cases.mailbox import Mailbox


@dataclass(frozen=True, slots=True)
class Arrival:
    """One mail to be filed."""

    mail: Mail
    at: datetime
    """When the server took it: clocks start here."""
    raw_id: int | None = None
    mailbox: Mailbox | None = None
    history: bool = False
    """Imported old mail: a closed case without clocks, replies or exclusions."""


@dataclass(frozen=True, slots=True)
class Belief:
    """How far senders are believed."""

    trust_all: bool = False
    """Simulations of archives: every sender takes part in every case."""
    servers_vouch: bool = False
    """A trusted server is configured, so whatever is not signed by us needs its word."""
    own: frozenset[str] = frozenset()
    """Addresses of ours besides those of the mailboxes: they are nobody's customers."""
