"""POST /v1/touches: what marketing sent, and what became of it."""

from datetime import datetime
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from cases import clock
from cases.contact import Kind
from cases.db import transaction
from cases.exclusions import touches
from cases.exclusions.matrix import CampaignClass
from cases.pressure import WEIGHTS
from inbox.api.contract import asker, body, contract, needs
from inbox.api.instants import Instant
from inbox.api.naming import an_address
from inbox.api.problems import Problem
from inbox.tokens import Scope

pages: Blueprint = contract("touches")
MOST = 10_000
LARGEST = 16 * 2**20
AT_ONCE = 1000


class Sent(BaseModel):
    """One mail to one person. Later events of the same id add opens, clicks and answers."""

    model_config = ConfigDict(extra="forbid")

    event_id: str = Field(min_length=1, max_length=200)
    address: str = Field(max_length=1000)
    campaign: str = Field(default="", max_length=200)
    campaign_class: CampaignClass = CampaignClass.PROMOTIONAL
    topic: str = Field(default="", max_length=100)
    weight: float | None = Field(default=None, ge=0, le=10)
    subject: str = Field(default="", max_length=500)
    message_id: str = Field(default="", max_length=1000)
    preview: str = Field(default="", max_length=2000)
    sent_at: Instant
    opened_at: Instant | None = None
    clicked: list[str] = Field(default=[], max_length=50)
    answered_at: Instant | None = None


class Several(BaseModel):
    """What was sent lately."""

    model_config = ConfigDict(extra="forbid")

    items: list[Sent] = Field(max_length=MOST)


@pages.post("/touches")
@needs(Scope.TOUCHES_WRITE)
def write() -> ResponseReturnValue:
    """Idempotent by (token, event_id)."""
    request.max_content_length = LARGEST
    several = Several.model_validate(body())
    source, now = f"api:{asker().prefix}", clock.now()
    rows = [row for one in several.items if (row := _row(one, source, now)) is not None]
    fresh = 0
    for n in range(0, len(rows), AT_ONCE):
        with transaction() as session:
            fresh += touches.record(session, rows[n : n + AT_ONCE])
    return {"new": fresh, "known": len(rows) - fresh, "invalid": len(several.items) - len(rows)}


def _row(one: Sent, source: str, now: datetime) -> dict[str, Any] | None:
    try:
        value = an_address(one.address)
    except Problem:
        return None
    weight = WEIGHTS[one.campaign_class] if one.weight is None else one.weight
    said = one.model_dump(exclude={"address", "weight"})
    # As mailboxes know it, where the same mail may have been seen.
    said["message_id"] = one.message_id.strip().removeprefix("<").removesuffix(">")
    # A sender's clock that runs ahead must not press on people before the mail was sent.
    sent_at = min(one.sent_at, now)
    for name in ("opened_at", "answered_at"):
        said[name] = min(said[name], now) if said[name] is not None else None
    known = {"kind": Kind.ADDRESS, "value": value, "source": source, "weight": weight}
    return {**said, **known, "sent_at": sent_at, "campaign_class": one.campaign_class.value}
