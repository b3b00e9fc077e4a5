"""What a gate says of itself to its sender, and on what terms its receipts are signed."""

from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases import clock
from cases.capacity.load_now import Asked, for_gate
from cases.db import reading
from cases.exclusions.gates import Campaign, Gate, GatePart, Going
from cases.exclusions.matrix import FAILS_CLOSED
from cases.exclusions.receipts import Receipt
from cases.exclusions.terms import Terms, matching
from inbox.api.seeing import say
from inbox.freshness import Lag, freshness
from inbox.tokens import Scope, Token

RETRY_AFTER = 60


def terms_for(token: Token, gate_id: str) -> Terms:
    """What this sender's receipts say; a feed that is behind lets no marketing go."""
    with reading() as session:
        gate = session.get_one(Gate, gate_id)
        campaign = session.get_one(Campaign, gate.campaign_id)
        closes = campaign.campaign_class in FAILS_CLOSED and not gate.overridden
        waits = closes and is_behind(session, token, clock.now())
        asked = Asked(_expected(session, gate, campaign), campaign.campaign_class)
        load = for_gate(session, asked, clock.now())
        overridden = gate.overridden
    groups = token.may(Scope.FEED_GROUPS) or token.may(Scope.FEED_REASONS)
    return Terms(
        issuer=request.url_root.rstrip("/"),
        audience=f"sender:{token.prefix}",
        groups=groups,
        refusal=Going.NO_GO if waits else load.refusal if load is not None else None,
        overridden=overridden,
        load=load.as_claims() if load is not None else {},
        conditions=load.as_conditions() if load is not None else {},
    )


def is_behind(session: Session, token: Token, now: datetime) -> bool:
    """Whether the feed cannot be believed, as far as it concerns the brand of that sender."""
    return freshness(session, now).for_mailboxes(token.mailboxes).lag is not Lag.NONE


def _expected(session: Session, gate: Gate, campaign: Campaign) -> int:
    """How many mails it will be, as far as that is known before the audience is sealed."""
    parts = select(func.sum(GatePart.count)).where(GatePart.gate_id == gate.id)
    return gate.allowed_n or session.scalar(parts) or campaign.expected


def tell(token: Token, gate_id: str) -> dict[str, Any]:
    """The gate as its sender sees it."""
    with reading() as session:
        gate = session.get_one(Gate, gate_id)
        told = _tell(session, gate)
    groups = token.may(Scope.FEED_GROUPS) or token.may(Scope.FEED_REASONS)
    if groups and gate.decision is not None:
        told["excluded"]["by_group"] = gate.excluded
    if gate.decision is Going.NO_GO:
        told["retry_after"] = RETRY_AFTER
    return told


def _tell(session: Session, gate: Gate) -> dict[str, Any]:
    receipt = session.get(Receipt, gate.jti) if gate.jti else None
    at = f"/v1/gates/{gate.id}"
    return {
        "id": gate.id,
        "status": gate.status.value,
        "decision": gate.decision.value if gate.decision else None,
        "feed": {"epoch": gate.epoch, "seq": gate.seq},
        "audience": {"n": gate.audience_n, "digest": gate.audience_digest},
        "allowed": {"n": gate.allowed_n, "digest": gate.allowed_digest},
        "late": {"n": gate.late_n, "digest": gate.late_digest},
        "excluded": {"n": sum(gate.excluded.values())},
        "too_much": gate.too_much,
        "matching": matching(gate).value,
        "lease_until": say(gate.lease_until),
        "receipt": receipt.text if receipt is not None else None,
        "links": {
            "parts": f"{at}/parts/0",
            "allowed": f"{at}/allowed",
            "excluded": f"{at}/excluded",
            "refresh": f"{at}/refresh",
            "commit": f"{at}/commit",
        },
    }
