"""Bytes to text in whatever charset they were said to be in, or really are in."""

import codecs
import re
from functools import lru_cache

from inbox.mime.guessing import contradicts, guess
from inbox.mime.japanese import decode_iso_2022_jp

# What a label means on the web and in mail (the WHATWG encoding standard), where Python differs.
_MEANT = {
    **dict.fromkeys(
        (
            "iso-8859-1",
            "iso8859-1",
            "iso_8859-1",
            "latin1",
            "latin-1",
            "l1",
            "iso-8859-1-windows",
            "us-ascii",
            "ascii",
            "ansi_x3.4-1968",
            "iso646-us",
            "x-ansi",
            "ansi",
            "windows-1252",
            "cp-1252",
            "x-cp1252",
            "win-1252",
            "8859-1",
        ),
        "cp1252",
    ),
    **dict.fromkeys(("iso-8859-9", "latin5", "windows-1254", "x-cp1254"), "cp1254"),
    **dict.fromkeys(
        ("iso-8859-11", "tis-620", "tis620", "windows-874", "dos-874", "x-windows-874"), "cp874"
    ),
    **dict.fromkeys(
        (
            "gb2312",
            "gb_2312-80",
            "gbk",
            "x-gbk",
            "cp936",
            "chinese",
            "gb18030",
            "euc-cn",
            "x-euc-cn",
            "gb2312-80",
            "csgb2312",
            "iso-ir-58",
        ),
        "gb18030",
    ),
    **dict.fromkeys(
        (
            "euc-kr",
            "ks_c_5601-1987",
            "ks_c_5601-1989",
            "ksc5601",
            "ks_c_5601",
            "windows-949",
            "korean",
            "cseuckr",
            "x-windows-949",
            "uhc",
        ),
        "cp949",
    ),
    **dict.fromkeys(
        ("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j", "csshiftjis"),
        "cp932",
    ),
    **dict.fromkeys(("big5", "big-5", "x-x-big5", "csbig5", "big5-eten", "cn-big5"), "cp950"),
    **dict.fromkeys(("utf-8", "utf8", "utf-8mb4", "x-utf-8", "unicode-1-1-utf-8"), "utf-8"),
    **dict.fromkeys(("utf-7", "unicode-1-1-utf-7", "x-unicode-1-1-utf-7"), "utf-7"),
    **dict.fromkeys(("utf-16", "unicode", "ucs-2", "iso-10646-ucs-2"), "utf-16"),
    **dict.fromkeys(("macintosh", "x-mac-roman", "mac", "x-macroman"), "mac-roman"),
    **dict.fromkeys(("x-mac-cyrillic",), "mac-cyrillic"),
    **dict.fromkeys(("iso-8859-8-i", "iso-8859-8-e", "logical"), "iso-8859-8"),
    **dict.fromkeys(("x-euc-jp", "x-euc", "x-eucjp", "euc-jp"), "euc_jp"),
    **dict.fromkeys(("koi8", "koi", "koi8_r", "x-koi8-r", "koi8-r"), "koi8-u"),
    **dict.fromkeys(("iso-2022-jp", "iso-2022-jp-1", "csiso2022jp", "x-iso-2022-jp"), "iso2022_jp"),
}
# Codecs that are no charsets; some of them are slow, and all are at the sender's choice.
_NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs"}
_DOUBLE_BYTE = {"gb18030", "cp949", "cp932", "cp950", "euc_jp", "johab", "big5hkscs"}
_STATEFUL = {"utf-7", "hz", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "iso2022_kr"}
_JAPANESE_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\([JI])")
_DOUBLED = re.compile("[ÂÃ](?:[^ -ÿ]|[\x80-\xbf])|â[€‚]")
_C1 = re.compile("[\x80-\x9f]")
_C1_MEANT = {
    code: bytes([code]).decode("cp1252", "ignore") or "\ufffd" for code in range(0x80, 0xA0)
}
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(content: bytes, declared: str | None) -> tuple[str, str]:
    """The text, and what was odd about it ("" if nothing)."""
    for bom, codec in _BOMS:
        if content.startswith(bom):
            return content[len(bom) :].decode(codec, "replace"), ""
    if content.isascii() and b"\x1b" not in content and b"\x00" not in content:
        return _plain(content, _codec(declared) if declared else None)
    codec_name = _codec(declared) if declared else None
    text, codec = _best(content, codec_name)
    if _C1.search(text):
        text = text.translate(_C1_MEANT)
    odd = _oddity(declared, codec_name, codec)
    return (text, odd or ("bytes that no charset explains" if "\ufffd" in text else ""))


def _plain(content: bytes, codec: str | None) -> tuple[str, str]:
    """ASCII is itself in every charset, but for the few that hide letters in it."""
    if codec == "utf-7" or codec == "hz":
        return _leniently(content, codec), ""
    return content.decode("ascii"), ""


def _oddity(declared: str | None, meant: str | None, found: str) -> str:
    if not declared:
        return f"charset not declared, read as {found}"
    if meant is None:
        return f"unknown charset {declared[:40]!r}, read as {found}"
    return "" if meant == found else f"declared as {declared[:40]}, read as {found}"


@lru_cache(maxsize=512)
def _codec(declared: str) -> str | None:
    """Python's name for a label, or None where the label says nothing."""
    label = declared.strip(" \t\"'<>;,").lower().partition(" ")[0].partition("(")[0]
    if label in _MEANT:
        return _MEANT[label]
    try:
        name = codecs.lookup(label).name
        "".encode(label)
    except (LookupError, ValueError, UnicodeError):
        return None
    return None if name in _NO_CHARSETS else _MEANT.get(name.replace("_", "-"), name)


def _best(content: bytes, codec: str | None) -> tuple[str, str]:
    """The first reading that explains all bytes; order is meaning."""
    if _JAPANESE_ESCAPE.search(content) and (content.isascii() or codec == "iso2022_jp"):
        return decode_iso_2022_jp(content), "iso2022_jp"
    if codec in _STATEFUL and (text := _stateful(content, codec)) is not None:
        return text, codec
    if (text := _zero_bytes(content)) is not None:
        return text, "utf-16"
    return _eight_bit(content, codec)


def _eight_bit(content: bytes, codec: str | None) -> tuple[str, str]:
    as_utf8 = _strictly(content, "utf-8")
    if as_utf8 is not None and not (codec in _DOUBLE_BYTE and _could_be_double(as_utf8)):
        return _undoubled(as_utf8), "utf-8"
    if codec == "utf-8" and (text := _damaged_utf8(content)) is not None:
        return text, "utf-8"
    if codec is None or codec in {"cp1252", "utf-8"}:
        found = guess(content) or "cp1252"
        return _leniently(content, found), found
    other = contradicts(content, codec)
    text = _strictly(content, codec)
    if text is not None and other is None:
        return text, codec
    found = other or guess(content) or codec
    return _leniently(content, found), found


def _undoubled(text: str) -> str:
    """Forms and old databases write UTF-8 once more as UTF-8: "seÃ±al" is "señal"."""
    if not _DOUBLED.search(text):
        return text
    for codec in ("cp1252", "latin-1"):
        try:
            return text.encode(codec).decode("utf-8")
        except UnicodeError:
            continue
    return text


def _could_be_double(as_utf8: str) -> bool:
    """One character of GBK may look like UTF-8 by chance; words hardly ever do."""
    return sum(not letter.isascii() for letter in as_utf8) < 2


def _damaged_utf8(content: bytes) -> str | None:
    """UTF-8 in which a few bytes were lost is still UTF-8."""
    text = content.decode("utf-8", "replace")
    damage = text.count("\ufffd")
    whole = sum(not letter.isascii() for letter in text) - damage
    return text if whole >= 3 * damage else None


def _stateful(content: bytes, codec: str) -> str | None:
    if codec.startswith("utf-16") and b"\x00" not in content and _strictly(content, "utf-8"):
        return None
    return _strictly(content, "utf-16-le" if codec == "utf-16" else codec)


def _zero_bytes(content: bytes) -> str | None:
    """UTF-16 that nobody declared: every other byte of Latin text is zero."""
    zeros = content[:4096].count(0)
    if zeros * 4 < len(content[:4096]) or len(content) < 4:
        return None
    even = content[:4096:2].count(0)
    return content.decode("utf-16-be" if even * 2 > zeros else "utf-16-le", "replace")


def _strictly(content: bytes, codec: str) -> str | None:
    try:
        text = content.decode(codec)
    except (UnicodeError, LookupError):
        # Taiwan's newer letters are missing in Microsoft's table.
        return _strictly(content, "big5hkscs") if codec == "cp950" else None
    return text if _speakable(text) else None


def _speakable(text: str) -> bool:
    """Some codecs let half a surrogate pair through, which nothing else can store."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _leniently(content: bytes, codec: str) -> str:
    text = content.decode(codec, "replace")
    return text if _speakable(text) else text.encode("utf-8", "replace").decode("utf-8")
