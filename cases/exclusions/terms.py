"""What a receipt says: the claims, and the terms that the sender's contract adds to them. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cases.contact import Kind
from cases.exclusions.gates import Campaign, Gate, Going
from cases.exclusions.rows import TEST
from cases.exclusions.spellings import Match


@dataclass(frozen=True, slots=True)
class Terms:
    """What a receipt says beside the audience."""

    issuer: str
    audience: str
    groups: bool = False
    """Whether the sender may see for what group of reasons people are held."""
    refusal: Going | None = None
    """No-go or waves for reasons outside the audience, such as a feed that is behind."""
    load: dict[str, Any] = field(default_factory=dict)
    conditions: dict[str, Any] = field(default_factory=dict)
    """How fast and from when on it may be sent, where the load says so."""
    overridden: dict[str, Any] = field(default_factory=dict)
    """Who answers for sending although the feed was behind, and why."""


def matching(gate: Gate) -> Match:
    """When two identifiers were taken for one; but for addresses there is only one spelling."""
    return gate.match if gate.kind is Kind.ADDRESS else Match.EXACT


def claims(
    gate: Gate, campaign: Campaign, now: datetime, terms: Terms, policy: str
) -> dict[str, Any]:
    """The claims of the receipt for that gate as it stands, under the policy of that digest."""
    answered_for = {"overridden": terms.overridden} if terms.overridden else {}
    invented = {"test": True} if gate.epoch.startswith(TEST) else {}
    return {
        **invented,
        **answered_for,
        "iss": terms.issuer,
        "jti": gate.jti,
        "iat": int(now.timestamp()),
        "exp": int(now.timestamp()) + gate.lease_s,
        "aud": terms.audience,
        "campaign": {
            "id": campaign.external_id,
            "campaign_class": campaign.campaign_class.value,
            "topic": campaign.topic,
            "weight": campaign.weight,
        },
        "feed": {"epoch": gate.epoch, "seq": gate.seq},
        "policy": policy,
        "matching": matching(gate).value,
        "audience": {"n": gate.audience_n, "digest": gate.audience_digest},
        "allowed": {"n": gate.allowed_n, "digest": gate.allowed_digest},
        "late": {"n": gate.late_n, "digest": gate.late_digest},
        "excluded": gate.excluded if terms.groups else {"all": sum(gate.excluded.values())},
        "decision": (gate.decision or Going.NO_GO).value,
        "load": terms.load,
        "conditions": {"late_check": "required", **terms.conditions},
    }
