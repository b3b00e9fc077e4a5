"""Identifiers as they are matched (tregua-1), their keyed hashes, and the digest of a list."""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable

import idna

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")


def normalised(address: str) -> str:
    """NFC, trimmed, lower-cased, the domain as IDNA A-label (UTS 46). No dots or tags removed."""
    text = unicodedata.normalize("NFC", address).strip().lower()
    local, at, domain = text.rpartition("@")
    if not at or domain.isascii():
        return text
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return text


def looks_right(value: str) -> bool:
    """Whether a normalised text can be an address at all."""
    local, at, domain = value.rpartition("@")
    whole = bool(local and at and domain) and len(value) <= 320
    return whole and value.isprintable() and " " not in value


def named(texts: Iterable[str]) -> list[str]:
    """Those of them that can be addresses, normalised, sorted, each once."""
    return sorted({value for one in texts if looks_right(value := normalised(one))})


def campaign_id(name: str) -> str:
    """What stands in URLs for a campaign of that name; the same name gives the same id."""
    if ID.fullmatch(name):
        return name
    ascii_ = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", ascii_))[:80].strip("-")
    # Two names may have the same words.
    return f"{words or 'campaign'}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def keyed(value: str, key: bytes) -> str:
    """HMAC-SHA-256 with the token's key, in hexadecimal digits."""
    return hmac.digest(key, value.encode(), "sha256").hex()


def digest(values: Iterable[str]) -> str:
    """SHA-256 of the normalised identifiers, sorted, each once, each with a line feed."""
    made = hashlib.sha256()
    for value in sorted(set(values)):
        made.update(value.encode() + b"\n")
    return f"sha-256:{made.hexdigest()}"
