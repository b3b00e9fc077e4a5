"""When two mails are the same: in two mailboxes, through a list, or sent once more."""

import hashlib

from cases.mail import Mail
from cases.message import Message

_COMPARED = 2000


def likeness(mail: Mail) -> str:
    """SHA-256 in hex over Message-ID, From, Date, Subject and body, whatever Received: says."""
    date = mail.sent_at.isoformat() if mail.sent_at else ""
    return _hash(mail.message_id, mail.sender.address, date, *_said(mail))


def _said(mail: Mail) -> tuple[str, ...]:
    return mail.subject, mail.text, *(file.md5 for file in mail.attachments)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "replace")).hexdigest()


def wording(sender: str, subject: str, text: str) -> str:
    """The same for a mail that its sender sends once more, with another id and date."""
    return _hash(sender, subject.strip(), _squeezed(text))


def carries(mail: Mail, message: Message) -> bool:
    """Whether it is that message by the same sender, perhaps with what a list puts around it."""
    if mail.sender.address != message.sender:
        return False
    if _squeezed(message.subject) not in _squeezed(mail.subject):
        return False
    return _squeezed(message.text[:_COMPARED]) in _squeezed(mail.text[: 4 * _COMPARED])


def _squeezed(text: str) -> str:
    return " ".join(text.split())
