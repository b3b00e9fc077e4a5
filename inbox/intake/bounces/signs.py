"""Whether a mail is a bounce at all: who sent it, what its subject and its words say."""

import re

from cases.mail import Mail
from inbox.intake.bounces.wordings import ABOUT_MAIL, SUBJECTS, WEAK_WORDS, WORDS

_DAEMON = re.compile(
    r"^(?:mailer[-_.]?daemons?|post[-_.]?master|mail[-_.]?delivery[\w.-]{0,40}|mailerdaemon"
    r"|bounce[sd]?"
    r"|mail[-_.]daemon|mmdf|uucp|microsoftexchange[0-9a-f]{8,64}|ndr|postmaster[\w-]{0,40}"
    r"|mdaemon|mail[-_.]?system|returned[-_.]?mail|daemon|delivery[-_.]?(?:status|system)"
    r"|mmsc[\w-]{0,20}|double-bounce|mail-admin)(?:[+=%-][^@]{0,200})?(?:@|$)",
    re.IGNORECASE,
)
_DAEMON_NAME = re.compile(
    r"mail(?:er)?[ -]?(?:delivery|deliver|daemon)|\bdelivery (?:sub)?system|mail administrator"
    r"|postmaster|microsoft outlook$|system administrator|ndr administrator|mail system|mail router"
    r"|systemadministrator|administrador del sistema|sistema de (?:entrega|correo)|mail admin",
    re.IGNORECASE,
)
_ANSWER = re.compile(
    r"^\s{0,9}(?:re|aw|sv|vs|antw|rv|fw|fwd|wg|tr|i|enc|ref|odp|res)\s?(?:\[\d{1,3}\]"
    r"|\(\d{1,3}\))?\s?:",
    re.IGNORECASE,
)

_STRONG_SUBJECT = re.compile(
    r"^[\s*\[({|#-]{0,9}(?:[^\s:]{1,30}[\])}]\s?)?"
    r"(?:(?:el|su|tu|your|the|o|a|seu|sua|le|la|votre|ihre|die|il|el seu) ){0,2}(?:"
    + "|".join(each for rows in SUBJECTS.values() for each in rows)
    + ")",
    re.IGNORECASE,
)
_SUBJECT = re.compile("|".join(each for rows in SUBJECTS.values() for each in rows), re.IGNORECASE)


_DAEMON_PATH = re.compile(r"^(?:mailer[-_.]?daemon|post[-_.]?master|double-bounce)(?:@|$)")


def from_a_daemon(mail: Mail) -> bool:
    """The sender is the mail system itself, or says so by its name."""
    address, name = mail.sender.address, mail.sender.name
    raw = mail.header("from")[:500]
    if _DAEMON.match(address) or (
        not address and re.search(r"mailer-daemon|postmaster", raw, re.I)
    ):
        return True
    return bool(_DAEMON_NAME.search(name[:200])) and null_path(mail)


def null_path(mail: Mail) -> bool:
    """The envelope had no sender, or had the daemon as its sender."""
    if mail.return_path is None:
        return "<>" in mail.header("x-envelope-from") or "<>" in mail.header("envelope-from")
    return mail.return_path == "" or bool(_DAEMON_PATH.match(mail.return_path.lower()))


def an_answer(subject: str) -> bool:
    """The subject begins as an answer or a forward does."""
    return bool(_ANSWER.match(subject[:100]))


def failure_subject(subject: str) -> bool:
    """The subject begins as that of a bounce does."""
    return bool(_STRONG_SUBJECT.match(subject[:300]))


def about_mail(subject: str) -> bool:
    """What failed is a mail, by the subject: parcels fail as well."""
    return bool(ABOUT_MAIL.search(subject[:300]))


def speaks_of_failure(mail: Mail, notice: str) -> bool:
    """Subject or text of a mail from a daemon say that something was not delivered.

    Behind a postmaster's address may be a person, so without an empty envelope the words have
    to be plain.
    """
    if _SUBJECT.search(mail.subject[:300]) or WORDS.search(notice[:10_000]):
        return True
    surely = null_path(mail) or mail.sender.address.startswith(("mailer-daemon", "mailerdaemon"))
    return surely and bool(WEAK_WORDS.search(notice[:10_000]))
