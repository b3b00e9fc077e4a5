"""The likeness of a mail: the same for the same mail in two mailboxes, whatever Received: says."""

import hashlib

from cases.mail import Mail


def likeness(mail: Mail) -> str:
    """SHA-256 in hex over Message-ID, From, Date, Subject and body."""
    parts = (
        mail.message_id,
        mail.sender.address,
        mail.sent_at.isoformat() if mail.sent_at else "",
        mail.subject,
        mail.text,
        *(file.md5 for file in mail.attachments),
    )
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "replace")).hexdigest()
