"""A mailbox on a real Dovecot and the spool it is read into: what a test can do to both."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from imapclient import IMAPClient
from sqlalchemy import select

from cases import clock
from cases.db import reading, transaction
from cases.mailbox import FolderRole, Mailbox, WatchedFolder
from inbox.intake.imap import Account, Connection
from inbox.intake.poller.watching import read_once
from inbox.spool import Cursor, RawMail, content_of
from tests.servers.dovecot import Dovecot

ADDRESS, PASSWORD = "support@tregua.test", "secret"


def a_mail(subject: str, text: str = "No llega.", **headers: str) -> bytes:
    """A mail whose Message-ID tells its subject."""
    said = {
        "From": "Ana <ana@cliente.test>",
        "To": ADDRESS,
        "Subject": subject,
        "Message-ID": f"<{subject}@cliente.test>",
        "Date": "Mon, 02 Nov 2026 10:00:00 +0100",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in said.items() if value)
    return f"{head}\r\n{text}\r\n".encode()


class Mailroom:
    """One mailbox, read again and again."""

    def __init__(self, dovecot: Dovecot, port: int = 0, **about: object) -> None:
        self.dovecot = dovecot
        self.port = port or dovecot.imap_port
        values = {"import_from": None, "created_at": clock.now()} | about
        box = Mailbox(
            address=ADDRESS,
            imap_host="127.0.0.1",
            imap_port=self.port,
            imap_security="none",
            imap_user=ADDRESS,
            **values,
        )
        box.keep_password(PASSWORD)
        with transaction() as session:
            session.add(box)
            session.flush()
            self.id = box.id

    def account(self, **about: object) -> Account:
        values = {"read_only": False} | about
        return Account("127.0.0.1", self.port, "none", ADDRESS, PASSWORD, **values)

    def connect(self, **about: object) -> Connection:
        return Connection(self.account(**about))

    def deliver(self, *mails: bytes) -> None:
        self.dovecot.deliver_all(ADDRESS, list(mails))

    def read(self) -> int:
        return read_once(self.id)

    def watch_folder(
        self, name: str, role: FolderRole = FolderRole.INBOX, *, there: bool = True
    ) -> None:
        if there:
            with self.person(name):
                pass
        with transaction() as session:
            session.add(
                WatchedFolder(mailbox_id=self.id, name=name, role=role, created_at=clock.now())
            )

    def change(self, **values: object) -> None:
        with transaction() as session:
            box = session.get_one(Mailbox, self.id)
            for name, value in values.items():
                setattr(box, name, value)

    @property
    def row(self) -> Mailbox:
        with reading() as session:
            return session.get_one(Mailbox, self.id)

    @property
    def mails(self) -> list[RawMail]:
        with reading() as session:
            return list(session.scalars(select(RawMail).order_by(RawMail.id)))

    def cursor(self, folder: str = "INBOX") -> Cursor:
        with reading() as session:
            return session.scalars(select(Cursor).where(Cursor.folder == folder)).one()

    def content(self, raw: RawMail) -> bytes:
        with reading() as session:
            return content_of(session, raw.id) or b""

    @property
    def subjects(self) -> list[str]:
        """Subjects in the order in which they were stored."""
        found = []
        for raw in self.mails:
            lines = self.content(raw).splitlines()
            found.append(
                next((line[9:].decode() for line in lines if line[:9] == b"Subject: "), "")
            )
        return found

    @contextmanager
    def person(self, folder: str = "INBOX") -> Iterator[IMAPClient]:
        """Somebody with another mail program."""
        with IMAPClient("127.0.0.1", self.dovecot.imap_port, ssl=False) as client:
            client.login(ADDRESS, PASSWORD)
            if not client.folder_exists(folder):
                client.create_folder(folder)
            client.select_folder(folder)
            yield client

    def lay(self, content: bytes, at: datetime, folder: str = "INBOX") -> None:
        """Put a mail into a folder as if it had come at that time."""
        with self.person(folder) as client:
            client.append(folder, content, msg_time=at)

    def renumber(self) -> None:
        """The server forgets its numbers, as after a restored backup."""
        self.dovecot.kick(ADDRESS)
        maildir = self.dovecot.folder / "mail" / ADDRESS / "Maildir"
        for path in maildir.iterdir():
            if path.name.startswith("dovecot"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
