"""The rest of mails that were too large, when somebody asks for it."""

from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import queues
from cases.db import reading, transaction
from cases.mail import Mail
from cases.message import Message
from inbox.intake.imap import Connection, FolderRefused
from inbox.intake.jail import parse_safely
from inbox.intake.knowing import who_is_who
from inbox.spool import Fetched, RawMail
from inbox.spool.storing import complete

LARGEST = 150 * 2**20
"""What a database and a browser can still bear."""


def waiting(session: Session) -> list[int]:
    """Mailboxes with a mail whose rest is wanted."""
    wanted = RawMail.rest_wanted & RawMail.uid.is_not(None)
    return list(session.scalars(select(RawMail.mailbox_id).where(wanted).distinct()))


def fetch(mailbox_id: int, connection: Connection) -> None:
    """Fetch what is wanted; a mail that is gone or renumbered is not asked for again."""
    with reading() as session:
        wanted = session.scalars(
            select(RawMail).where(RawMail.mailbox_id == mailbox_id, RawMail.rest_wanted)
        ).all()
    for raw in wanted:
        whole = _whole(connection, raw)
        files = _files(raw.id, whole.content) if whole is not None else None
        with transaction() as session:
            if whole is None:
                session.get_one(RawMail, raw.id).rest_wanted = False
            else:
                complete(session, raw.id, whole.content)
                _retell(session, raw.id, files)
            queues.announce(session, "cases")


def _whole(connection: Connection, raw: RawMail) -> Fetched | None:
    if raw.size > LARGEST or raw.uid is None:
        return None
    if connection.folder.name != raw.folder:
        try:
            connection.open(raw.folder)
        except FolderRefused:
            return None
    if connection.folder.uidvalidity != raw.uidvalidity:
        return None
    return connection.whole(raw.uid, raw.size)


def _files(raw_id: int, content: bytes) -> list[dict[str, object]] | None:
    """The files that the whole mail names, or None if it cannot be read."""
    ((_number, mail),) = parse_safely([(raw_id, content)], who_is_who())
    return [_as_row(asdict(file)) for file in mail.attachments] if isinstance(mail, Mail) else None


def _as_row(file: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in file.items() if name != "md5"}


def _retell(session: Session, raw_id: int, files: list[dict[str, object]] | None) -> None:
    """The message names the files that are whole now; all else of it stays."""
    message = session.scalars(select(Message).where(Message.raw_id == raw_id)).first()
    if message is not None and files is not None:
        message.attachments = files
