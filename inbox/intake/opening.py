"""A mail opened and understood: parsed, read, and asked who is speaking. Knows no database."""

from dataclasses import replace
from email.message import Message

from cases.mail import Mail, Origin, Speaker, without_tag
from inbox.intake.addresses import read_addresses
from inbox.intake.bounces import read_bounce
from inbox.intake.known import Known
from inbox.intake.origin import who_speaks
from inbox.intake.parsing import parse
from inbox.intake.reading import forwarded_sender, newly_written, signer_of
from inbox.intake.trust import verdict

_ENCLOSED = "message/rfc822"


def open_mail(content: bytes, known: Known) -> Mail:
    """All that can be told of a mail from its bytes and from what the installation knows."""
    parsed = parse(content)
    mail = _read(parsed.mail)
    mail = replace(mail, bounce=read_bounce(mail, parsed.message))
    mail = replace(mail, trust=verdict(mail, known.authserv_ids))
    speaker = who_speaks(mail, known)
    if mail.forwarded and speaker.origin is Origin.AGENT:
        speaker = _handing_on(speaker, mail, parsed.message, known)
    return replace(mail, speaker=speaker)


def _read(mail: Mail) -> Mail:
    """With the person's own words. The page's structure helps where the text was made of it."""
    html = mail.html if mail.text == mail.text_from_html else ""
    signer = signer_of(mail.sender.name, mail.sender.address)
    written = newly_written(mail.text, html=html, subject=mail.subject, signer=signer)
    return replace(
        mail,
        new_text=written.new_text,
        new_text_with_signature=written.with_signature,
        forwarded=written.forwards or _only_encloses(mail),
    )


def _only_encloses(mail: Mail) -> bool:
    """Forwarded as an attachment, without a word."""
    return not mail.text.strip() and [a.type for a in mail.attachments] == [_ENCLOSED]


def _handing_on(speaker: Speaker, mail: Mail, message: Message | None, known: Known) -> Speaker:
    """An agent hands a mail on: whoever wrote it first is the customer. Nobody else may do so."""
    for address in (forwarded_sender(mail.text), _enclosed_sender(message)):
        if address and without_tag(address) not in known.own and address not in known.agents:
            return replace(speaker, customer=address)
    return speaker


def _enclosed_sender(message: Message | None) -> str | None:
    """Who wrote the mail that is enclosed whole."""
    for part in message.walk() if message is not None else ():
        inside = part.get_payload() if part.get_content_type() == _ENCLOSED else None
        if isinstance(inside, list) and inside and isinstance(inside[0], Message):
            authors = read_addresses(str(inside[0].get("From", "")))
            return next((author.address for author in authors if author.address), None)
    return None
