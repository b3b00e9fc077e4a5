"""Gates: a sender brings an audience, and takes away who may be written to, and a receipt."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cases import audit, clock
from cases.contact import Kind
from cases.db import reading, transaction
from cases.exclusions import audience, gating, receipts
from cases.exclusions.gates import Gate, GatePart, Going, Status
from cases.exclusions.gating import NotOpen, OtherAudience
from cases.exclusions.spellings import Match
from inbox.api import lists, problems
from inbox.api.campaigns import found as campaign_found
from inbox.api.contract import asker, contract, maybe_body, needs
from inbox.api.problems import N_, Problem
from inbox.api.telling import is_behind, tell, terms_for
from inbox.tokens import Scope, Token

pages: Blueprint = contract("gates")
INLINE = 10_000
LARGEST_PART = 16 * 2**20
MOST_PARTS = 2000
LARGEST_AUDIENCE = 5_000_000
EXPORT_S = int(timedelta(hours=24).total_seconds())


class Override(BaseModel):
    """Somebody answers for sending although the feed is behind; it is written down."""

    model_config = ConfigDict(extra="forbid")

    why: str = Field(min_length=1, max_length=500, pattern=r"\S")
    who: str = Field(min_length=1, max_length=200, pattern=r"\S")


class Asked(BaseModel):
    """A gate to open; with addresses it is sealed at once."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind = Kind.ADDRESS
    addresses: list[str] | None = Field(default=None, max_length=INLINE)
    match: Match = Match.EXACT
    lease_s: int = Field(default=900, ge=60, le=3600)
    export: bool = False
    """The list is carried into another tool: the lease is a day, and a late check is due."""
    override: Override | None = None


class Sealing(BaseModel):
    """What the sender thinks it has sent: a check against lost parts."""

    model_config = ConfigDict(extra="forbid")

    count: int | None = Field(default=None, ge=0)
    digest: str | None = Field(default=None, max_length=80)
    override: Override | None = None


@pages.post("/campaigns/<name>/gates")
@needs(Scope.GATE)
def open_gate(name: str) -> ResponseReturnValue:
    """Open a gate; the same Idempotency-Key gives the same gate."""
    request.max_content_length = 2 * 2**20
    asked = Asked.model_validate(maybe_body())
    key = request.headers.get("Idempotency-Key", "")[:200] or None
    token = asker()
    gate_id, again = _open(token, name, asked, key)
    if asked.addresses is None:
        return tell(token, gate_id), 200 if again else 201
    taken = lists.normalise(asked.kind, asked.addresses)
    if again and not _waits_for(gate_id, taken.values):
        return tell(token, gate_id), 200
    _keep_part(gate_id, 0, taken.values)
    _seal(token, gate_id, asked.override)
    return {**tell(token, gate_id), "invalid": taken.invalid}, 201


def _waits_for(gate_id: str, values: list[str]) -> bool:
    """Whether whoever opened it died before it was sealed; raises Problem if it is for others."""
    with reading() as session:
        gate = session.get_one(Gate, gate_id)
        is_open = gate.status is Status.OPEN
        everybody = audience.whole(session, gate_id) if is_open else []
    known = receipts.digest_of_sorted(everybody) if is_open else gate.audience_digest
    is_free = is_open and not everybody
    if not is_free and known != receipts.digest_of_sorted(sorted({*values})):
        raise used_before()
    return is_open


def used_before() -> Problem:
    return Problem(
        422, "key-used", N_("This Idempotency-Key was used for something else. Take a new one.")
    )


def _open(token: Token, name: str, asked: Asked, key: str | None) -> tuple[str, bool]:
    try:
        with transaction() as session:
            campaign_id = campaign_found(session, token, name).id
            before = _before(session, token, key, campaign_id)
            if before is not None:
                return before, True
            gate = Gate(
                id=secrets.token_hex(12),
                token_id=token.id,
                campaign_id=campaign_id,
                idempotency_key=key,
                kind=asked.kind,
                match=asked.match,
                lease_s=EXPORT_S if asked.export else asked.lease_s,
                created_at=clock.now(),
            )
            session.add(gate)
            return gate.id, False
    except IntegrityError as twice:
        # Another request with the same key was first: its gate is this one's too.
        with reading() as session:
            campaign_id = campaign_found(session, token, name).id
            before = _before(session, token, key, campaign_id)
        if before is None:
            raise twice
        return before, True


def _before(session: Session, token: Token, key: str | None, campaign_id: int) -> str | None:
    if key is None:
        return None
    same = select(Gate).where(Gate.token_id == token.id, Gate.idempotency_key == key)
    gate = session.scalar(same)
    if gate is not None and gate.campaign_id != campaign_id:
        raise used_before()
    return gate.id if gate is not None else None


def own(session: Session, token: Token, gate_id: str) -> Gate:
    """The gate, if that sender opened it; raises Problem."""
    gate = session.get(Gate, gate_id)
    if gate is None or gate.token_id != token.id:
        raise problems.not_found()
    return gate


@pages.put("/gates/<gate_id>/parts/<int:n>")
@needs(Scope.GATE)
def put_part(gate_id: str, n: int) -> ResponseReturnValue:
    """A part of the audience; sent again under the same number it replaces the one before."""
    request.max_content_length = LARGEST_PART
    if n >= MOST_PARTS:
        raise problems.not_found()
    with reading() as session:
        gate = own(session, asker(), gate_id)
        kind, status = gate.kind, gate.status
    if status is not Status.OPEN:
        raise sealed_before()
    taken = lists.read(kind)
    count = _keep_part(gate_id, n, taken.values)
    return {"part": n, "count": count, "invalid": taken.invalid, "invalid_n": taken.invalid_n}


def sealed_before() -> Problem:
    return Problem(409, "sealed", N_("The gate was sealed before."))


def _keep_part(gate_id: str, n: int, values: list[str]) -> int:
    part = audience.pack(values)
    with transaction() as session:
        gate = session.get_one(Gate, gate_id, with_for_update=True)
        if gate.status is not Status.OPEN:
            raise sealed_before()
        before = session.get(GatePart, (gate_id, n))
        if before is not None:
            session.delete(before)
            session.flush()
        total = session.scalar(select(func.sum(GatePart.count)).where(GatePart.gate_id == gate_id))
        if (total or 0) + part.count > LARGEST_AUDIENCE:
            raise Problem(413, "too-many", N_("An audience has five million people at most."))
        audience.put(session, gate_id, n, part)
    return part.count


@pages.post("/gates/<gate_id>/seal")
@needs(Scope.GATE)
def seal(gate_id: str) -> ResponseReturnValue:
    """All parts are there: ask about everybody at one seq, and sign."""
    sealing = Sealing.model_validate(maybe_body())
    token = asker()
    with reading() as session:
        own(session, token, gate_id)
        counted = sealing.digest is not None or sealing.count is not None
        everybody = audience.whole(session, gate_id) if counted else []
    if sealing.count is not None and sealing.count != len(everybody):
        raise differs()
    if sealing.digest is not None and sealing.digest != receipts.digest_of_sorted(everybody):
        raise differs()
    del everybody
    _seal(token, gate_id, sealing.override)
    return tell(token, gate_id), 201


def _seal(token: Token, gate_id: str, said: Override | None) -> None:
    _answer_for(token, gate_id, said)
    try:
        gating.seal(gate_id, terms_for(token, gate_id))
    except NotOpen as wrong:
        raise sealed_before() from wrong
    except OtherAudience as wrong:
        raise differs() from wrong


def _answer_for(token: Token, gate_id: str, said: Override | None) -> None:
    """Keep who answers for it; where the feed is not behind there is nothing to answer for."""
    if said is None:
        return
    with transaction() as session:
        gate = session.get_one(Gate, gate_id, with_for_update=True)
        if gate.status is not Status.OPEN or not is_behind(session, token, clock.now()):
            return
        gate.overridden = said.model_dump()
        audit.note(session, by=token.name, what="gate.overridden", about=gate_id, **gate.overridden)


def differs() -> Problem:
    return Problem(409, "audience-differs", N_("The audience is not the one that was counted."))


@pages.get("/gates/<gate_id>")
@needs(Scope.GATE)
def show(gate_id: str) -> ResponseReturnValue:
    """Where the gate stands."""
    token = asker()
    with reading() as session:
        own(session, token, gate_id)
    return tell(token, gate_id)


@pages.get("/gates/<gate_id>/allowed")
@needs(Scope.GATE)
def allowed(gate_id: str) -> Response:
    """Who may be written to."""
    with reading() as session:
        gate = _sealed(session, gate_id)
        if gate.decision is Going.NO_GO:
            raise Problem(409, "no-go", N_("This campaign must not be sent now. Refresh later."))
        rows = [(value,) for value in gating.allowed(session, gate_id)]
        return lists.answer(["address"], rows, f"{gate.id}-{gate.jti}-allowed")


def _sealed(session: Session, gate_id: str) -> Gate:
    gate = own(session, asker(), gate_id)
    if gate.status is Status.OPEN:
        raise Problem(409, "not-sealed", N_("The gate is not sealed yet."))
    return gate


@pages.get("/gates/<gate_id>/excluded")
@needs(Scope.GATE)
def excluded(gate_id: str) -> Response:
    """Who may not, and until when."""
    token = asker()
    with reading() as session:
        gate = _sealed(session, gate_id)
        held = audience.held_back(session, gate_id).held
    return lists.answer(
        excluded_names(token), excluded_rows(token, held), f"{gate.id}-{gate.jti}-excluded"
    )


def excluded_names(token: Token) -> list[str]:
    """The columns that the token may see."""
    names = ["address", "action", "until"]
    return names + ["group"] * groups_told(token) + ["reason"] * token.may(Scope.FEED_REASONS)


def groups_told(token: Token) -> bool:
    """Whether the token sees groups."""
    return token.may(Scope.FEED_GROUPS) or token.may(Scope.FEED_REASONS)


def excluded_rows(token: Token, held: dict[str, list[Any]]) -> Iterator[list[Any]]:
    """Who is held, with as much of the cause as the token may see."""
    columns = len(excluded_names(token)) - 1
    for value in sorted(held):
        told = held[value][:columns]
        if not groups_told(token):
            told[0] = "exclude"
        yield [value, *told]
