"""The mails as they came, and what became of each. Stored before anything looks at them."""

from inbox.spool.checks import Check
from inbox.spool.rows import (
    BATCH,
    BATCH_BYTES,
    TRIES,
    Cursor,
    DayCount,
    Fate,
    Fetched,
    Place,
    RawContent,
    RawMail,
    Taken,
    Tombstone,
)
from inbox.spool.storing import cursor, move_cursor, put
from inbox.spool.taking import content_of, release, settle, stand_in, take, try_again

__all__ = [
    "BATCH",
    "BATCH_BYTES",
    "TRIES",
    "Check",
    "Cursor",
    "DayCount",
    "Fate",
    "Fetched",
    "Place",
    "RawContent",
    "RawMail",
    "Taken",
    "Tombstone",
    "content_of",
    "cursor",
    "move_cursor",
    "put",
    "release",
    "settle",
    "stand_in",
    "take",
    "try_again",
]
