"""Reports that a mail of ours failed: which address, for ever or for now, and which mail."""

from email.message import Message

from cases.mail import Bounce, Mail
from inbox.intake.bounces import signs, sns
from inbox.intake.bounces.dsn import read_reports
from inbox.intake.bounces.evidence import Evidence, gather
from inbox.intake.bounces.failures import Failure, class_in, status_in
from inbox.intake.bounces.forms import recipients_in
from inbox.intake.bounces.original import original_id
from inbox.intake.bounces.reason import address_is_dead, sounds_temporary
from inbox.intake.bounces.recipients import failures_in_words, with_context


def read_bounce(mail: Mail, message: Message | None) -> Bounce | None:
    """What the report says, or None where the mail is no such report."""
    if not _suspicious(mail, message):
        return None
    evidence = gather(mail, message)
    failures, seen = read_reports(evidence.reports)
    if failures:
        return _bounce(mail, evidence, with_context(_worst(failures), evidence.notice))
    if seen:
        # A report of deliveries and relays only: good news.
        return None
    failures, original = sns.read_notification(evidence.notice)
    if failures:
        return _bounce(mail, evidence, failures, original)
    if not _convincing(mail, message, evidence):
        return None
    return _bounce(mail, evidence, failures_in_words(mail, message, evidence))


def _suspicious(mail: Mail, message: Message | None) -> bool:
    """Whether a closer look is worth its while: a person's mail ends here."""
    return (
        _is_report(mail, message)
        or bool(mail.header("x-failed-recipients"))
        or signs.from_a_daemon(mail)
        or signs.null_path(mail)
        or signs.failure_subject(mail.subject)
        or bool(mail.header("x-amz-sns-message-id"))
        or mail.sender.address.endswith("@sns.amazonaws.com")
    )


def _is_report(mail: Mail, message: Message | None) -> bool:
    kind = (
        message.get_content_type() if message is not None else mail.header("content-type").lower()
    )
    if kind == "message/delivery-status":
        return True
    if not kind.startswith("multipart/report"):
        return False
    declared = mail.header("content-type").lower()
    return "disposition-notification" not in declared and "feedback-report" not in declared


def _convincing(mail: Mail, message: Message | None, evidence: Evidence) -> bool:
    """Whether a mail without a readable report is a bounce all the same."""
    if mail.header("x-failed-recipients") or (_is_report(mail, message) and evidence.reports):
        return True
    if signs.from_a_daemon(mail) or _is_report(mail, message):
        return signs.speaks_of_failure(mail, evidence.notice)
    if signs.an_answer(mail.subject):
        return False
    named = bool(recipients_in(evidence.notice))
    if signs.failure_subject(mail.subject) and signs.about_mail(mail.subject):
        return named or signs.null_path(mail) or not evidence.notice.strip()
    return named and mail.return_path == "" and status_in(evidence.notice) is not None


def _worst(failures: tuple[Failure, ...]) -> tuple[Failure, ...]:
    """Those that failed; those that are late only where none failed."""
    return tuple(each for each in failures if not each.delayed) or failures


def _bounce(
    mail: Mail, evidence: Evidence, failures: tuple[Failure, ...], original: str | None = None
) -> Bounce:
    permanent = _is_permanent(mail, evidence, failures)
    return Bounce(
        recipients=tuple(each.recipient for each in failures),
        status=_status(failures, permanent),
        permanent=permanent,
        address_dead=any(address_is_dead(each) for each in failures),
        original_message_id=original or original_id(mail, evidence),
    )


def _is_permanent(mail: Mail, evidence: Evidence, failures: tuple[Failure, ...]) -> bool:
    if not failures:
        return not sounds_temporary(mail.subject, evidence.notice)
    return any(not (each.delayed or each.passing) for each in failures)


def _status(failures: tuple[Failure, ...], permanent: bool) -> str:
    """The first code of a failure; where only its class is known, x.0.0 (RFC 3463)."""
    told = next((each.status for each in failures if each.status), None)
    texts = (each.diagnostic or each.context for each in failures)
    replied = next((code for text in texts if (code := class_in(text))), None)
    return told or f"{replied or (5 if permanent else 4)}.0.0"
