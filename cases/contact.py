"""A person, whatever addresses, phones and customer numbers they use."""

import unicodedata
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

import idna
from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from cases.db import Base


class Kind(StrEnum):
    """What an identifier is."""

    ADDRESS = "address"
    PHONE = "phone"
    CUSTOMER_ID = "customer_id"


class Contact(Base):
    """A person we talk with."""

    __tablename__ = "contact"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    zone: Mapped[str] = mapped_column(default="")
    country: Mapped[str] = mapped_column(default="")
    """Two letters (ISO 3166-1), where we know it."""
    quiet_hours: Mapped[str] = mapped_column(default="")
    """When they do not want to be disturbed, as 22:00-08:00; empty for what the shop does."""
    tier: Mapped[str] = mapped_column(default="")
    lifetime_value: Mapped[float] = mapped_column(default=0.0)
    """What they have bought so far, in the currency of the shop."""
    nps: Mapped[int | None]
    """How likely they would recommend us, from 0 to 10."""
    vip: Mapped[bool] = mapped_column(default=False)
    """Worth much to the shop."""
    influencer: Mapped[bool] = mapped_column(default=False)
    """Many listen to them, so bad news spread: a risk, whatever they buy."""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"), index=True)
    """The same person, who is known by that row now."""
    created_at: Mapped[datetime]
    identifiers: Mapped[list["Identifier"]] = relationship(
        back_populates="contact", order_by="Identifier.id"
    )

    @property
    def address(self) -> str:
        """The address that comes first, or they wrote from first, as they spell it; or ""."""
        found = [one for one in self.identifiers if one.kind is Kind.ADDRESS]
        first = [one for one in found if one.preferred] or found
        return first[0].original if first else ""


class Identifier(Base):
    """One address, phone or customer number of a contact; `value` is normalised for matching."""

    __tablename__ = "identifier"
    __table_args__ = (UniqueConstraint("kind", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"), index=True)
    kind: Mapped[Kind]
    value: Mapped[str]
    original: Mapped[str]
    bounced_at: Mapped[datetime | None]
    drip_answered_at: Mapped[datetime | None]
    """When they last answered a mail of a series, which stops it."""
    preferred: Mapped[bool] = mapped_column(default=False, server_default="0")
    """The address that comes first, where somebody said so."""
    contact: Mapped[Contact] = relationship(back_populates="identifiers")


@lru_cache(maxsize=65536)
def normalised(address: str) -> str:
    """The address as it is matched: NFC, trimmed, lower-case, domain as IDNA A-label (UTS 46).

    No dot or plus stripping: two spellings that a provider may tell apart stay apart.
    """
    text = unicodedata.normalize("NFC", address).strip().lower()
    local, at, domain = text.rpartition("@")
    if not at or domain.isascii():
        return text
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return text


def find(session: Session, address: str) -> Contact | None:
    """The contact with that e-mail address."""
    return session.scalars(
        select(Contact)
        .join(Identifier)
        .where(Identifier.kind == Kind.ADDRESS, Identifier.value == normalised(address))
    ).one_or_none()


def meet(session: Session, address: str, *, name: str, at: datetime) -> Contact:
    """The contact with that address, made now if we never met.

    Wants the lock of the filing where somebody may write to us at this moment.
    """
    contact = find(session, address)
    return contact if contact is not None else introduce(session, address, name=name, at=at)


def introduce(session: Session, address: str, *, name: str, at: datetime) -> Contact:
    """A new contact, known by that address; by none where a mail named no sender."""
    contact = Contact(name=name, created_at=at)
    if address:
        contact.identifiers.append(
            Identifier(kind=Kind.ADDRESS, value=normalised(address), original=address)
        )
    session.add(contact)
    return contact
