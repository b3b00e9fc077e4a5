"""A mail opened and understood: parsed, read, and asked who is speaking. Knows no database."""

from dataclasses import replace

from cases.mail import Mail
from inbox.intake.bounces import read_bounce
from inbox.intake.known import Known
from inbox.intake.origin import who_speaks
from inbox.intake.parsing import parse
from inbox.intake.reading import is_forward, newly_written
from inbox.intake.trust import verdict


def open_mail(content: bytes, known: Known) -> Mail:
    """All that can be told of a mail from its bytes and from what the installation knows."""
    parsed = parse(content)
    mail = _read(parsed.mail)
    mail = replace(mail, bounce=read_bounce(mail, parsed.message))
    mail = replace(mail, trust=verdict(mail, known.authserv_ids))
    return replace(mail, speaker=who_speaks(mail, known))


def _read(mail: Mail) -> Mail:
    """With the person's own words. The page's structure helps where the text was made of it."""
    html = mail.html if mail.text == mail.text_from_html else ""
    written = newly_written(mail.text, html=html, subject=mail.subject)
    return replace(
        mail,
        new_text=written.new_text,
        new_text_with_signature=written.with_signature,
        forwarded=is_forward(mail.subject, mail.text) or _only_encloses(mail),
    )


def _only_encloses(mail: Mail) -> bool:
    """Forwarded as an attachment, without a word."""
    return not mail.text.strip() and [a.type for a in mail.attachments] == ["message/rfc822"]
