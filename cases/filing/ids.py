"""The ids a mail names, as they are kept: bounded, and without addresses that only look alike."""

import hashlib
import re

from cases.mail import Mail

# First ids and newest ids of a mail with absurdly many references.
OLDEST, NEWEST = 4, 40
# An index of PostgreSQL takes no more than 2,700 bytes.
LONGEST_BYTES = 900
_SHOWN = 100
_ONLY_LETTERS = re.compile(r"[^\d@]{1,40}@[^\s@]+")


def kept(rfc_id: str) -> str:
    """The id as it is stored and looked up: of an absurdly long one a part and its hash."""
    if len(rfc_id) * 4 <= LONGEST_BYTES:
        return rfc_id
    content = rfc_id.encode("utf-8", "replace")
    if len(content) <= LONGEST_BYTES:
        return rfc_id
    return f"{rfc_id[:_SHOWN]}~{hashlib.sha256(content).hexdigest()}"


def answered(mail: Mail) -> tuple[str, ...]:
    """The ids a mail answers, the nearest first, without doubles and in a bounded number."""
    if not mail.in_reply_to and not mail.references:
        return ()
    older = mail.references
    if len(older) > OLDEST + NEWEST:
        older = older[:OLDEST] + older[-NEWEST:]
    people = _addresses(mail)
    named = (*_without_addresses(mail.in_reply_to[:NEWEST]), *reversed(older))
    ids = (kept(one) for one in named if one != mail.message_id and one.lower() not in people)
    return tuple(dict.fromkeys(ids))


def _addresses(mail: Mail) -> frozenset[str]:
    """`In-Reply-To: Message from Ana <ana@example.org>` names a person and no mail."""
    named = (*mail.to[:50], *mail.cc[:50], *mail.reply_to[:5])
    return frozenset((mail.sender.address, *(one.address for one in named)))


def _without_addresses(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Old programs write the person's address before the id; ids have digits nearly always."""
    likely = tuple(one for one in ids if not _ONLY_LETTERS.fullmatch(one))
    return likely if len(ids) > 1 and likely else ids
