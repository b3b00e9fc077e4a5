"""A stand-in for a mail that cannot be read, so that its sender still gets a case and a clock."""

import re

from cases.mail import Address, Mail, Origin, Speaker
from inbox.intake.addresses import read_addresses

HEAD = 2**16
_FIELD = re.compile(rb"(?im)^(from|subject):[ \t]{0,10}([^\r\n]{0,900})")
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f]")


def stub(content: bytes, reason: str) -> Mail:
    """As much of the mail as two lines of its header tell."""
    found = {name.lower(): value for name, value in reversed(_FIELD.findall(content[:HEAD]))}
    senders = read_addresses(_text(found.get(b"from", b"")))
    return Mail(
        sender=senders[0] if senders else Address(""),
        subject=_text(found.get(b"subject", b"")).strip()[:200],
        text=reason,
        defects=(f"unreadable: {reason}",),
        speaker=Speaker(Origin.CUSTOMER, "unreadable", False, "the mail could not be read"),
    )


def _text(value: bytes) -> str:
    return _UNSEEN.sub("", value.decode("utf-8", "replace"))
