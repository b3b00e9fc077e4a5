"""What a part holds once its encoding is undone: its bytes, files inside it, and its charset."""

import re

from inbox.mime.parts import Part, leaves, split
from inbox.mime.tnef import is_winmail, open_winmail
from inbox.mime.transfer import Enclosed, enclosed_files, is_base64, undo

# Files inside a part are numbered behind it: the second one in part 3 is 40_001.
ENCLOSED = 10_000
_META_CHARSET = re.compile(
    rb"<(?:meta|\?xml)\b[^<>]{0,200}?(?:charset|encoding)\s{0,9}=\s{0,9}[\"']?([\w.:-]{2,40})", re.I
)


def attachment_content(content: bytes, number: int) -> bytes | None:
    """The decoded bytes of the attachment with that number, or None if there is none."""
    root, _ = split(content)
    for part in leaves(root):
        if part.position == number:
            return decoded(part)
        if part.position == number // ENCLOSED - 1:
            files = _enclosed(part)
            return files[number % ENCLOSED][1] if number % ENCLOSED < len(files) else None
    return None


def decoded(part: Part) -> bytes:
    """The part's own bytes."""
    return undo(part.body, part.header("content-transfer-encoding"))


def is_undone(part: Part) -> bool:
    """Whether the encoding that the part claims could be undone; its text may be unreadable."""
    claimed = part.header("content-transfer-encoding").strip().lower().startswith(b"base")
    return not claimed or is_base64(part.body)


def _enclosed(part: Part) -> list[Enclosed]:
    content = decoded(part)
    if is_winmail(part.type, part.filename) and (winmail := open_winmail(content)):
        return list(winmail.files)
    return enclosed_files(content)[1]


def charset_of(part: Part, content: bytes) -> str | None:
    """What the part says of its charset; a page may say it inside."""
    declared = part.parameters.get("charset")
    if not declared and part.type == "text/html":
        meta = _META_CHARSET.search(content, 0, 4_096)
        return meta[1].decode("ascii", "replace") if meta else None
    return declared
