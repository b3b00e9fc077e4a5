"""A mailbox of ours: its address, language and servers, and how it is treated."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases import signing
from cases.db import Base


class Mode(StrEnum):
    """What the program may do by itself in a mailbox."""

    SHADOW = "shadow"
    SEND = "send"


class Mailbox(Base):
    """One account and folder we read, and the address we answer from."""

    __tablename__ = "mailbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="es")
    team: Mapped[str] = mapped_column(default="")
    imap_host: Mapped[str]
    imap_port: Mapped[int] = mapped_column(default=993)
    imap_security: Mapped[str] = mapped_column(default="tls")
    """"tls", "starttls" or "none" (loopback alone)."""
    imap_user: Mapped[str]
    sealed_password: Mapped[str] = mapped_column(default="")
    folder: Mapped[str] = mapped_column(default="INBOX")
    read_only: Mapped[bool] = mapped_column(default=False)
    mode: Mapped[Mode] = mapped_column(default=Mode.SHADOW)
    import_from: Mapped[datetime | None]
    """Older mail is left where it is; None imports everything."""
    paused: Mapped[bool] = mapped_column(default=False)
    reopen_days: Mapped[int] = mapped_column(default=14)
    last_ok_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
    failing_since: Mapped[datetime | None]
    created_at: Mapped[datetime]

    @property
    def domain(self) -> str:
        """The part after the @."""
        return self.address.rpartition("@")[2]

    def keep_password(self, password: str) -> None:
        """Remember the password, encrypted for this mailbox alone."""
        self.sealed_password = signing.seal(password, row=f"mailbox:{self.address}")

    def password(self) -> str:
        """The password in clear; raises signing.Tampered."""
        return signing.unseal(self.sealed_password, row=f"mailbox:{self.address}")


def ours(session: Session) -> frozenset[str]:
    """The addresses of all our mailboxes."""
    return frozenset(session.scalars(select(Mailbox.address)))
