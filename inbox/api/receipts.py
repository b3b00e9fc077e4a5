"""Receipts that were given out, their check, and the keys to check them offline."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from cases import clock
from cases.db import reading
from cases.exclusions import receipts
from cases.exclusions.gates import Gate
from cases.exclusions.receipts import Forged, Receipt
from inbox.api import problems
from inbox.api.contract import asker, body, contract, needs
from inbox.api.seeing import say
from inbox.tokens import Scope

pages: Blueprint = contract("receipts")
keys: Blueprint = contract("keys", prefix="/.well-known")


class Shown(BaseModel):
    """A receipt to be checked."""

    model_config = ConfigDict(extra="forbid")

    receipt: str = Field(max_length=8000)


@pages.get("/receipts/<jti>")
@needs(any_of=(Scope.RECEIPTS_READ, Scope.GATE))
def show(jti: str) -> ResponseReturnValue:
    """A receipt of this sender; of any sender for who may read them all."""
    token = asker()
    with reading() as session:
        row = session.get(Receipt, jti)
        gate = session.get(Gate, row.gate_id) if row is not None else None
        others = token.may(Scope.RECEIPTS_READ)
        if row is None or gate is None or not (others or gate.token_id == token.id):
            raise problems.not_found()
        return {
            "jti": row.jti,
            "receipt": row.text,
            "issued_at": say(row.issued_at),
            "expires_at": say(row.expires_at),
            "status": gate.status.value,
        }


@pages.post("/receipts/verify")
@needs(any_of=(Scope.RECEIPTS_READ, Scope.GATE))
def verify() -> ResponseReturnValue:
    """Whether we signed it, and whether its lease still lasts."""
    shown = Shown.model_validate(body())
    with reading() as session:
        try:
            checked = receipts.verify(session, shown.receipt, clock.now())
        except Forged:
            return {"valid": False, "expired": None, "claims": None}
    return {"valid": True, "expired": checked.expired, "claims": checked.claims}


@keys.get("/jwks.json")
def jwks() -> ResponseReturnValue:
    """The public keys: for everybody, since they only verify."""
    with reading() as session:
        found = receipts.public_keys(session)
    return found, {"Cache-Control": "public, max-age=3600"}
