"""The one door to flufl.bounce: recipients from the forms of many vendors."""

from email.message import Message

import flufl.bounce

# Its detectors read these of the header; on a missing or 8-bit one they raise.
_NEEDED = ("from", "subject", "to")


def failed_recipients(message: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those not reached yet, and those that failed for good."""
    if not all(isinstance(message.get(name, ""), str) for name in _NEEDED) or not message["from"]:
        return (), ()
    try:
        temporary, permanent = flufl.bounce.all_failures(message)
    except Exception:
        return (), ()
    return _texts(temporary), _texts(permanent)


def _texts(found: frozenset[bytes]) -> tuple[str, ...]:
    texts = (each.decode("ascii", "replace").lower().strip("<>") for each in found)
    return tuple(sorted(each for each in texts if "@" in each))
