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
    """Whether both are one mail by one sender, of which a list changed subject and end."""
    if mail.sender.address != message.sender:
        return False
    subjects = _squeezed(mail.subject), _squeezed(message.subject)
    texts = _squeezed(mail.text[:_COMPARED]), _squeezed(message.text[:_COMPARED])
    return _one_in_other(*subjects) and _one_in_other(*texts)


def _one_in_other(one: str, other: str) -> bool:
    return one in other or other in one


def _squeezed(text: str) -> str:
    return " ".join(text.split())
