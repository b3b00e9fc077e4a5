"""Receipts: signed proof that somebody asked, and what they were told (RFC 7515, RFC 8037)."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey
from joserfc.jws import JWSRegistry
from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases import signing
from cases.db import Base
from cases.exclusions.settings import settings

ALG, TYPE = "EdDSA", "tregua-receipt+jwt"
AT_ONCE = 10_000
ROTATED_AFTER = timedelta(days=90)


class Forged(Exception):
    """The receipt was not signed by us, or was changed since."""


class SigningKey(Base):
    """A key that signs receipts. The private part is sealed; old ones still verify."""

    __tablename__ = "signing_key"

    kid: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[str]
    public: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    """Set where the key may have leaked: what it signed is believed no longer."""


class Receipt(Base):
    """A receipt that was given out."""

    __tablename__ = "receipt"

    jti: Mapped[str] = mapped_column(primary_key=True)
    gate_id: Mapped[str] = mapped_column(index=True)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    text: Mapped[str]


@dataclass(frozen=True, slots=True)
class Checked:
    """A receipt whose signature is right."""

    claims: dict[str, Any]
    expired: bool


class _OneAlgorithm(JWSRegistry):
    """Ed25519 and nothing else, under the name that all readers of tokens know."""

    def get_alg(self, name: str) -> Any:
        if name != ALG:
            raise Forged(f"a receipt is not signed by {name}")
        return self.algorithms[name]


_registry = _OneAlgorithm(algorithms=[ALG])


def digest(values: Iterable[str]) -> str:
    """SHA-256 of the normalised identifiers, sorted, each once, each with a line feed."""
    return digest_of_sorted(sorted(set(values)))


def digest_of_sorted(values: Iterable[str]) -> str:
    """The same for those who have sorted them already."""
    made = hashlib.sha256()
    rest = iter(values)
    while lines := "\n".join(islice(rest, AT_ONCE)):
        made.update(lines.encode() + b"\n")
    return f"sha-256:{made.hexdigest()}"


def sign(session: Session, claims: dict[str, Any], *, gate_id: str, now: datetime) -> str:
    """Sign a receipt with the key of today, and keep it."""
    key = _key(session, now)
    protected = {"alg": ALG, "kid": key.kid, "typ": TYPE}
    private = OKPKey.import_key(json.loads(signing.unseal(key.sealed, row=_row(key.kid))))
    payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":"))
    text = jws.serialize_compact(protected, payload, private, registry=_registry)
    session.add(
        Receipt(
            jti=claims["jti"],
            gate_id=gate_id,
            issued_at=now,
            expires_at=datetime.fromtimestamp(claims["exp"], tz=now.tzinfo),
            text=text,
        )
    )
    return text


def _row(kid: str) -> str:
    return f"receipt-key:{kid}"


def _key(session: Session, now: datetime) -> SigningKey:
    newest = session.scalars(
        select(SigningKey)
        .where(SigningKey.retired_at.is_(None))
        .order_by(SigningKey.created_at.desc())
        .limit(1)
    ).first()
    if newest is not None and now - newest.created_at < ROTATED_AFTER:
        return newest
    return rotate(session, now)


def rotate(session: Session, now: datetime) -> SigningKey:
    """A new key to sign with; what older ones signed stays valid."""
    made = OKPKey.generate_key("Ed25519")
    public = made.as_dict(private=False)
    kid = f"{now:%Y-%m}-{hashlib.sha256(str(public['x']).encode()).hexdigest()[:8]}"
    key = SigningKey(
        kid=kid,
        sealed=signing.seal(json.dumps(made.as_dict(private=True)), row=_row(kid)),
        public={**public, "kid": kid, "alg": ALG, "use": "sig"},
        created_at=now,
    )
    session.add(key)
    session.flush()
    return key


def public_keys(session: Session) -> dict[str, Any]:
    """The keys that receipts are verified with, as a JSON Web Key Set."""
    keys = session.scalars(
        select(SigningKey).where(SigningKey.retired_at.is_(None)).order_by(SigningKey.created_at)
    )
    return {"keys": [dict(key.public) for key in keys]}


def _key_set(keys: dict[str, Any]) -> KeySet:
    return KeySet([OKPKey.import_key(one) for one in keys["keys"]])


def verify(session: Session, text: str, now: datetime) -> Checked:
    """What a receipt says, if we said it; raises Forged."""
    keys = public_keys(session)
    if not keys["keys"]:
        raise Forged("no receipt was ever signed here")
    try:
        read = jws.deserialize_compact(text, _key_set(keys), registry=_registry)
        claims = json.loads(read.payload)
    except (JoseError, ValueError, TypeError, KeyError) as wrong:
        raise Forged("the receipt is not signed by a key of ours") from wrong
    if read.headers().get("typ") != TYPE or not isinstance(claims, dict):
        raise Forged("this is no receipt")
    if claims.get("test") and not settings().sandbox:
        raise Forged("the receipt is of a sandbox")
    return Checked(claims, now.timestamp() >= claims["exp"])
