"""Makes one mail of several to the same person, before any of them was tried."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from bot import replies
from bot.outbox import OutgoingMail
from bot.replies import Saying
from bot.wording import merging
from bot.wording.merging import Parts
from cases.language import gettext as _
from cases.language import speaking


def join(session: Session, mails: Sequence[OutgoingMail], *, at: datetime) -> OutgoingMail:
    """Let one of the mails say what all of them have to say; gives that one.

    Raises replies.CannotSay, and then all are as they were.
    """
    ordered = sorted(mails, key=lambda mail: (mail.queued_at, mail.id))
    lead = max(ordered, key=lambda mail: (mail.case.last_at, -mail.id))
    pieces = merging.merged([_pieces(mail, lead) for mail in ordered])
    subject, text = replies.letter(session, lead.case, pieces)
    _freeze(lead, subject, text, at)
    lead.parts = pieces.as_row()
    return lead


def _pieces(mail: OutgoingMail, lead: OutgoingMail) -> Parts:
    """What a mail says; of another case it says which."""
    parts = Parts(**mail.parts)
    if mail.case_id == lead.case_id:
        return parts
    with speaking(replies.language_of(lead.case)):
        about = _("About your case number {number}:", number=mail.case_id)
    return replace(parts, facts=f"{about}\n{parts.facts.strip()}")


def _freeze(mail: OutgoingMail, subject: str, text: str, at: datetime) -> None:
    """Its bytes are made anew, under the Message-ID it has."""
    saying = replies.refusable(
        mail.case,
        Saying(
            *(mail.key, mail.recipient, mail.template, mail.rule, subject, text),
            purpose=mail.purpose,
            answers=_answers(mail),
        ),
    )
    text = saying.text
    mail.content = replies.as_bytes(replies.draft_of(mail.case, saying, at, mail.rfc_id))
    if mail.message is not None:
        mail.message.subject, mail.message.text = subject, text
        mail.message.new_text = text


def _answers(mail: OutgoingMail) -> str:
    earlier = [one.rfc_id for one in mail.case.messages if one.id < (mail.message_id or 0)]
    return next((rfc_id for rfc_id in reversed(earlier) if rfc_id), "")
