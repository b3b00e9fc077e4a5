"""Letters that turn others round: a subject or a name must read as it is. Pure."""

# Overrides and isolates of direction; the marks that Arabic and Hebrew need stay.
_TURNING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))


def straight(text: str) -> str:
    """The text without what would show its letters in another order than they have."""
    return text.translate(_TURNING)
