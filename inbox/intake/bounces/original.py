"""Which mail a bounce reports: its Message-ID, from the returned mail or from what is quoted."""

import re

from cases.mail import Mail
from inbox.intake.bounces.evidence import Evidence

_FIELD = re.compile(
    r"^[ \t>|]{0,20}(?:original-|x-original-)?message[-_ ]?id[ \t]{0,9}[:=][ \t]{0,9}"
    r"(?:\r?\n[ \t]{1,9})?<?([^\s<>\"]{3,400})>?",
    re.IGNORECASE | re.MULTILINE,
)
_IN_WORDS = re.compile(
    r"(?:(?:message|nachricht|mensaje|mensagem|messaggio|missatge)s?[-_ ]?id"
    r"|id(?:entificador|entifiant|entificativo)?\.? (?:d[eou]l? ?|of )?(?:the )?(?:mensaje|mensagem"
    r"|message|messaggio|missatge))[^\n<]{0,40}<([^\s<>]{3,400})>",
    re.IGNORECASE,
)


def original_id(mail: Mail, evidence: Evidence) -> str | None:
    """The id of the returned mail, without angle brackets."""
    for text in (evidence.original, *evidence.reports, evidence.notice):
        if found := _FIELD.search(text):
            return found.group(1)
    found = _IN_WORDS.search(evidence.notice)
    if found:
        return found.group(1)
    answered = (*mail.in_reply_to, *mail.references[-1:])
    return answered[0] if answered else None
