"""Receipts: read and verified without asking anybody (RFC 7515, RFC 8037)."""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tregua_client.ed25519 import verifies
from tregua_client.names import digest, named
from tregua_client.refusals import Forged, LeaseExpired

ALG, TYPE = "EdDSA", "tregua-receipt+jwt"
MATCHINGS = ("exact", "loose")


@dataclass(frozen=True)
class Receipt:
    """A receipt whose signature is right."""

    claims: dict[str, Any]

    @property
    def decision(self) -> str:
        return str(self.claims.get("decision"))

    @property
    def matching(self) -> str:
        """Whether other spellings of an address were the same person: loose, or exact."""
        return matching_of(self.claims)


def verify(
    text: str,
    keys: Mapping[str, Any],
    *,
    now: float,
    audience: Iterable[str] | None = None,
    test: bool = False,
) -> Receipt:
    """Raise Forged unless one of the keys signed it and it is about that audience.

    One of a sandbox proves nothing, so it is refused unless this is a `test`.

    What cannot be an address never went to a gate, so it is no part of an audience.
    """
    header, claims, signed, signature = _parts(text)
    if header.get("alg") != ALG or header.get("typ") != TYPE:
        raise Forged("this is no receipt")
    if not verifies(_public(keys, header.get("kid")), signed, signature):
        raise Forged("the signature is not of that installation")
    if audience is not None:
        found = digest(named(audience))
        if claims.get("audience", {}).get("digest") != found:
            raise Forged("the receipt is about another audience")
    matching_of(claims)
    if claims.get("test") and not test:
        raise Forged("the receipt is of a sandbox: nobody real was asked about")
    if now >= float(claims.get("exp", 0)):
        raise LeaseExpired("the lease of this receipt is over")
    return Receipt(claims)


def matching_of(claims: Mapping[str, Any]) -> str:
    """How addresses were matched; raises Forged. Receipts that do not say it matched exactly."""
    said = claims.get("matching", MATCHINGS[0])
    if said not in MATCHINGS:
        raise Forged("the receipt was matched in a way that is not known here")
    return str(said)


def claims_of(text: str) -> dict[str, Any]:
    """What a receipt says, without asking whether it is true."""
    return _parts(text)[1]


def _parts(text: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    try:
        head, body, tail = text.strip().split(".")
        header, claims = json.loads(_decoded(head)), json.loads(_decoded(body))
        signature = _decoded(tail)
    except (ValueError, binascii.Error) as wrong:
        raise Forged("this cannot be read as a receipt") from wrong
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise Forged("this cannot be read as a receipt")
    return header, claims, f"{head}.{body}".encode(), signature


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _public(keys: Mapping[str, Any], kid: object) -> bytes:
    for key in keys.get("keys", ()):
        if key.get("kid") == kid and key.get("kty") == "OKP" and key.get("crv") == "Ed25519":
            return _decoded(str(key["x"]))
    raise Forged("the key of this receipt is unknown or retired")
