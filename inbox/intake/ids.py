"""Message-IDs without their brackets, out of headers that hold other things as well."""

import re

MOST = 1_000

_BRACKETED = re.compile(r"<([^<>]{1,2000})>")
_SPACES = re.compile(r"\s+")


def read_ids(value: str) -> tuple[str, ...]:
    """All ids in their order, each once; words beside them are left out."""
    ids = [_SPACES.sub("", found) for found in _BRACKETED.findall(value)]
    if not ids:
        ids = [word.strip("<>,;\"'") for word in value.split() if "@" in word or " " not in value]
    return tuple(dict.fromkeys(one for one in ids if one))[:MOST]


def read_id(value: str) -> str:
    """The one id of a Message-ID header."""
    return next(iter(read_ids(value)), _SPACES.sub("", value.strip("<> \t")))
