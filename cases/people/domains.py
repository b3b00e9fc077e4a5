"""Domains of addresses: whether mail can go there at all, and which one a slip meant. Pure."""

import re
from functools import cache, lru_cache

from publicsuffixlist import PublicSuffixList

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
# RFC 2606 and RFC 6761: nobody can ever have an address there.
_NOBODYS = frozenset({"test", "example", "invalid", "localhost", "local", "example.com"})
PROVIDERS = (
    *("gmail.com", "hotmail.com", "hotmail.es", "outlook.com", "outlook.es", "yahoo.com"),
    *("yahoo.es", "icloud.com", "live.com", "telefonica.net", "movistar.es", "protonmail.com"),
)
# They look like a slip, and people have their mail there.
_REAL = frozenset({"mail.com", "email.com", "gmx.com", "ymail.com", "fmail.com", "live.co"})


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)


@lru_cache(maxsize=65536)
def can_exist(domain: str) -> bool:
    """Whether a domain is written as one and lies below a registry that exists."""
    labels = domain.split(".")
    if len(domain) > 253 or not all(map(_LABEL.fullmatch, labels)):
        return False
    if labels[-1] in _NOBODYS or domain in _NOBODYS:
        return False
    return _suffixes().privatesuffix(domain) is not None


@lru_cache(maxsize=65536)
def likely_meant(domain: str) -> str:
    """The well-known provider one slip away, or the domain as it is."""
    if domain in PROVIDERS or domain in _REAL:
        return domain
    return next((known for known in PROVIDERS if _one_slip(domain, known)), domain)


def _one_slip(said: str, meant: str) -> bool:
    """One letter too many, too few, another, or two that changed places."""
    if abs(len(said) - len(meant)) > 1 or len(said) < 6:
        return False
    start = _common(said, meant)
    end = _common(said[start:][::-1], meant[start:][::-1])
    left, right = said[start : len(said) - end], meant[start : len(meant) - end]
    if max(len(left), len(right)) <= 1:
        # Providers that differ in a letter of their country are others, and no slip.
        return "." not in left + right and start <= meant.index(".")
    return len(left) == len(right) == 2 and left == right[::-1]


def _common(one: str, other: str) -> int:
    """How many signs both begin with."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
