"""A mail on its way between two of our processes: JSON, never pickle, since mails are hostile."""

from pydantic import TypeAdapter

from cases.mail import Mail
from inbox.intake.known import Known

_MAIL = TypeAdapter(Mail)
_KNOWN = TypeAdapter(Known)


def mail_to_json(mail: Mail) -> bytes:
    return _MAIL.dump_json(mail)


def mail_from_json(content: bytes) -> Mail:
    return _MAIL.validate_json(content)


def known_to_json(known: Known) -> bytes:
    return _KNOWN.dump_json(known)


def known_from_json(content: bytes) -> Known:
    return _KNOWN.validate_json(content)
