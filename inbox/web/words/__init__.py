"""The product's own terms in the words of the screen: states, moods, roles, events, reasons."""

from babel import Locale, UnknownLocaleError

from cases.agent import Role
from cases.case import Case, State
from cases.course import ANGRY
from cases.exclusions.reasons import Reason
from cases.history import What
from cases.language import LANGUAGES, current
from cases.language import gettext as _
from cases.mail import Origin, Trust
from cases.mailbox import FolderRole
from cases.outcome import Outcome
from classifiers import taxonomy
from inbox.web.direction import straight


def type_name(code: str) -> str:
    """A leaf or a branch of the taxonomy as people read it; one that is no more keeps its code."""
    try:
        return taxonomy.leaf(code).label(current())
    except taxonomy.NoSuchLeaf:
        branches = {one.code: one.label(current()) for one in taxonomy.parents()}
        return branches.get(code, code)


def tongue(code: str) -> str:
    """A language by its own name, as those who speak it look for it."""
    try:
        return (Locale.parse(code, sep="-").language_name or code).capitalize()
    except (UnknownLocaleError, ValueError):
        return code


def tongues() -> tuple[tuple[str, str], ...]:
    """The languages of the product, each by its own name."""
    return tuple((one, tongue(one)) for one in LANGUAGES)


def state(value: State) -> str:
    return {
        State.OPEN: _("Open"),
        State.WAITING: _("Waiting for the customer"),
        State.CLOSED: _("Closed"),
    }[value]


def role(value: Role) -> str:
    return {
        Role.AGENT: _("Agent"),
        Role.SUPERVISOR: _("Supervisor"),
        Role.ADMIN: _("Administrator"),
        Role.MARKETING: _("Marketing"),
        Role.AUDITOR: _("Auditor"),
    }[value]


def outcome(value: Outcome) -> str:
    return {
        Outcome.SOLVED: _("solved"),
        Outcome.EXPLAINED: _("explained"),
        Outcome.COMPENSATED: _("refunded or made good"),
        Outcome.PASSED_ON: _("passed on"),
        Outcome.NOT_SOLVED: _("could not be solved"),
        Outcome.NOTHING_TO_DO: _("nothing to do"),
    }[value]


def folder_role(value: str) -> str:
    return {
        FolderRole.INBOX: _("mail from customers"),
        FolderRole.SENT: _("answers that were sent"),
        FolderRole.JUNK: _("spam"),
    }[FolderRole(value)]


def mood(sentiment: str, anger: float = 0.0) -> str:
    if sentiment == "negative":
        return _("Angry") if anger >= ANGRY else _("Unhappy")
    return {"neutral": _("Neutral"), "positive": _("Happy")}.get(sentiment, "")


def origin(value: Origin) -> str:
    return {
        Origin.CUSTOMER: _("Customer"),
        Origin.AGENT: _("Agent"),
        Origin.BOT: _("Bot"),
        Origin.MARKETING: _("Marketing"),
        Origin.AUTO_REPLY: _("Automatic reply"),
        Origin.BOUNCE: _("Bounce"),
        Origin.FEEDBACK_REPORT: _("Spam report"),
        Origin.RECEIPT: _("Read receipt"),
        Origin.BULK: _("Mailing"),
        Origin.SPAM: _("Spam"),
        Origin.CHALLENGE: _("Sender check"),
        Origin.OWN: _("Ourselves"),
    }[value]


def trust(value: Trust) -> str:
    return {
        Trust.PASS: _("the sender is authentic"),
        Trust.NONE: _("nobody vouched for the sender"),
        Trust.FAIL: _("the sender may be forged"),
    }[value]


def reason(value: Reason) -> str:
    """Why a person is on truce, in a few words."""
    known = _by_care() | _by_wish()
    return known.get(value.value, value.value.replace("_", " "))


def _by_care() -> dict[str, str]:
    return {
        "open_case": _("open case"),
        "sla_breach": _("late answer"),
        "repeated_contacts": _("wrote again and again"),
        "contact_wave": _("part of a wave of complaints"),
        "negative_mood": _("angry of late"),
        "formal_claim": _("formal claim"),
        "after_closing": _("rest after a closed case"),
        "personal_contact": _("in touch with an agent"),
        "provisional": _("not looked at yet"),
        "vip": _("important customer"),
        "influencer": _("influencer"),
        "pressure_cap": _("too many mails of late"),
        "manual": _("set by an agent"),
    }


def _by_wish() -> dict[str, str]:
    return {
        "unsubscribed_all": _("unsubscribed"),
        "opt_out_heard": _("asked for no advertising"),
        "unsubscribed_topic": _("unsubscribed from a topic"),
        "spam_complaint": _("reported us as spam"),
        "objection": _("objected (GDPR)"),
        "erased": _("erased"),
        "legal_hold": _("legal hold"),
        "deceased": _("deceased"),
        "bounce_hard": _("address is dead"),
        "invalid_address": _("invalid address"),
        "bounce_soft": _("mail comes back for now"),
    }


def event(what: What) -> str:
    """What happened, as one line of the history."""
    known = {
        What.OPENED: _("Case opened"),
        What.MESSAGE_RECEIVED: _("Mail received"),
        What.ANSWERED: _("Answered"),
        What.AUTOMATIC_REPLY: _("The bot answered"),
        What.SILENCE: _("The bot stayed silent"),
        What.NOTED: _("Note added"),
        What.ASSIGNED: _("Assigned"),
        What.CLOSED: _("Closed"),
        What.REOPENED: _("Reopened"),
        What.TAGGED: _("Classified"),
        What.RETAGGED: _("Tags"),
        What.CORRECTED: _("Corrected"),
        What.MERGED: _("Merged"),
        What.SPLIT: _("Split"),
        What.UNDONE: _("Answer taken back"),
        What.BREACHED: _("The promised time passed"),
        What.QUIET: _("Quiet for long: its owner was asked about it"),
        What.BOUNCED: _("Mail came back"),
        What.RELEASED: _("Released"),
        What.SNOOZED: _("Laid aside"),
        What.WOKEN: _("Brought back"),
        What.FORWARDED: _("Passed on"),
        What.RENAMED: _("Renamed"),
        What.LINKED: _("Linked with another case"),
        What.WAITING: _("Waiting for the customer"),
        What.RESUMED: _("Clock runs again"),
        What.INFORMED: _("Told how things stand"),
        What.CALL_PROMISED: _("A call was promised"),
        What.CALLED: _("The call was made"),
        What.OWED: _("What is unanswered changed"),
        What.WARNED: _("A promise is at risk"),
        What.SENT: _("Mail left"),
        What.NOT_SENT: _("Mail did not leave"),
    }
    return known.get(what, what.value)


def subject(case: Case) -> str:
    return straight(case.subject).strip() or _("(no subject)")
