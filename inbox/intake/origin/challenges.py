"""Anti-spam systems that ask the sender to prove that he is a person."""

import re

from cases.mail import Mail, Origin
from inbox.intake.known import Known
from inbox.intake.origin.said import Said

_HEADERS = (
    "x-tmda-confirm",
    "x-boxbe-challenge",
    "x-spamarrest-challenge",
    "x-asklater",
    "x-challenge",
)
_SENDERS = (
    "spamarrest.com",
    "boxbe.com",
    "bluebottle.com",
    "knowspam.net",
    "mailinblack.com",
    "choicemail.com",
)
_SUBJECT = re.compile(
    r"(?:please )?(?:confirm|verify|authenticate) (?:your|this|that)[^\n]{0,40}(?:message|mail"
    r"|delivery|human|identity|sender)"
    r"|(?:confirmation|verification|authorization|action) (?:is )?(?:required|requested"
    r"|needed)|\bchallenge\b|sender verification"
    r"|(?:confirm|verifi)(?:e|a|ar|que|car) (?:su|tu|el) (?:mensaje|correo|env[ií]o)"
    r"|verificaci[oó]n (?:de|del) remitente|v[eé]rification de l'exp[eé]diteur"
    r"|authentifi\w{1,10}[^\n]{0,40}(?:message|mail)|best[aä]tigen sie",
    re.IGNORECASE,
)
# Such mails are wrapped by their programs, so a line may end in the middle; a paragraph may not.
_ON = r"(?:[^\n]|\n(?!\n))"
_WORDS = re.compile(
    rf"(?:prove|verify|confirm|show){_ON}{{0,60}}(?:human|real person|not a (?:spammer|robot"
    r"|machine)|not spam|legitimate)"
    r"|(?:anti[- ]?spam|spam (?:blocker|filter|protection|arrest)|whitelist"
    rf"|approved senders?){_ON}{{0,300}}(?:click|reply|confirm|verify|link)"
    rf"|(?:click|reply|confirm){_ON}{{0,200}}(?:deliver(?:ed|y) (?:of )?(?:your|the) (?:message"
    rf"|e-?mail|mail)|your (?:message|mail){_ON}{{0,60}}(?:held|quarantine|deliver))"
    rf"|(?:your|this) (?:message|mail|e-?mail){_ON}{{0,80}}(?:held|on hold|quarantine"
    rf"|waiting){_ON}{{0,200}}(?:confirm|verif|click|reply)"
    rf"|sent by an? (?:real )?(?:person|human)"
    rf"|(?:demuestre|confirme|verifique) que{_ON}{{0,40}}(?:persona|humano|robot)|(?:antispam"
    rf"|correo no deseado){_ON}{{0,200}}(?:confirm|pulse|clic|enlace)"
    rf"|vous (?:n'[eê]tes pas|[eê]tes bien){_ON}{{0,40}}(?:robot|humain)",
    re.IGNORECASE,
)
# Nobody else says both in the same few words, so they need no telling subject.
_PROOF = re.compile(
    r"(?:prove|verify|confirm)[^\n.]{0,30}\byou(?:'re| are)\b[^\n.]{0,20}(?:human|real|person"
    r"|robot)"
    r"|to (?:reduce|prevent|fight|avoid|stop) (?:spam|junk)|para (?:evitar|reducir|combatir) el"
    r" (?:correo no deseado|spam)|pour (?:lutter contre|[eé]viter) (?:le spam|les spams)",
    re.IGNORECASE,
)
_TO_CLICK = re.compile(
    r"(?:click|follow|press|pulse|pulsando|haga clic|cliquez)[^\n]{0,120}(?:link|enlace|lien"
    r"|button|here|aqu[ií]|ici)",
    re.IGNORECASE,
)
_SHORT = 1500


def challenge(mail: Mail, _: Known) -> Said | None:
    """A header of such a system, its domain, or both subject and words of one."""
    sign = next((name for name, _ in mail.headers if name in _HEADERS), None)
    if sign:
        return Said(Origin.CHALLENGE, sign)
    asks = _WORDS.search(mail.text[:3000])
    domain = mail.sender.address.rpartition("@")[2]
    if asks and (domain.endswith(_SENDERS) or _SUBJECT.search(mail.subject[:300])):
        return Said(Origin.CHALLENGE, "asks the sender to prove that he is a person")
    if mail.in_reply_to and _wants_a_click(mail.own_words):
        return Said(Origin.CHALLENGE, "answers with a link that proves a person")
    return None


def _wants_a_click(words: str) -> bool:
    if len(words) > _SHORT or "?" in words.partition("http")[0]:
        return False
    return bool("http" in words and _PROOF.search(words) and _TO_CLICK.search(words))
