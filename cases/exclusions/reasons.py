"""The reasons for which marketing must wait: what starts them, what ends them, whom they hit."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Why a person is on truce."""

    OPEN_CASE = "open_case"
    SLA_BREACH = "sla_breach"


class Group(StrEnum):
    """As much of a reason as marketing may see by default scope."""

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


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: what a reason is, and which campaign classes it holds back."""

    reason: Reason
    group: Group
    holds: frozenset[CampaignClass]


_MARKETING = frozenset(
    {
        CampaignClass.PROMOTIONAL,
        CampaignClass.NEWSLETTER,
        CampaignClass.DRIP,
        CampaignClass.SURVEY,
    }
)

RULES: dict[Reason, Rule] = {
    rule.reason: rule
    for rule in (
        Rule(Reason.OPEN_CASE, Group.CARE, _MARKETING),
        Rule(Reason.SLA_BREACH, Group.CARE, _MARKETING),
    )
}


def holds(reason: Reason, campaign_class: CampaignClass) -> bool:
    """Whether the reason holds back mail of that class."""
    return campaign_class in RULES[reason].holds
