"""Business time as people write it: 4h, 90m, 1h30m. Pure."""

import re
from datetime import timedelta

_TIME = re.compile(r"(?:(\d{1,4}) ?h)? ?(?:(\d{1,5}) ?(?:m|min))?")


class NoSpan(ValueError):
    """The text is no time, such as 4h or 90m."""


def read(text: str) -> timedelta | None:
    """That time; None for nothing at all. Raises NoSpan."""
    said = text.strip().lower()
    if not said:
        return None
    found = _TIME.fullmatch(said) if len(said) < 20 else None
    if found is None:
        raise NoSpan(text)
    hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(hours=hours, minutes=minutes)


def write(span: timedelta | None) -> str:
    """As it would be read again."""
    if span is None:
        return ""
    hours, minutes = divmod(round(span.total_seconds() / 60), 60)
    return (f"{hours}h" if hours else "") + (f"{minutes}m" if minutes else "") or "0m"
