"""Copies of what we sent go into the account's Sent folder, as people expect."""

from sqlalchemy.orm import Session

from bot.delivery import sent_copies
from bot.delivery.sent_copies import Copy
from cases import clock
from cases.db import reading, transaction
from cases.language import gettext as _
from cases.mailbox import Mailbox
from inbox.intake.imap import Connection, ImapFailure


def waiting(session: Session) -> list[int]:
    """Mailboxes that are owed a copy."""
    return sent_copies.owing(session, clock.now())


def lay_down(mailbox_id: int, connection: Connection) -> None:
    """Lay down what is owed. A full account is noted, and tried again a few times."""
    folder = _folder(mailbox_id, connection)
    with transaction() as session:
        owed = sent_copies.take(session, mailbox_id, clock.now())
    for copy in owed:
        failure = _lay(connection, folder, copy) if folder else _("There is no Sent folder.")
        with transaction() as session:
            sent_copies.record(session, copy.outgoing_id, failure)


def _folder(mailbox_id: int, connection: Connection) -> str | None:
    with reading() as session:
        chosen = session.get_one(Mailbox, mailbox_id).sent_folder
    return chosen or connection.sent_folder()


def _lay(connection: Connection, folder: str, copy: Copy) -> str:
    try:
        if copy.tried_before:
            connection.open(folder)
            if connection.with_message_id(copy.rfc_id):
                return ""
        connection.append(folder, copy.content, copy.sent_at)
    except ImapFailure as failure:
        return str(failure)
    return ""
