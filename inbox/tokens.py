"""API tokens: scopes, hashes, last use. The secret is shown once and never stored."""

import hmac
import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases import clock
from cases.db import Base
from cases.signing import fingerprint


class Scope(StrEnum):
    """What a token may do."""

    FEED_READ = "feed:read"
    FEED_GROUPS = "feed:groups"
    FEED_REASONS = "feed:reasons"
    FEED_RAW = "feed:raw"
    CHECK = "check"


class Token(Base):
    """A key of a program. `prefix` finds the row, `secret_hash` is SHA-256 of the secret."""

    __tablename__ = "token"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[str]
    hash_key: Mapped[str]
    """Keys the HMAC of addresses for this consumer alone, so that two cannot join their files."""
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    def may(self, scope: Scope) -> bool:
        return scope.value in self.scopes


def issue(session: Session, name: str, scopes: frozenset[Scope]) -> str:
    """A new token; this is the only time that its text exists."""
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    session.add(
        Token(
            name=name,
            prefix=prefix,
            secret_hash=fingerprint(secret),
            hash_key=secrets.token_hex(32),
            scopes=sorted(scope.value for scope in scopes),
            created_at=clock.now(),
        )
    )
    return f"trg_{prefix}_{secret}"


def recognise(session: Session, text: str) -> Token | None:
    """The living token of that text, or None."""
    _, _, rest = text.partition("trg_")
    prefix, _, secret = rest.partition("_")
    token = session.scalars(select(Token).where(Token.prefix == prefix)).one_or_none()
    if token is None or not hmac.compare_digest(token.secret_hash, fingerprint(secret)):
        return None
    expired = token.expires_at is not None and token.expires_at <= clock.now()
    return None if expired or token.revoked_at is not None else token
