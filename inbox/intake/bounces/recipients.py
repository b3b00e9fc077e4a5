"""The failures of a bounce that no machine-readable part describes, told from its words."""

from dataclasses import replace
from email.message import Message

from cases.mail import Mail
from inbox.intake.bounces.evidence import Evidence
from inbox.intake.bounces.failures import Failure, addresses, status_in, whole
from inbox.intake.bounces.forms import recipients_in
from inbox.intake.bounces.library import failed_recipients
from inbox.intake.bounces.original import original_id
from inbox.intake.bounces.reason import sounds_temporary

_MOST_RECIPIENTS = 1000
_MOST_WORDS = 4000

# So many lines below a recipient may still speak of it, and so many recipients are told apart.
_LINES_BELOW = 4
_TOLD_APART = 20


def failures_in_words(
    mail: Mail, message: Message | None, evidence: Evidence
) -> tuple[Failure, ...]:
    """The failures as header fields, the library or our own patterns find them."""
    late = sounds_temporary(mail.subject, evidence.notice)
    named = addresses(mail.header("x-failed-recipients"))
    if not named:
        temporary, permanent = failed_recipients(message, evidence.notice)
        late = late or (bool(temporary) and not permanent)
        # The library stops at the first form that fits; where forms are mixed, ours find the rest.
        named = tuple(dict.fromkeys((*(permanent or temporary), *recipients_in(evidence.notice))))
    named = whole(named or addresses(evidence.notice))
    named = _without_ourselves(mail, named, evidence)[:_MOST_RECIPIENTS]
    failures = tuple(Failure(each, delayed=late) for each in named)
    return tuple(_with_status(each) for each in with_context(failures, evidence.notice))


def with_context(failures: tuple[Failure, ...], notice: str) -> tuple[Failure, ...]:
    """Each failure with the words that speak of it; all words where it is the only one."""
    if len(failures) == 1:
        return (replace(failures[0], context=_joined(notice.splitlines()[:2000])),)
    if len(failures) > _TOLD_APART:
        return failures
    lines = notice.splitlines()[:2000]
    names = [each.recipient for each in failures]
    return tuple(replace(each, context=_about(each.recipient, names, lines)) for each in failures)


def _without_ourselves(mail: Mail, named: tuple[str, ...], evidence: Evidence) -> tuple[str, ...]:
    """A bounce names the sender and the mail as well; recipients only if nobody else is named."""
    others = {each.address for each in mail.to} | {mail.sender.address}
    others.add((original_id(mail, evidence) or "").lower())
    return tuple(each for each in named if each not in others) or named


def _with_status(failure: Failure) -> Failure:
    return replace(failure, status=status_in(failure.context))


def _about(recipient: str, names: list[str], lines: list[str]) -> str:
    """The lines that name the recipient, each with those below it up to the next one's."""
    found: list[str] = []
    left = 0
    for line in lines:
        lower = line[:1000].lower()
        if recipient in lower:
            left = _LINES_BELOW + 1
        elif any(name in lower for name in names):
            left = 0
        if left:
            found.append(line)
            left -= 1
    return _joined(found)


def _joined(lines: list[str]) -> str:
    return " ".join(" ".join(lines)[: 4 * _MOST_WORDS].split())[:_MOST_WORDS]
