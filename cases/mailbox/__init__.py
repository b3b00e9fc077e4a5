"""A mailbox of ours: its address, language and servers, and how it is treated."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from cases import signing
from cases.db import Base


class Mode(StrEnum):
    """What the program may do by itself in a mailbox."""

    SHADOW = "shadow"
    SEND = "send"


class FolderRole(StrEnum):
    """What the mails of a folder are."""

    INBOX = "inbox"
    SENT = "sent"
    """Answers that people wrote in another mail program: they join their cases."""
    JUNK = "junk"
    """Spam, as the server or a person decided: kept, and it moves nothing."""


SILENCE = timedelta(minutes=3)
"""After so long without a word from its server a mailbox counts as dead."""


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
    sealed_grant: Mapped[str] = mapped_column(default="")
    """What an OAuth provider granted, instead of a password; "" where there is a password."""
    sealed_sign_in: Mapped[str] = mapped_column(default="", server_default="")
    """A sign-in at a provider that somebody began in a browser, for that browser alone."""
    folder: Mapped[str] = mapped_column(default="INBOX")
    read_only: Mapped[bool] = mapped_column(default=False)
    """Nothing is changed in the account, not even a keyword that only we see."""
    smtp_host: Mapped[str] = mapped_column(default="", server_default="")
    """A relay of its own for what is sent from here; "" for the one of the installation."""
    smtp_port: Mapped[int] = mapped_column(default=587, server_default="587")
    smtp_security: Mapped[str] = mapped_column(default="starttls", server_default="starttls")
    smtp_user: Mapped[str] = mapped_column(default="", server_default="")
    """"" for the name that signs in to read."""
    sealed_smtp_password: Mapped[str] = mapped_column(default="", server_default="")
    """"" where the password, or the grant, is the one for reading."""
    copy_sent: Mapped[bool] = mapped_column(default=False)
    """Whether what we send is laid into the account's Sent folder too."""
    sent_folder: Mapped[str] = mapped_column(default="")
    """Its name, where the server does not say which folder it is."""
    plus_works: Mapped[bool | None]
    """Whether mail to soporte+anything@… arrived here, when it was last tried."""
    plus_tried_at: Mapped[datetime | None]
    signature_es: Mapped[str] = mapped_column(default="", server_default="")
    """What stands below answers that people write from here, to those who are answered in it."""
    signature_en: Mapped[str] = mapped_column(default="", server_default="")
    mode: Mapped[Mode] = mapped_column(default=Mode.SHADOW)
    import_from: Mapped[datetime | None]
    """Older mail is left where it is; None imports everything."""
    paused: Mapped[bool] = mapped_column(default=False)
    reopen_days: Mapped[int] = mapped_column(default=14)
    last_ok_at: Mapped[datetime | None]
    """Everything that had come by then is in the spool."""
    heard_at: Mapped[datetime | None]
    """When the server last did something for us."""
    last_error: Mapped[str] = mapped_column(default="")
    failing_since: Mapped[datetime | None]
    words_days: Mapped[int | None]
    """So long after its end a case keeps its words and files; None for ever."""
    names_days: Mapped[int | None]
    """So long after its end a case keeps whose it was; None for ever."""
    created_at: Mapped[datetime]
    """Older mail, if it is imported, is history: no clocks, no replies, no exclusions."""

    more_folders: Mapped[list["WatchedFolder"]] = relationship(
        back_populates="mailbox", order_by="WatchedFolder.id", cascade="all, delete-orphan"
    )

    @property
    def domain(self) -> str:
        """The part after the @."""
        return self.address.rpartition("@")[2]

    def signature(self, language: str) -> str:
        """What stands below answers in that language, or in the other where it has none."""
        first, second = self.signature_es, self.signature_en
        if language == "en":
            first, second = second, first
        return first or second

    def keep_password(self, password: str) -> None:
        """Remember the password, encrypted for this mailbox alone."""
        self.sealed_password = signing.seal(password, row=f"mailbox:{self.address}")

    def password(self) -> str:
        """The password in clear; raises signing.Tampered."""
        sealed = self.sealed_password
        return signing.unseal(sealed, row=f"mailbox:{self.address}") if sealed else ""

    def keep_smtp_password(self, password: str) -> None:
        """Remember the relay's password, encrypted for this mailbox alone."""
        self.sealed_smtp_password = signing.seal(password, row=f"smtp:{self.address}")

    def smtp_password(self) -> str:
        """The relay's password in clear, or the one for reading; raises signing.Tampered."""
        sealed = self.sealed_smtp_password
        return signing.unseal(sealed, row=f"smtp:{self.address}") if sealed else self.password()

    def keep_grant(self, grant: Mapping[str, str]) -> None:
        """Remember an OAuth grant, encrypted for this mailbox alone."""
        self.sealed_grant = signing.seal(json.dumps(dict(grant)), row=f"grant:{self.address}")

    def grant(self) -> dict[str, str]:
        """The OAuth grant in clear, or nothing; raises signing.Tampered."""
        if not self.sealed_grant:
            return {}
        found: dict[str, str] = json.loads(
            signing.unseal(self.sealed_grant, row=f"grant:{self.address}")
        )
        return found

    def watched(self) -> tuple[tuple[str, FolderRole], ...]:
        """The folders that are read and what their mails are, the main one first."""
        more = ((one.name, one.role) for one in self.more_folders)
        return ((self.folder, FolderRole.INBOX), *more)

    def is_silent(self, now: datetime) -> bool:
        """Whether people must be told that the mailbox cannot be read."""
        return not self.paused and now - (self.heard_at or self.created_at) > SILENCE

    def reply_to(self, case_id: int) -> str:
        """Where answers to that case go: a signed plus-address, if such mail arrives; or ""."""
        return signing.plus_address(self.address, case_id) if self.plus_works else ""


class WatchedFolder(Base):
    """A folder of an account that is read besides its main one."""

    __tablename__ = "watched_folder"
    __table_args__ = (UniqueConstraint("mailbox_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"))
    name: Mapped[str]
    role: Mapped[FolderRole] = mapped_column(default=FolderRole.INBOX)
    import_from: Mapped[datetime | None]
    """As for the mailbox: older mail is left where it is; None imports everything."""
    created_at: Mapped[datetime]

    mailbox: Mapped[Mailbox] = relationship(back_populates="more_folders")


def ours(session: Session) -> frozenset[str]:
    """The addresses of all our mailboxes."""
    return frozenset(session.scalars(select(Mailbox.address)))
