"""The Date header as broken mailers write it, for the display of a mail."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def read_date(value: str) -> datetime | None:
    """The instant in UTC, or None where nobody could tell."""
    try:
        instant = parsedate_to_datetime(value[:200])
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
