"""POST /v1/suppressions: what senders know first: bounces, complaints, unsubscriptions."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import clock
from cases.contact import Contact, Identifier, Kind, introduce
from cases.db import FILING, transaction
from cases.exclusions import learnt as events
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import Exclusion
from cases.exclusions.verbs import Set, exclude, withdraw
from inbox.api.contract import asker, body, contract, needs
from inbox.api.instants import Instant
from inbox.api.naming import an_address
from inbox.api.problems import Problem
from inbox.tokens import Scope

pages: Blueprint = contract("suppressions")
MOST = 10_000
LARGEST = 8 * 2**20
AT_ONCE = 500


class What(StrEnum):
    """What a sender has learnt of somebody."""

    UNSUBSCRIBE = "unsubscribe"
    RESUBSCRIBE = "resubscribe"
    """Takes back what the same sender said, and nothing else."""
    COMPLAINT = "complaint"
    BOUNCE_HARD = "bounce_hard"
    BOUNCE_SOFT = "bounce_soft"
    """It came back for now: the third within a week lets the address rest for one."""
    INVALID = "invalid_address"


class Learnt(BaseModel):
    """One thing a sender has learnt; `event_id` tells it when it comes again."""

    model_config = ConfigDict(extra="forbid")

    event_id: str = Field(min_length=1, max_length=200)
    address: str = Field(max_length=1000)
    what: What
    topic: str = Field(default="", max_length=100)
    at: Instant | None = None


class Several(BaseModel):
    """What a sender has learnt lately."""

    model_config = ConfigDict(extra="forbid")

    items: list[Learnt] = Field(max_length=MOST)


@pages.post("/suppressions")
@needs(Scope.SUPPRESSIONS_WRITE)
def suppressions() -> ResponseReturnValue:
    """Idempotent by (token, event_id): the same sent again changes nothing."""
    request.max_content_length = LARGEST
    several = Several.model_validate(body())
    source = f"api:{asker().prefix}"
    counts = {"new": 0, "known": 0, "invalid": 0}
    for n in range(0, len(several.items), AT_ONCE):
        with transaction(lock=FILING) as session:
            for fate in _take_all(session, several.items[n : n + AT_ONCE], source):
                counts[fate] += 1
    return counts


def _take_all(session: Session, some: Sequence[Learnt], source: str) -> Iterator[str]:
    known = events.known(session, source, [one.event_id for one in some])
    for one in some:
        fate = "known" if one.event_id in known else _take(session, one, source)
        if fate == "new":
            known.add(one.event_id)
        yield fate


def _take(session: Session, learnt: Learnt, source: str) -> str:
    try:
        address = an_address(learnt.address)
    except Problem:
        return "invalid"
    evidence = f"{source}:{learnt.event_id}"
    seen = select(Exclusion.id).where(Exclusion.origin == source, Exclusion.evidence == evidence)
    if session.scalar(seen.limit(1)) is not None:
        return "known"
    identifier, now = _identifier(session, address), clock.now()
    said = {"identifier_id": identifier.id, "what": learnt.what.value}
    at = min(learnt.at or now, now)
    if not events.note(session, source=source, event_id=learnt.event_id, at=at, **said):
        return "known"
    _apply(session, identifier, learnt, source, evidence)
    session.flush()
    return "new"


def _identifier(session: Session, address: str) -> Identifier:
    wanted = select(Identifier).where(Identifier.kind == Kind.ADDRESS, Identifier.value == address)
    found = session.scalars(wanted).one_or_none()
    if found is not None:
        return found
    # Their refusal counts although they never wrote to us.
    contact: Contact = introduce(session, address, name="", at=clock.now())
    session.flush()
    return contact.identifiers[0]


def _apply(session: Session, one: Identifier, learnt: Learnt, source: str, evidence: str) -> None:
    now = clock.now()
    if learnt.what is What.BOUNCE_HARD:
        one.bounced_at = one.bounced_at or min(learnt.at or now, now)
        return
    if learnt.what is What.RESUBSCRIBE:
        # What is told late takes nothing back that the person said after it.
        if learnt.at and events.refused_since(session, source, one.id, learnt.at):
            return
        consent = (Reason.UNSUBSCRIBED_ALL, Reason.UNSUBSCRIBED_TOPIC)
        withdraw(session, one.contact_id, consent, by=source, at=now)
        return
    if learnt.what is What.BOUNCE_SOFT:
        events.rest(session, one, by=source, evidence=evidence, at=now)
        return
    exclude(session, one.contact_id, _wish(one, learnt, evidence), by=source, at=now)


def _wish(one: Identifier, learnt: Learnt, evidence: str) -> Set:
    said: dict[str, Any] = {"evidence": evidence}
    if learnt.what is What.UNSUBSCRIBE and learnt.topic:
        return Set(Reason.UNSUBSCRIBED_TOPIC, topics=(learnt.topic,), **said)
    if learnt.what is What.UNSUBSCRIBE:
        return Set(Reason.UNSUBSCRIBED_ALL, **said)
    if learnt.what is What.COMPLAINT:
        return Set(Reason.SPAM_COMPLAINT, **said)
    return Set(Reason.INVALID_ADDRESS, identifier_id=one.id, **said)
