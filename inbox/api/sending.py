"""While a campaign is sent: the late check, and the report of what was sent."""

import logging

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from cases import audit, clock
from cases.contact import Kind
from cases.db import reading, transaction
from cases.exclusions import gating
from cases.exclusions.audience import Held
from cases.exclusions.gates import Campaign, Gate, Status
from cases.exclusions.gating import Late, NotSealed, NotWhatWasSent, OtherEpoch
from inbox.api import hooks, lists
from inbox.api.contract import asker, body, contract, needs
from inbox.api.gates import differs, excluded_names, excluded_rows, own
from inbox.api.problems import N_, Problem
from inbox.api.telling import tell, terms_for
from inbox.tokens import Scope
from inbox.webhook import Happening

log = logging.getLogger(__name__)
pages: Blueprint = contract("sending")
INLINE = 10_000
LARGEST = 64 * 2**20
OFFENDERS_TOLD = 1000


class Sent(BaseModel):
    """What was sent: a list, or the number and digest of all that were allowed."""

    model_config = ConfigDict(extra="forbid")

    addresses: list[str] | None = Field(default=None, max_length=INLINE)
    sent: int = Field(default=0, ge=0)
    digest: str = Field(default="", max_length=80)


@pages.post("/gates/<gate_id>/refresh")
@needs(Scope.GATE)
def refresh(gate_id: str) -> ResponseReturnValue:
    """Who of this audience became held since the last answer; the lease begins anew.

    With `all` everybody who did since it was sealed: nobody is lost with an answer that was lost.
    """
    token = asker()
    with reading() as session:
        own(session, token, gate_id)
    try:
        late = gating.refresh(gate_id, terms_for(token, gate_id))
    except NotSealed as wrong:
        raise not_sealed() from wrong
    except OtherEpoch as wrong:
        raise Problem(
            410, "receipt-expired", N_("The feed began anew. Open a new gate for this audience.")
        ) from wrong
    told = tell(token, gate_id)
    told["excluded_now"] = [
        dict(zip(excluded_names(token), row, strict=True))
        for row in excluded_rows(token, _named(late))
    ]
    told["released"] = list(late.released) if request.args.get("released") else []
    return told


def _named(late: Late) -> Held:
    return late.since_sealed if request.args.get("all") else late.held


def not_sealed() -> Problem:
    return Problem(409, "not-sealed", N_("The gate is not sealed, or was committed before."))


@pages.post("/gates/<gate_id>/commit")
@needs(Scope.GATE)
def commit(gate_id: str) -> ResponseReturnValue:
    """What was sent: honoured, or unasked with the addresses that should not have got it."""
    request.max_content_length = LARGEST
    token = asker()
    with reading() as session:
        kind = own(session, token, gate_id).kind
    sent, said = _read(kind)
    try:
        gate = gating.report(gate_id, sent=sent, n=said.sent, digest=said.digest)
    except NotSealed as wrong:
        raise not_sealed() from wrong
    except NotWhatWasSent as wrong:
        raise differs() from wrong
    _touch(gate, sent)
    _report(gate)
    told = tell(token, gate_id)
    if gate.status is Status.UNASKED:
        told["offenders"] = gate.offenders[:OFFENDERS_TOLD]
        told["offenders_n"] = len(gate.offenders)
    return told


def _report(gate: Gate) -> None:
    """Mail to people who were held back is told to who must know."""
    if gate.status is not Status.UNASKED:
        return
    log.warning("gate %s: %s were written to unasked", gate.id, len(gate.offenders))
    with transaction() as session:
        said = {"gate": gate.id, "offenders_n": len(gate.offenders)}
        audit.note(session, by=asker().name, what="gate.unasked", about=gate.id,
                   people=len(gate.offenders))  # fmt: skip
        hooks.announce(session, Happening.UNASKED, said, at=clock.now(), token_id=gate.token_id)


def _read(kind: Kind) -> tuple[list[str] | None, Sent]:
    if request.mimetype == "application/json":
        said = Sent.model_validate(body())
        named = said.addresses
        return (lists.normalise(kind, named).values if named is not None else None), said
    return lists.read(kind).values, Sent()


def _touch(gate: Gate, sent: list[str] | None) -> None:
    with reading() as session:
        campaign = session.get_one(Campaign, gate.campaign_id)
        reached = sent if sent is not None else gating.allowed(session, gate.id)
        session.expunge(campaign)
    gating.note_sent(gate, campaign, reached)
