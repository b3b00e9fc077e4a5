"""Cursors: how far a follower has read. Opaque to them, checked by us."""

import base64
import binascii
from dataclasses import dataclass

from cases.exclusions.feed import Head
from inbox.api.problems import N_, Problem

SNAPSHOT = "/v1/exclusions"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Everything up to that seq of that epoch was seen, through that view."""

    epoch: str
    seq: int
    view: str

    def __str__(self) -> str:
        text = f"{self.epoch}.{self.seq}.{self.view}"
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def parse(text: str) -> Cursor:
    """The cursor of that text; raises Problem."""
    try:
        padded = text + "=" * (-len(text) % 4)
        epoch, seq, view = (
            base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii").split(".")
        )
        return Cursor(epoch, int(seq[:19]), view)
    except (ValueError, binascii.Error) as wrong:
        raise _unreadable() from wrong


def _unreadable() -> Problem:
    return Problem(400, "bad-cursor", N_("This is no cursor. Take one from a snapshot."))


def check(cursor: Cursor, head: Head, view: str) -> None:
    """Refuse a cursor of another view, another epoch, or of changes that are no longer kept."""
    if cursor.epoch != head.epoch or not head.pruned <= cursor.seq <= head.seq:
        raise Problem(
            410,
            "cursor-expired",
            N_("The changes since this cursor are gone. Take a new snapshot."),
            headers={"Location": SNAPSHOT},
        )
    if cursor.view != view:
        raise Problem(
            400, "other-filter", N_("This cursor was made for another class, topic or hash.")
        )
