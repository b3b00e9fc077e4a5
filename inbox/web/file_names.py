"""A file's name as it may be shown and saved: no tricks with direction, paths or hidden letters."""

import re
import unicodedata
from urllib.parse import quote

LONGEST = 150
_RESERVED = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.I)
_FORBIDDEN = re.compile(r'[\\/:*?"<>|]+')


def shown(name: str) -> str:
    """The name with its real ending, and nothing that makes it look like another."""
    text = unicodedata.normalize("NFC", name)
    text = "".join(letter for letter in text if unicodedata.category(letter)[0] != "C")
    text = " ".join(_FORBIDDEN.sub("_", text).split()).strip(". ")
    stem, dot, ending = text.rpartition(".")
    if dot and len(text) > LONGEST:
        text = f"{stem[: LONGEST - len(ending[:20]) - 1]}.{ending[:20]}"
    if _RESERVED.match(text):
        text = f"_{text}"
    return text[:LONGEST] or "file"


def disposition(name: str) -> str:
    """The header that has a browser save the file under that name, and never show it."""
    safe = shown(name)
    plain = safe.encode("ascii", "ignore").decode().replace("%", "_").strip() or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"


def size(number: int) -> str:
    """Bytes in the unit people think in."""
    for unit, step in (("MB", 1_000_000), ("kB", 1_000)):
        if number >= step:
            return (
                f"{number / step:.1f} {unit}" if number < 10 * step else f"{number // step} {unit}"
            )
    return f"{number} B"
