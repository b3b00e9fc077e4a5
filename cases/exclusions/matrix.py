"""Which reasons hold back which campaign class: the matrix, as a table. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cases.exclusions.reasons import RULES, Group, Reason, Severity


class CampaignClass(StrEnum):
    """What kind of mail a sender wants to send."""

    PROMOTIONAL = "promotional"
    NEWSLETTER = "newsletter"
    DRIP = "drip"
    SURVEY = "survey"
    COLLECTIONS = "collections"
    SERVICE_NOTICE = "service_notice"
    TRANSACTIONAL = "transactional"
    SAFETY_LEGAL = "safety_legal"


class Action(StrEnum):
    """What becomes of one recipient."""

    ALLOW = "allow"
    REVIEW = "review"
    EXCLUDE = "exclude"


@dataclass(frozen=True, slots=True)
class Hold:
    """An exclusion as the matrix looks at it."""

    reason: Reason
    severity: Severity
    topics: tuple[str, ...] = ()
    about: str = ""
    """First part of the case's type, such as money; empty for what is not about a case."""


# A mail of these classes waits for a fresh feed; the others go out when in doubt.
FAILS_CLOSED = frozenset(CampaignClass) - {CampaignClass.TRANSACTIONAL, CampaignClass.SAFETY_LEGAL}

_DELIVERABILITY = frozenset(r for r, rule in RULES.items() if rule.group is Group.DELIVERABILITY)
_UNREACHABLE = frozenset({Reason.BOUNCE_HARD, Reason.INVALID_ADDRESS, Reason.BOUNCE_SOFT})
_ALL = frozenset(RULES)
_GENERAL = _ALL - {Reason.PERSONAL_CONTACT}
# What was only heard in a mail never stops service mail, nor does a refusal of one topic.
_WANTS_NOTHING = frozenset(
    {
        *(Reason.UNSUBSCRIBED_ALL, Reason.SPAM_COMPLAINT, Reason.OBJECTION),
        *(Reason.ERASED, Reason.LEGAL_HOLD, Reason.DECEASED),
    }
)
_LAW = frozenset({Reason.ERASED, Reason.LEGAL_HOLD, Reason.DECEASED})

MATRIX: dict[CampaignClass, frozenset[Reason]] = {
    CampaignClass.PROMOTIONAL: _GENERAL,
    CampaignClass.NEWSLETTER: _GENERAL,
    CampaignClass.DRIP: _ALL,
    CampaignClass.SURVEY: _GENERAL - {Reason.AFTER_CLOSING},
    CampaignClass.COLLECTIONS: _LAW | _UNREACHABLE | {Reason.OPEN_CASE, Reason.FORMAL_CLAIM},
    CampaignClass.SERVICE_NOTICE: _WANTS_NOTHING | _DELIVERABILITY,
    CampaignClass.TRANSACTIONAL: _DELIVERABILITY | {Reason.ERASED},
    CampaignClass.SAFETY_LEGAL: frozenset({Reason.INVALID_ADDRESS}),
}

# A demand for money waits only where the case is about the very charge.
ABOUT_A_CHARGE = frozenset({"money", "contract", ""})


Changes = Mapping[tuple[CampaignClass, Reason], Action]
"""What an admin decided otherwise than the shipped table."""
AS_SHIPPED: Changes = {}
NOTHING_DECIDED: Mapping[str, Any] = {}
"""Pressure as it is configured: no admin decided otherwise."""

# Laws and dead addresses decide here: nobody can change what these columns say.
FIXED = frozenset({CampaignClass.TRANSACTIONAL, CampaignClass.SAFETY_LEGAL})
# An open case about a mere question is soft, and what an agent set may be.
_MAY_BE_SOFT = frozenset({Reason.OPEN_CASE, Reason.MANUAL})


def action(
    hold: Hold, campaign_class: CampaignClass, topic: str = "", changes: Changes = AS_SHIPPED
) -> Action:
    """What that exclusion means for a mail of that class."""
    shipped = _shipped(hold, campaign_class)
    chosen = changes.get((campaign_class, hold.reason), shipped)
    # What is hard was decided by the person or the law: no table can let it pass.
    does = shipped if hold.severity is Severity.HARD and shipped is Action.EXCLUDE else chosen
    return does if does is not Action.ALLOW and _concerns(hold, campaign_class, topic) else _FREE


def may_become(campaign_class: CampaignClass, reason: Reason) -> tuple[Action, ...]:
    """What an admin may make of that cell of the table; the shipped answer is the first."""
    rule = RULES[reason]
    shipped = _shipped(Hold(reason, rule.severity), campaign_class)
    locked = campaign_class in FIXED or (
        campaign_class is CampaignClass.SERVICE_NOTICE and reason is Reason.OPT_OUT_HEARD
    )
    hard = rule.severity is Severity.HARD and reason not in _MAY_BE_SOFT
    if locked or (hard and shipped is Action.EXCLUDE):
        return (shipped,)
    return (shipped, *(one for one in Action if one is not shipped))


_FREE = Action.ALLOW


def _shipped(hold: Hold, campaign_class: CampaignClass) -> Action:
    if hold.reason not in MATRIX[campaign_class] or hold.reason is Reason.VIP:
        return Action.ALLOW
    return Action.REVIEW if hold.severity is Severity.REVIEW else Action.EXCLUDE


def _concerns(hold: Hold, campaign_class: CampaignClass, topic: str) -> bool:
    # A campaign that does not name its topic may be about the very topic that was refused.
    if hold.topics and topic and topic not in hold.topics:
        return False
    if campaign_class is CampaignClass.COLLECTIONS and hold.reason is Reason.OPEN_CASE:
        return hold.about in ABOUT_A_CHARGE
    return True


def policy(changes: Changes = AS_SHIPPED, pressure: Mapping[str, Any] = NOTHING_DECIDED) -> str:
    """A digest of what was decided, so that a receipt names the policy it was made under."""
    table: dict[str, object] = {name.value: sorted(reasons) for name, reasons in MATRIX.items()}
    if changes:
        table["changes"] = {f"{one} {other}": does.value for (one, other), does in changes.items()}
    if pressure:
        table["pressure"] = pressure
    return "sha-256:" + hashlib.sha256(json.dumps(table, sort_keys=True).encode()).hexdigest()
