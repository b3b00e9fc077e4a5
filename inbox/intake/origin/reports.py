"""Reports about a mail: complaints, bounces, receipts, reactions, answers to invitations."""

import re

from cases.mail import Mail, Origin
from inbox.intake.known import Known
from inbox.intake.origin.personal import asks
from inbox.intake.origin.plain import words_of
from inbox.intake.origin.said import Said

_COMPLAINT = re.compile(
    r"this is an? (?:e-?mail )?(?:abuse|spam|feedback|fraud) (?:report|complaint)"
    r"|\"notificationType\"\s{0,3}:\s{0,3}\"Complaint\"|\"eventType\"\s{0,3}:\s{0,3}\"Complaint\""
    r"|^feedback-type:\s{0,3}[a-z-]{3,30}\s*$",
    re.IGNORECASE | re.MULTILINE,
)
_COMPLAINT_SUBJECT = re.compile(
    r"^(?:complaint about message from|e-?mail (?:abuse|feedback) report|abuse report|fw: ?spam"
    r"|\[?feedback[- ]loop)",
    re.IGNORECASE,
)
_READ_SUBJECT = re.compile(
    r"^(?:read|not read|le[ií]d[oa]|no le[ií]d[oa]|gelesen|ungelesen|lu|non lu|lid[oa]"
    r"|n[aã]o lid[oa]"
    r"|letto|non letto|gelezen|llegit|read receipt|return receipt|acuse de (?:recibo|lectura)"
    r"|confirmaci[oó]n de lectura|accus[eé] de (?:r[eé]ception|lecture)|lesebest[aä]tigung"
    r"|recibo de leitura|conferma di lettura|delivered|relayed|entregado|retransmitido"
    r"|zugestellt|remis)\b",
    re.IGNORECASE,
)
_READ_WORDS = re.compile(
    r"(?:was|has been) (?:read|displayed|opened|deleted without being read)|fue le[ií]do|se ley[oó]"
    r"|ha sido (?:le[ií]do|abierto|mostrado)|se (?:elimin[oó]|ha eliminado) sin leer"
    r"|a [eé]t[eé] (?:lu|affich)"
    r"|wurde (?:am )?[^\n]{0,60}(?:gelesen|angezeigt)|foi lid[oa]|[eè] stato (?:letto|visualizzato)"
    r"|this is a return receipt|return receipt only|este es un acuse de recibo"
    r"|delivery to (?:these|the following) recipients? (?:is|was) complete"
    r"|has been delivered to the following"
    r"|se (?:ha )?entreg(?:ado|[oó]) (?:el mensaje )?a los siguientes",
    re.IGNORECASE,
)
_REACTION = re.compile(
    r"reacted (?:to your message|via gmail|with)|ha reaccionado (?:a tu|a su|con|mediante)"
    r"|reaccion[oó] (?:a tu|a su|con)"
    r"|a r[eé]agi (?:[aà] votre|via)|hat (?:[^\n]{0,40})reagiert|reagiu (?:[aà] sua|com)"
    r"|ha reagito",
    re.IGNORECASE,
)
_INVITED = re.compile(
    r"^(?:accepted|declined|tentative(?:ly accepted)?|acceptad[oa]|aceptad[oa]|rechazad[oa]"
    r"|provisional|tentativo"
    r"|aceite|recusad[oa]|accept[eé]e?|refus[eé]e?|zugesagt|abgelehnt|mit vorbehalt|angenommen"
    r"|accettat[oa]|rifiutat[oa]"
    r"|geaccepteerd|geweigerd)\s{0,2}:",
    re.IGNORECASE,
)
_OF_AN_EVENT = re.compile(
    r"invit|einlad|uitnod|convoc|conv\wd|accept|acept|acceta|accetta|aceit|declin|rechaz|refus|rifiut"
    r"|recus|zugesagt|abgelehnt|tentativ|zusage|absage|geaccept|event|termin|reunion|meeting|calend"
    r"|kalend|begin:v|when:|cuando:|quando:|wann:"
)
_REACTION_WORDS = 400


def feedback_report(mail: Mail, _: Known) -> Said | None:
    """A complaint in the Abuse Reporting Format (RFC 5965), or a provider's own form of it."""
    if _has_type(mail, "feedback-report"):
        return Said(Origin.FEEDBACK_REPORT, "a feedback report (RFC 5965)")
    told = _COMPLAINT.search(mail.text[:5000])
    if told and (
        _COMPLAINT_SUBJECT.match(mail.subject) or not told.group().lower().startswith("this")
    ):
        return Said(Origin.FEEDBACK_REPORT, "the words of a complaint report")
    if _COMPLAINT_SUBJECT.match(mail.subject) and "staff@hotmail.com" in mail.sender.address:
        return Said(Origin.FEEDBACK_REPORT, "the words of a complaint report")
    return None


def read_receipt(mail: Mail, _: Known) -> Said | None:
    """A disposition notification (RFC 8098), or a mail that says the same in words."""
    if _has_type(mail, "disposition-notification"):
        return Said(Origin.RECEIPT, "a read receipt (RFC 8098)")
    subject = _READ_SUBJECT.match(mail.subject[:200])
    # "Read: your order" in answer to a mail of ours, and not a word more.
    silent = ":" in mail.subject and not mail.text.strip() and bool(mail.in_reply_to)
    if subject and (silent or _READ_WORDS.search(mail.text[:2000])):
        return Said(Origin.RECEIPT, "a read receipt by its words")
    return None


def bounce(mail: Mail, _: Known) -> Said | None:
    """A report that a mail failed."""
    return Said(Origin.BOUNCE, "a bounce") if mail.bounce is not None else None


def delivery_receipt(mail: Mail, _: Known) -> Said | None:
    """A report of RFC 3464 in which nothing failed."""
    kind = mail.header("content-type").lower()
    if kind.startswith("multipart/report") and "delivery-status" in kind:
        return Said(Origin.RECEIPT, "a report of a delivery")
    if '"notificationType":"Delivery"' in mail.text[:2000]:
        return Said(Origin.RECEIPT, "a report of a delivery")
    return None


def reaction(mail: Mail, _: Known) -> Said | None:
    """An emoji for a message (RFC 9078), and nothing more."""
    declared = mail.header("content-disposition").strip().lower().startswith("reaction")
    if declared or any("email-reaction" in each.type for each in mail.attachments):
        return Said(Origin.RECEIPT, "a reaction (RFC 9078)")
    words = (mail.own_words or mail.text)[: _REACTION_WORDS + 1]
    if mail.in_reply_to and len(words) <= _REACTION_WORDS and _REACTION.search(words):
        return Said(Origin.RECEIPT, "a reaction by its words")
    return None


def calendar_answer(mail: Mail, _: Known) -> Said | None:
    """A yes or no to an invitation (RFC 5546), which the calendar sends."""
    kind = mail.header("content-type").lower()
    calendar = kind.startswith("text/calendar") or any(
        each.type == "text/calendar" for each in mail.attachments
    )
    answered = "method=reply" in kind.replace('"', "") or _INVITED.match(mail.subject[:100])
    if not calendar or not answered or _comments(mail):
        return None
    return Said(Origin.RECEIPT, "an answer to an invitation")


def _comments(mail: Mail) -> bool:
    """A person wrote something beside the yes or no; calendars speak of the invitation."""
    words = words_of(mail)
    return asks(words) or (bool(words) and not _OF_AN_EVENT.search(words))


def _has_type(mail: Mail, kind: str) -> bool:
    declared = mail.header("content-type").lower()
    if declared.startswith("multipart/report") and kind in declared:
        return True
    if declared.startswith(f"message/{kind}"):
        return True
    return any(each.type == f"message/{kind}" for each in mail.attachments)
