"""Sending to the demo's mail server and reading its mailboxes, as a mail program does."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import default

from bot.delivery.smtp import Relay
from inbox.command.demo.place import Place
from inbox.embedded.processes import LOOPBACK
from inbox.intake.imap import Account, Connection

LARGEST = 10 * 2**20


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in somebody's mailbox."""

    message_id: str
    sender: str
    subject: str
    date: str
    text: str
    references: tuple[str, ...]


def send(sender: str, recipients: list[str], content: bytes) -> None:
    """Hand a mail to the server; raises bot.delivery.smtp.DeliveryFailure."""
    with Relay() as relay:
        relay.send(sender, recipients, content, before_body=lambda: True)


def mailbox(place: Place, address: str) -> list[Letter]:
    """All mails of a mailbox, the oldest first; raises inbox.intake.imap.ImapFailure."""
    account = Account(LOOPBACK, place.imap_port, "none", address, place.passwords[address])
    with Connection(account) as connection:
        uids = connection.new_uids(0)
        mails = [
            mail
            for batch in list(connection.batches(uids))
            for mail in connection.fetch(batch, LARGEST)
        ]
    return [_letter(mail.content) for mail in mails]


def _letter(content: bytes) -> Letter:
    mail = message_from_bytes(content, policy=default)
    body = mail.get_body(("plain", "html"))
    return Letter(
        message_id=_id(mail, "Message-ID"),
        sender=str(mail["From"] or ""),
        subject=str(mail["Subject"] or ""),
        date=str(mail["Date"] or ""),
        text=str(body.get_content()) if body is not None else "",
        references=tuple(str(mail["References"] or "").replace("<", "").replace(">", "").split()),
    )


def _id(mail: Message, name: str) -> str:
    return str(mail[name] or "").strip().strip("<>")
