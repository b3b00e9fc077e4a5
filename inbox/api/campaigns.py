"""Campaigns: what a sender means to send. Idempotent by the sender's own id."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import clock
from cases.db import transaction
from cases.exclusions.asking import Question
from cases.exclusions.gates import Campaign
from cases.exclusions.matrix import CampaignClass
from cases.pressure import WEIGHTS
from inbox.api import problems
from inbox.api.contract import asker, body, contract, needs
from inbox.api.instants import Instant
from inbox.api.seeing import say, view_of
from inbox.tokens import Scope, Token

pages: Blueprint = contract("campaigns")
NAME = r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$"
"""An id of a campaign stands in URLs, so it cannot be an address."""


class Described(BaseModel):
    """A mailing."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(default="", max_length=200)
    sender: str = Field(default="", max_length=200)
    campaign_class: CampaignClass = CampaignClass.PROMOTIONAL
    topic: str = Field(default="", max_length=100)
    weight: float | None = Field(default=None, ge=0, le=10)
    expected: int = Field(default=0, ge=0, le=10**9)
    scheduled_at: Instant | None = None


class New(Described):
    """A mailing and its id."""

    id: str = Field(pattern=NAME)


@pages.post("/campaigns")
@needs(Scope.GATE)
def create() -> ResponseReturnValue:
    """Tell of a mailing."""
    new = New.model_validate(body())
    return _keep(new.id, new), 201


@pages.put("/campaigns/<name>")
@needs(Scope.GATE)
def put(name: str) -> ResponseReturnValue:
    """Tell of a mailing, or change it."""
    said = body()
    new = New.model_validate({**said, "id": name} if isinstance(said, dict) else said)
    return _keep(name, new)


def _keep(external_id: str, described: Described) -> dict[str, Any]:
    token = asker()
    view_of(token, Question(described.campaign_class, described.topic))
    with transaction() as session:
        campaign = find(session, token, external_id)
        if campaign is None:
            campaign = Campaign(token_id=token.id, external_id=external_id, created_at=clock.now())
            session.add(campaign)
        for name in ("name", "sender", "campaign_class", "topic", "expected", "scheduled_at"):
            setattr(campaign, name, getattr(described, name))
        weight = described.weight
        campaign.weight = WEIGHTS[described.campaign_class] if weight is None else weight
        session.flush()
        return _tell(campaign)


def find(session: Session, token: Token, external_id: str) -> Campaign | None:
    """The campaign of that sender with that id."""
    return session.scalars(
        select(Campaign).where(Campaign.token_id == token.id, Campaign.external_id == external_id)
    ).one_or_none()


def found(session: Session, token: Token, external_id: str) -> Campaign:
    """The same; raises Problem where there is none."""
    campaign = find(session, token, external_id)
    if campaign is None:
        raise problems.not_found()
    return campaign


def _tell(campaign: Campaign) -> dict[str, Any]:
    return {
        "id": campaign.external_id,
        "name": campaign.name,
        "sender": campaign.sender,
        "campaign_class": campaign.campaign_class.value,
        "topic": campaign.topic,
        "weight": campaign.weight,
        "expected": campaign.expected,
        "scheduled_at": say(campaign.scheduled_at),
        "gates": f"/v1/campaigns/{campaign.external_id}/gates",
    }
