"""Webhooks of a program: made, listed, ended, and their messages sent again."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import clock, signing
from cases.db import reading, transaction
from cases.exclusions import feed
from inbox.api import problems
from inbox.api.contract import asker, body, contract, needs
from inbox.api.posting import NotReachable, goal_of
from inbox.api.problems import N_, Problem
from inbox.api.seeing import say
from inbox.tokens import Scope
from inbox.webhook import Happening, Telling, Webhook

pages: Blueprint = contract("webhooks")
SHOWN = 100


class Wanted(BaseModel):
    """Where to tell what."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(max_length=2000)
    events: list[Happening] = Field(min_length=1, max_length=20)


@pages.post("/webhooks")
@needs(Scope.WEBHOOKS)
def create() -> ResponseReturnValue:
    """A new webhook; its secret is shown once."""
    wanted = Wanted.model_validate(body())
    if Happening.LOAD_CHANGED in wanted.events and not asker().may(Scope.LOAD_READ):
        raise problems.not_allowed()
    try:
        goal_of(wanted.url)
    except NotReachable as wrong:
        raise Problem(
            422, "webhook-not-reachable", N_("A webhook needs https and a public address.")
        ) from wrong
    secret = signing.new_hook_secret()
    with transaction() as session:
        head = feed.lock(session)
        hook = Webhook(
            token_id=asker().id,
            url=wanted.url,
            events=[event.value for event in wanted.events],
            sealed=signing.seal(secret, row=f"webhook:{wanted.url}"),
            epoch=head.epoch,
            seq=head.seq,
            created_at=clock.now(),
        )
        session.add(hook)
        session.flush()
        return {**_tell(hook), "secret": secret}, 201


@pages.get("/webhooks")
@needs(Scope.WEBHOOKS)
def show() -> ResponseReturnValue:
    """The webhooks of this token."""
    with reading() as session:
        hooks = session.scalars(select(Webhook).where(Webhook.token_id == asker().id))
        return {"items": [_tell(hook) for hook in hooks]}


def _tell(hook: Webhook) -> dict[str, Any]:
    return {
        "id": hook.id,
        "url": hook.url,
        "events": hook.events,
        "created_at": say(hook.created_at),
        "disabled_at": say(hook.disabled_at),
    }


def _own(session: Session, webhook_id: int) -> Webhook:
    hook = session.get(Webhook, webhook_id)
    if hook is None or hook.token_id != asker().id:
        raise problems.not_found()
    return hook


@pages.delete("/webhooks/<int:webhook_id>")
@needs(Scope.WEBHOOKS)
def end(webhook_id: int) -> ResponseReturnValue:
    """It is told nothing more."""
    with transaction() as session:
        _own(session, webhook_id).disabled_at = clock.now()
    return "", 204


@pages.get("/webhooks/<int:webhook_id>/deliveries")
@needs(Scope.WEBHOOKS)
def deliveries(webhook_id: int) -> ResponseReturnValue:
    """What it was told lately, and whether it was taken."""
    with reading() as session:
        _own(session, webhook_id)
        rows = session.scalars(
            select(Telling)
            .where(Telling.webhook_id == webhook_id)
            .order_by(Telling.id.desc())
            .limit(SHOWN)
        )
        return {"items": [_delivery(row) for row in rows]}


def _delivery(row: Telling) -> dict[str, Any]:
    return {
        "id": row.id,
        "event": row.event,
        "created_at": say(row.created_at),
        "attempts": row.attempts,
        "status": row.status,
        "error": row.error,
        "done_at": say(row.done_at),
    }


@pages.post("/webhooks/<int:webhook_id>/deliveries/<int:telling_id>/again")
@needs(Scope.WEBHOOKS)
def again(webhook_id: int, telling_id: int) -> ResponseReturnValue:
    """Send that message once more."""
    with transaction() as session:
        _own(session, webhook_id)
        row = session.get(Telling, telling_id)
        if row is None or row.webhook_id != webhook_id:
            raise problems.not_found()
        row.done_at, row.attempts, row.due_at = None, 0, clock.now()
        session.flush()
        return _delivery(row), 202
