"""The reasons for which marketing must wait, as a table: group, severity, and who may lift them."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a person is on truce."""

    UNSUBSCRIBED_ALL = "unsubscribed_all"
    OPT_OUT_HEARD = "opt_out_heard"
    UNSUBSCRIBED_TOPIC = "unsubscribed_topic"
    SPAM_COMPLAINT = "spam_complaint"
    OBJECTION = "objection"
    ERASED = "erased"
    LEGAL_HOLD = "legal_hold"
    DECEASED = "deceased"
    BOUNCE_HARD = "bounce_hard"
    INVALID_ADDRESS = "invalid_address"
    BOUNCE_SOFT = "bounce_soft"
    OPEN_CASE = "open_case"
    SLA_BREACH = "sla_breach"
    REPEATED_CONTACTS = "repeated_contacts"
    CONTACT_WAVE = "contact_wave"
    NEGATIVE_MOOD = "negative_mood"
    FORMAL_CLAIM = "formal_claim"
    AFTER_CLOSING = "after_closing"
    PERSONAL_CONTACT = "personal_contact"
    PROVISIONAL = "provisional"
    VIP = "vip"
    INFLUENCER = "influencer"
    PRESSURE_CAP = "pressure_cap"
    MANUAL = "manual"


class Group(StrEnum):
    """As much of a reason as a token may see that has the scope for groups."""

    CONSENT = "consent"
    DELIVERABILITY = "deliverability"
    CARE = "care"
    PRESSURE = "pressure"
    APPROVAL = "approval"


class Severity(StrEnum):
    """Whether a campaign class may be exempt."""

    HARD = "hard"
    SOFT = "soft"
    REVIEW = "review"


class Lifter(StrEnum):
    """Who may lift an exclusion before its time; a supervisor may what an agent may."""

    NOBODY = "nobody"
    AGENT = "agent"
    OWNER = "owner"
    """Who has the case, or wrote the exclusion."""
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table."""

    reason: Reason
    group: Group
    severity: Severity
    lifter: Lifter
    sticky: bool = False
    """Stays until a person or its end date lifts it, although its cause is no longer seen."""
    derived: bool = False
    """Follows from the state of cases and contacts; the others are set by people and programs."""


_CONSENT, _CARE, _DELIVERY = Group.CONSENT, Group.CARE, Group.DELIVERABILITY
_HARD, _SOFT = Severity.HARD, Severity.SOFT

RULES: dict[Reason, Rule] = {
    rule.reason: rule
    for rule in (
        # What the person wants, and what the law says.
        Rule(Reason.UNSUBSCRIBED_ALL, _CONSENT, _HARD, Lifter.AGENT),
        Rule(Reason.OPT_OUT_HEARD, _CONSENT, _HARD, Lifter.AGENT, sticky=True, derived=True),
        Rule(Reason.UNSUBSCRIBED_TOPIC, _CONSENT, _HARD, Lifter.AGENT),
        Rule(Reason.SPAM_COMPLAINT, _CONSENT, _HARD, Lifter.ADMIN),
        Rule(Reason.OBJECTION, _CONSENT, _HARD, Lifter.ADMIN),
        Rule(Reason.ERASED, _CONSENT, _HARD, Lifter.ADMIN),
        Rule(Reason.LEGAL_HOLD, _CONSENT, _HARD, Lifter.ADMIN),
        Rule(Reason.DECEASED, _CONSENT, _HARD, Lifter.ADMIN),
        # What the mail system says.
        Rule(Reason.BOUNCE_HARD, _DELIVERY, _HARD, Lifter.NOBODY, derived=True),
        Rule(Reason.INVALID_ADDRESS, _DELIVERY, _HARD, Lifter.NOBODY),
        Rule(Reason.BOUNCE_SOFT, _DELIVERY, _SOFT, Lifter.AGENT),
        # What the state of our talks with the person asks for.
        Rule(Reason.OPEN_CASE, _CARE, _HARD, Lifter.OWNER, derived=True),
        Rule(Reason.SLA_BREACH, _CARE, _HARD, Lifter.SUPERVISOR, derived=True),
        Rule(Reason.REPEATED_CONTACTS, _CARE, _HARD, Lifter.SUPERVISOR, derived=True),
        Rule(Reason.CONTACT_WAVE, _CARE, _SOFT, Lifter.SUPERVISOR),
        Rule(Reason.NEGATIVE_MOOD, _CARE, _SOFT, Lifter.AGENT, derived=True),
        Rule(Reason.FORMAL_CLAIM, _CARE, _HARD, Lifter.SUPERVISOR, derived=True),
        Rule(Reason.AFTER_CLOSING, _CARE, _SOFT, Lifter.SUPERVISOR, derived=True),
        Rule(Reason.PERSONAL_CONTACT, _CARE, _SOFT, Lifter.AGENT, derived=True),
        Rule(Reason.PROVISIONAL, _CARE, _SOFT, Lifter.AGENT, derived=True),
        # What the shop wants looked at, and how much mail is enough.
        Rule(Reason.VIP, Group.APPROVAL, Severity.REVIEW, Lifter.SUPERVISOR),
        Rule(Reason.INFLUENCER, Group.APPROVAL, Severity.REVIEW, Lifter.SUPERVISOR),
        Rule(Reason.PRESSURE_CAP, Group.PRESSURE, _SOFT, Lifter.NOBODY),
        Rule(Reason.MANUAL, _CARE, _HARD, Lifter.OWNER),
    )
}
