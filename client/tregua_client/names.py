"""Identifiers as they are matched (tregua-1), their keyed hashes, and the digest of a list."""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable

import idna


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


def keyed(value: str, key: bytes) -> str:
    """HMAC-SHA-256 with the token's key, in hexadecimal digits."""
    return hmac.digest(key, value.encode(), "sha256").hex()


def digest(values: Iterable[str]) -> str:
    """SHA-256 of the normalised identifiers, sorted, each once, each with a line feed."""
    made = hashlib.sha256()
    for value in sorted(set(values)):
        made.update(value.encode() + b"\n")
    return f"sha-256:{made.hexdigest()}"
