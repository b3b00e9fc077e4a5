"""Address headers as they are really written: groups, comments, broken quotes, missing commas."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cases.mail import Address
from inbox.mime.charsets import decode
from inbox.mime.words import decode_words

MOST = 1_000
LONGEST = 400_000

# Each alternative ends at the next special character, so the scan is linear; a quote or bracket
# that is never closed is a character like any other.
_TOKEN = re.compile(
    r"""(?P<word>=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=)
    | (?P<quoted>"(?:[^"\\]|\\.)*")
    | (?P<angle><{1,3}[^<>]*>{1,3})
    | (?P<separator>[,;])
    | (?P<colon>:)
    | (?P<open>\()
    | (?P<close>\))
    | (?P<space>\s+)
    | (?P<atom>(?:[^"<>,;:()\s\\=]|\\.|=(?!\?)|[\\"<>=])[^"<>,;:()\s\\=]*)
    """,
    re.X | re.S,
)
_ESCAPED = re.compile(r"\\(.)", re.S)
_SPACES = re.compile(r"\s+")


@dataclass(slots=True)
class _Mailbox:
    """What has been read of one mailbox so far."""

    words: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    angle: str | None = None

    def __bool__(self) -> bool:
        return self.angle is not None or any(word.strip() for word in self.words)

    @property
    def has_address(self) -> bool:
        return self.angle is not None or any("@" in word for word in self.words)


def read_addresses(value: bytes | str) -> tuple[Address, ...]:
    """The mailboxes of an unfolded header value; groups are taken apart."""
    value = value[:LONGEST]
    text = value if isinstance(value, str) else decode(value, None)[0]
    found = _read(text)
    if "=?" in text and not any("@" in one.address for one in found):
        # Some programs encode the address with the name, though RFC 2047 forbids it.
        inside = _read(decode_words(text.encode("utf-8", "replace")))
        found = inside if any("@" in one.address for one in inside) else found
    return tuple(found[:MOST])


def _read(text: str) -> list[Address]:
    found: list[Address] = []
    for mailbox in _mailboxes(text):
        found.extend(_addresses(mailbox))
        if len(found) >= MOST:
            break
    return found


def _mailboxes(text: str) -> Iterator[_Mailbox]:
    current = _Mailbox()
    for kind, token in _tokens(text):
        if kind == "separator" or (kind == "angle" and current.angle is not None):
            if current:
                yield current
            current = _Mailbox()
        if kind == "angle":
            current.angle = token.strip("<>")
        elif kind == "colon":
            # What stands before a colon is the name of a group, or "mailto".
            if current.has_address:
                yield current
            current = _Mailbox()
        elif kind == "comment":
            current.comments.append(token)
        elif kind != "separator":
            current.words.append(token)
    if current:
        yield current


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    """Tokens with whole comments as one; comments that never end are plain text."""
    tokens = [(str(match.lastgroup), match[0]) for match in _TOKEN.finditer(text)]
    ends = _comment_ends(tokens)
    position = 0
    while position < len(tokens):
        kind, token = tokens[position]
        if kind == "open" and position in ends:
            inside = tokens[position + 1 : ends[position]]
            yield "comment", "".join(piece for _, piece in inside)
            position = ends[position]
        else:
            yield ("atom" if kind in ("open", "close") else kind), token
        position += 1


def _comment_ends(tokens: list[tuple[str, str]]) -> dict[int, int]:
    """Where each outermost comment ends."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for position, (kind, _) in enumerate(tokens):
        if kind == "open":
            opened.append(position)
        elif kind == "close" and opened:
            ends[opened.pop()] = position
    return ends


def _addresses(mailbox: _Mailbox) -> list[Address]:
    name = _readable("".join(mailbox.words))
    if mailbox.angle is not None:
        address = _clean(mailbox.angle)
        if "@" not in address and "@" in name:
            return _bare(mailbox) or [Address(address, name)]
        return [Address(address, name or _comment(mailbox))]
    return _bare(mailbox)


def _bare(mailbox: _Mailbox) -> list[Address]:
    """Mailboxes without angle brackets: whatever has an @ is an address, the rest is a name."""
    text = _SPACES.sub(" ", "".join(mailbox.words).strip())
    text = text.replace(" @", "@").replace("@ ", "@")
    if "@" not in text:
        single = not _SPACES.search(text) and not text.startswith(('"', "=?"))
        name = _comment(mailbox) if single else _readable(text)
        return [Address(_clean(text) if single else "", name)]
    pieces = text.split()
    spoken = [piece for piece in pieces if "@" in piece]
    name = _readable(" ".join(piece for piece in pieces if "@" not in piece))
    if '"' in text and len(spoken) == 1 and not _clean(spoken[0]).startswith("@"):
        spoken, name = _with_quoted_local_part(text, spoken, name)
    return [Address(_clean(piece), name or _comment(mailbox)) for piece in spoken]


def _with_quoted_local_part(text: str, spoken: list[str], name: str) -> tuple[list[str], str]:
    """`"ana garcia"@example.org`: the quoted words belong to the address."""
    match = re.fullmatch(r'"[^"]*"@\S+', text)
    return ([text], "") if match else (spoken, name)


def _comment(mailbox: _Mailbox) -> str:
    return _readable(mailbox.comments[0]) if mailbox.comments else ""


def _readable(text: str) -> str:
    """A display name: quotes and escapes off, encoded-words decoded."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"' and '"' not in text[1:-1].replace('\\"', ""):
        text = text[1:-1]
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    if '"' in text:
        text = text.replace('"', "")
    if "=?" in text:
        text = decode_words(text.encode("utf-8", "replace"))
    return _SPACES.sub(" ", text).strip()


def _clean(address: str) -> str:
    """The address alone, in lower case: without a route, `mailto:`, blanks and quotes around it."""
    if "=?" in address:
        address = decode_words(address.encode("utf-8", "replace"))
    address = address.strip().removeprefix("mailto:").strip("<>,; \t'")
    if address.startswith("@") and ":" in address:
        address = address.rpartition(":")[2]
    local, at, domain = address.rpartition("@")
    if not local.startswith('"'):
        local, domain = _SPACES.sub("", local), _SPACES.sub("", domain)
    elif re.fullmatch(r'"[\w.+-]+"', local):
        local = local[1:-1]
    return (local + at + domain.rstrip(".")).lower()
