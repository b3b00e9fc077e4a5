"""The one door to flufl.bounce: recipients from the forms of many vendors."""

import logging
from email.message import Message

import flufl.bounce

# It logs each detector that it tries, and what hostile mail does to it.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)

# Its detectors read these of the header; on a missing or 8-bit one they raise.
_NEEDED = ("from", "subject", "to")

# What is larger is shown to it cut short: some of its detectors look back from each line.
_MOST_PARTS = 100
_MOST_TEXT = 50_000
_MOST_LINES = 1000


def failed_recipients(
    message: Message | None, notice: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those not reached yet, and those that failed for good."""
    if message is None:
        return (), ()
    if not all(isinstance(message.get(name, ""), str) for name in _NEEDED) or not message["from"]:
        return (), ()
    try:
        shown = message if _is_small(message) else _cut_short(message, notice)
        temporary, permanent = flufl.bounce.all_failures(shown)
    except Exception:
        # It is a guess about hostile bytes, and our own patterns come next.
        return (), ()
    return _texts(temporary), _texts(permanent)


def _is_small(message: Message) -> bool:
    text, lines = 0, 0
    for parts, part in enumerate(message.walk()):
        payload = part.get_payload()
        if isinstance(payload, str):
            text, lines = text + len(payload), lines + payload.count("\n")
        if parts > _MOST_PARTS or text > _MOST_TEXT or lines > _MOST_LINES:
            return False
    return True


def _cut_short(message: Message, notice: str) -> Message:
    short = Message()
    for name in _NEEDED:
        short[name] = message.get(name, "")
    short.set_payload("\n".join(notice[:_MOST_TEXT].split("\n")[:_MOST_LINES]))
    return short


def _texts(found: frozenset[bytes]) -> tuple[str, ...]:
    texts = (each.decode("ascii", "replace").lower().strip("<>") for each in found)
    return tuple(sorted(each for each in texts if "@" in each))
