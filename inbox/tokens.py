"""API tokens: scopes, hashes, limits, last use. The secret is shown once and never stored."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_network
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases import clock
from cases.db import Base
from cases.signing import fingerprint
from inbox.peers import address_of

OVERLAP = timedelta(days=7)
"""After a rotation the secret of before still works that long."""
QUOTA = 1000
"""Addresses a day that a token may ask about which brings no lists to gates."""


class Scope(StrEnum):
    """What a token may do."""

    FEED_READ = "feed:read"
    FEED_GROUPS = "feed:groups"
    FEED_REASONS = "feed:reasons"
    FEED_RAW = "feed:raw"
    CHECK = "check"
    GATE = "gate"
    TOUCHES_WRITE = "touches:write"
    SUPPRESSIONS_WRITE = "suppressions:write"
    WEBHOOKS = "webhooks"
    LOAD_READ = "load:read"
    RECEIPTS_READ = "receipts:read"
    BOT_READ = "bot:read"
    BOT_PROPOSE = "bot:propose"
    BOT_NOTE = "bot:note"
    CONTACTS_WRITE = "contacts:write"
    ORDERS_WRITE = "orders:write"
    METRICS_READ = "metrics:read"


class Token(Base):
    """A key of a program. `prefix` finds the row, `secret_hash` is SHA-256 of the secret."""

    __tablename__ = "token"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    secret_hash: Mapped[str]
    old_secret_hash: Mapped[str] = mapped_column(default="")
    old_until: Mapped[datetime | None]
    hash_key: Mapped[str]
    """Keys the HMAC of addresses for this consumer alone, so that two cannot join their files."""
    scopes: Mapped[list[str]]
    classes: Mapped[list[str]] = mapped_column(default=list)
    """Campaign classes it may ask about; empty means all."""
    networks: Mapped[list[str]] = mapped_column(default=list)
    """Where it may be used from, as CIDR; empty means anywhere."""
    mailboxes: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    """The mailboxes of the brand it sends for: trouble with others does not hold it back."""
    quota: Mapped[int | None]
    """Addresses a day it may ask about; None means as many as its audiences are long."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    pulled_at: Mapped[datetime | None]
    """When it last took the feed or its changes, to the minute."""
    revoked_at: Mapped[datetime | None]
    alarmed_at: Mapped[datetime | None]
    """When it last asked for more than its quota: somebody may be trying addresses."""

    def may(self, scope: Scope) -> bool:
        return scope.value in self.scopes

    def may_come_from(self, address: str) -> bool:
        """Whether it may be used from that network address."""
        if not self.networks:
            return True
        here = address_of(address)
        networks = (ip_network(one, strict=False) for one in self.networks)
        return here is not None and any(here in one for one in networks)

    def opens_with(self, secret: str, now: datetime) -> bool:
        """Whether that is its secret, or the one of before a rotation."""
        said = fingerprint(secret)
        # Both are compared, so that the time says nothing about which one fits.
        fits = hmac.compare_digest(self.secret_hash, said)
        before = hmac.compare_digest(self.old_secret_hash, said)
        return fits or (before and self.old_until is not None and now < self.old_until)

    @classmethod
    def living(cls, now: datetime) -> ColumnElement[bool]:
        """The tokens that are neither expired nor revoked."""
        return cls.revoked_at.is_(None) & (cls.expires_at.is_(None) | (cls.expires_at > now))

    def lives(self, now: datetime) -> bool:
        """Whether it is one of them."""
        expired = self.expires_at is not None and self.expires_at <= now
        return not expired and self.revoked_at is None


@dataclass(frozen=True, slots=True)
class Limits:
    """What narrows a token beyond its scopes."""

    classes: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    expires_at: datetime | None = None
    quota: int | None = None
    mailboxes: tuple[int, ...] = ()


def issue(
    session: Session, name: str, scopes: frozenset[Scope], limits: Limits | None = None
) -> str:
    """A new token; this is the only time that its text exists."""
    narrowed = limits or Limits()
    quota = narrowed.quota or (None if Scope.GATE in scopes else QUOTA)
    prefix, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    session.add(
        Token(
            name=name,
            prefix=prefix,
            secret_hash=fingerprint(secret),
            hash_key=secrets.token_hex(32),
            scopes=sorted(scope.value for scope in scopes),
            classes=list(narrowed.classes),
            networks=list(narrowed.networks),
            mailboxes=list(narrowed.mailboxes),
            quota=quota,
            expires_at=narrowed.expires_at,
            created_at=clock.now(),
        )
    )
    return f"trg_{prefix}_{secret}"


def rotate(token: Token) -> str:
    """A new secret for the token; the one of before works for some days more."""
    secret = secrets.token_urlsafe(32)
    token.old_secret_hash, token.old_until = token.secret_hash, clock.now() + OVERLAP
    token.secret_hash = fingerprint(secret)
    return f"trg_{token.prefix}_{secret}"


def recognise(session: Session, text: str) -> Token | None:
    """The living token of that text, or None."""
    _, _, rest = text.partition("trg_")
    prefix, _, secret = rest.partition("_")
    token = session.scalars(select(Token).where(Token.prefix == prefix)).one_or_none()
    now = clock.now()
    if token is None or not token.opens_with(secret, now) or not token.lives(now):
        return None
    return token
