"""What the bot decided to say becomes a mail in the outbox."""

import hashlib
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot import answers, composing, wording
from bot.kinds import kind_of
from bot.outbox import OutgoingMail, Purpose, State
from bot.policy import Reply
from bot.settings import settings as bot_settings
from bot.situation import domain_of
from bot.wording import templates
from bot.wording.merging import Parts
from bot.wording.values import values_of
from cases import consent, signing
from cases.case import Case
from cases.contact import normalised
from cases.db import write_at_end
from cases.history import What
from cases.language import gettext as _
from cases.language import speaking
from cases.mail import Address, Origin
from cases.message import Direction, KnownId, Message
from cases.settings import settings

LETTER = "letter"
"""The frame around the parts of an outside bot's mail, or of several mails that became one."""
_CHANGING = re.compile(r"\S*\d\S*|https?://\S+")


class CannotSay(Exception):
    """The reply cannot be written; the text says why."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What is to be said, to whom, and how it may leave."""

    key: str
    recipient: str
    template: str
    rule: str
    subject: str
    text: str
    parts: Parts = field(default_factory=Parts)
    bot: str = ""
    purpose: Purpose = Purpose.SERVICE
    urgent: bool = False
    not_before: datetime | None = None
    expires_at: datetime | None = None
    answers: str = ""
    """Message-ID of the mail it answers."""


@dataclass(frozen=True, slots=True)
class _Queued:
    """What the rows of a mail to a customer say."""

    rfc_id: str
    message: dict[str, Any]
    mail: dict[str, Any]
    told: dict[str, str]


def queue(session: Session, message: Message, reply: Reply, *, at: datetime) -> None:
    """Queue the reply to a customer's message: bytes and Message-ID are frozen here.

    It is written at the end of the transaction, with those of the whole batch. Raises CannotSay.
    """
    written = write(session, message.case, reply.template, {})
    case, key = message.case, f"{reply.template}:{message.case.id}"
    saying = _addressed(written, message, message.sender, key=key, rule=reply.rule)
    queued = _queued(case, saying, at)
    said = write_at_end(session, Message, {"case_id": case, **queued.message})
    known = {"rfc_id": queued.rfc_id, "case_id": case, "message_id": said, "ours": True}
    write_at_end(session, KnownId, known)
    write_at_end(session, OutgoingMail, {"case_id": case, "message_id": said, **queued.mail})
    case.happened_besides(session, What.AUTOMATIC_REPLY, by="bot", at=at, **queued.told)


def answer(
    session: Session, message: Message, written: Saying, *, key: str, rule: str, at: datetime
) -> None:
    """Queue those words as the answer to that mail. Raises CannotSay, answers.NobodyToAnswer."""
    recipient = answers.recipient(session, message.case)
    saying = _addressed(written, message, recipient, key=key, rule=rule)
    say(session, message.case, saying, at=at)


def _addressed(written: Saying, message: Message, recipient: str, *, key: str, rule: str) -> Saying:
    return replace(written, key=key, recipient=recipient, rule=rule, answers=message.rfc_id)


def write(session: Session, case: Case, template: str, more: dict[str, str]) -> Saying:
    """The words of a template for that case; raises CannotSay."""
    language = language_of(case)
    try:
        texts = templates.texts(session, template, language)
        values = values_of(case, language) | more
        subject, body = wording.filled(texts, values)
        pieces = wording.parts(texts, values)
    except (wording.UnknownValue, wording.NoTemplate) as wrong:
        raise CannotSay(f"{type(wrong).__name__}: {wrong}") from wrong
    urgent = kind_of(template).urgent
    return Saying("", "", template, "", subject, body, pieces, urgent=urgent)


def letter(session: Session, case: Case, pieces: Parts) -> tuple[str, str]:
    """Subject and text of a mail that is given in parts; raises CannotSay."""
    written = write(session, case, LETTER, pieces.as_row())
    return written.subject, written.text


def language_of(case: Case) -> str:
    """The language the customer is answered in."""
    return case.language or settings().language


def say(session: Session, case: Case, saying: Saying, *, at: datetime) -> OutgoingMail:
    """Queue a mail to the customer of that case; raises CannotSay."""
    queued = _queued(case, saying, at)
    said = Message(case=case, **queued.message)
    session.add(said)
    session.add(KnownId(rfc_id=queued.rfc_id, case=case, message=said, ours=True))
    mail = OutgoingMail(case=case, message=said, **queued.mail)
    session.add(mail)
    case.happened(What.AUTOMATIC_REPLY, by=saying.bot or "bot", at=at, **queued.told)
    return mail


def _queued(case: Case, saying: Saying, at: datetime) -> _Queued:
    """The rows of a mail to the customer of that case; raises CannotSay."""
    saying = refusable(case, saying)
    draft = draft_of(case, saying, at)
    content = as_bytes(draft)
    told = {"template": saying.template, "rule": saying.rule, "bot": saying.bot}
    mail = _mail(saying, at) | {"rfc_id": draft.message_id, "content": content}
    return _Queued(draft.message_id, _message(saying, draft, at), mail, told)


def as_bytes(draft: composing.Draft) -> bytes:
    """The mail as it leaves; raises CannotSay."""
    try:
        return composing.compose(draft)
    except (composing.NotAsMeant, ValueError) as wrong:
        raise CannotSay(str(wrong)) from wrong


def _mail(saying: Saying, at: datetime) -> dict[str, Any]:
    """The mail as the outbox keeps it."""
    address = normalised(saying.recipient)
    return {
        "key": saying.key,
        "automatic": True,
        "rule": saying.rule,
        "template": saying.template,
        "bot": saying.bot,
        "purpose": saying.purpose,
        "urgent": saying.urgent,
        "parts": saying.parts.as_row(),
        "likeness": likeness(saying),
        "expires_at": saying.expires_at,
        "sender": "",
        "recipient": address,
        "domain": domain_of(address),
        "state": State.PENDING,
        "queued_at": at,
        "due_at": _due(saying, at),
    }


def refusable(case: Case, saying: Saying) -> Saying:
    """What sells says how to get no more of it (RFC 8058, and the law of most countries)."""
    link = _way_out(case, saying)
    if not link or link in saying.text:
        return saying
    with speaking(language_of(case)):
        foot = _("To get no more of these mails: {link}", link=link)
    return replace(saying, text=f"{saying.text.rstrip()}\n\n{foot}")


def _way_out(case: Case, saying: Saying) -> str:
    """The page where that person says no to what is sold; "" for what is no such mail."""
    if saying.purpose is not Purpose.COMMERCIAL:
        return ""
    address = normalised(saying.recipient)
    known = [one.id for one in case.contact.identifiers if one.value == address]
    site = bot_settings().public_url.rstrip("/")
    return f"{site}/mail/{consent.token(known[0])}/stop" if known else ""


def _due(saying: Saying, at: datetime) -> datetime:
    if saying.urgent:
        return saying.not_before or at
    gathered = at + timedelta(seconds=bot_settings().gather_seconds)
    return max(saying.not_before or gathered, gathered)


def likeness(saying: Saying) -> str:
    """The same for two sayings that differ in numbers and links alone."""
    words = f"{saying.subject}\n{saying.text}".lower().split()
    plain = (word if word.isalpha() else _CHANGING.sub("#", word) for word in words)
    return hashlib.sha256(" ".join(plain).encode()).hexdigest()


def _message(saying: Saying, draft: composing.Draft, at: datetime) -> dict[str, Any]:
    """The reply as the case shows it."""
    return {
        "direction": Direction.OUT,
        "origin": Origin.BOT if saying.bot else Origin.OWN,
        "origin_rule": "automatic reply",
        "rfc_id": draft.message_id,
        "sender": draft.sender.address,
        "sender_name": draft.sender.name,
        "to": [draft.recipient.address],
        "subject": draft.subject,
        "text": draft.text,
        "new_text": draft.text,
        "arrived_at": at,
        "rule": "automatic reply",
        "by": saying.bot or "bot",
    }


def draft_of(case: Case, saying: Saying, at: datetime, message_id: str = "") -> composing.Draft:
    """The mail before it becomes bytes."""
    box = case.mailbox
    ours = box.address if box else f"noreply@{settings().default_domain}"
    return composing.Draft(
        message_id=message_id or signing.new_message_id(case.id, domain_of(ours)),
        sender=Address(ours, box.name if box else ""),
        recipient=Address(saying.recipient),
        subject=saying.subject,
        text=saying.text,
        at=at,
        in_reply_to=saying.answers,
        reply_to=box.reply_to(case.id) if box else "",
        automatic=True,
        language=language_of(case),
        loop_mark=signing.sign("loop", str(case.id)),
        unsubscribe=_way_out(case, saying),
    )
