"""What outside bots may do: propose what to say, follow cases, ask, hand over, read decisions."""

import uuid
from typing import Any, Literal

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.exc import NoResultFound
from sqlalchemy.orm import Session

from bot import proposing, queues, registry
from bot.kinds import Mode
from bot.outbox import Purpose
from bot.proposing import NoSuchCase, Wish, handing, permission
from bot.proposing.permission import CannotWithdraw
from bot.registry import OutsideBot, proposals
from bot.registry.proposals import Fate, Proposal
from bot.replies import CannotSay
from bot.wording.merging import Parts
from cases import clock
from cases.case import Case, take
from cases.db import FILING, reading, transaction
from inbox.api import problems
from inbox.api.contract import asker, body, contract, needs
from inbox.api.instants import Instant
from inbox.api.naming import an_address
from inbox.api.problems import N_, Problem
from inbox.api.seeing import say
from inbox.tokens import Scope

pages: Blueprint = contract("bots")
LONGEST = 20_000


class Said(BaseModel):
    """A mail in parts, so that it reads well when it is merged with others."""

    model_config = ConfigDict(extra="forbid")

    facts: str = Field(default="", max_length=LONGEST)
    question: str = Field(default="", max_length=2000)
    closing: str = Field(default="", max_length=2000)


class Wanted(BaseModel):
    """What a bot wants to say: to an address or in a case; as parts, text or template."""

    model_config = ConfigDict(extra="forbid")

    address: str | None = Field(default=None, max_length=1000)
    case: int | None = Field(default=None, ge=1, le=2**31 - 1)
    subject: str = Field(default="", max_length=300)
    text: str = Field(default="", max_length=LONGEST)
    parts: Said | None = None
    template: str = Field(default="", pattern="^[a-z_]{0,60}$")
    purpose: Literal[Purpose.SERVICE, Purpose.COMMERCIAL] = Purpose.SERVICE
    urgent: bool = False
    not_before: Instant | None = None
    expires_at: Instant | None = None
    idempotency_key: str = Field(default="", max_length=200)

    @model_validator(mode="after")
    def _is_complete(self) -> "Wanted":
        if (self.address is None) == (self.case is None):
            raise ValueError("name either address or case")
        ways = [bool(self.text), self.parts is not None, bool(self.template)]
        if sum(ways) != 1:
            raise ValueError("say it as text, parts or template")
        return self

    def wish(self) -> Wish:
        parts = self.parts.model_dump() if self.parts is not None else {}
        return Wish(
            case_id=self.case,
            address=an_address(self.address) if self.address is not None else "",
            template=self.template,
            subject=self.subject,
            text=self.text,
            parts=Parts(**parts),
            purpose=self.purpose,
            urgent=self.urgent,
            expires_at=self.expires_at,
            not_before=self.not_before,
        )


class Asked(BaseModel):
    """A bot wants to write by itself."""

    model_config = ConfigDict(extra="forbid")

    address: str = Field(max_length=1000)
    purpose: Literal[Purpose.SERVICE, Purpose.COMMERCIAL] = Purpose.SERVICE
    idempotency_key: str = Field(default="", max_length=200)


class Passed(BaseModel):
    """What the bot knows of the case it hands over."""

    model_config = ConfigDict(extra="forbid")

    note: str = Field(default="", max_length=LONGEST)


@pages.post("/bots/replies")
@needs(Scope.BOT_PROPOSE)
def propose() -> ResponseReturnValue:
    """Say it as soon as it may be said: queued, merged, or silence with its reason."""
    wanted = Wanted.model_validate(body())
    wish, key = wanted.wish(), _key(wanted.idempotency_key)
    with transaction(lock=FILING) as session:
        bot = this_bot(session)
        proposal = _before(session, bot, key, wish)
        if proposal is None:
            proposal = _decide(session, bot, wish, key)
            queues.wake(session, queues.SEND, "bot.jobs.deliver_due")
        return told(proposal), _status(proposal)


def this_bot(session: Session) -> OutsideBot:
    """The bot that speaks with the token of this request."""
    token = asker()
    return registry.of_token(session, token.id, token.name, clock.now())


def _key(said: str) -> str:
    """The idempotency key, from the header or the body; without one each wish is a new one."""
    return (request.headers.get("Idempotency-Key", "") or said)[:200] or uuid.uuid4().hex


def _before(session: Session, bot: OutsideBot, key: str, wish: Wish) -> Proposal | None:
    known = proposals.known(session, bot.name, key)
    if known is not None and known.digest != wish.digest():
        raise Problem(409, "key-reused", N_("This idempotency key came with another request."))
    return known


def _decide(session: Session, bot: OutsideBot, wish: Wish, key: str) -> Proposal:
    try:
        return proposing.propose(session, bot, wish, key, clock.now())
    except NoSuchCase as wrong:
        raise problems.not_found() from wrong
    except CannotSay as wrong:
        raise Problem(422, "cannot-say", N_("The mail cannot be written so.")) from wrong


def _status(proposal: Proposal) -> int:
    return 202 if proposal.fate in (Fate.QUEUED, Fate.MERGED, Fate.DRAFT) else 200


def told(proposal: Proposal) -> dict[str, Any]:
    """A proposal as its bot sees it."""
    return {
        "id": proposal.id,
        "state": proposal.fate.value,
        "case": proposal.case_id,
        "rule": proposal.rule,
        "reason": proposal.reason,
        "not_before": say(proposal.not_before),
        "expires_at": say(proposal.expires_at),
        "version": proposal.version,
    }


def _own(session: Session, proposal_id: int) -> Proposal:
    proposal = session.get(Proposal, proposal_id)
    if proposal is None or proposal.bot != this_bot(session).name:
        raise problems.not_found()
    return proposal


@pages.get("/bots/replies/<int:proposal_id>")
@needs(Scope.BOT_PROPOSE)
def show(proposal_id: int) -> ResponseReturnValue:
    """What became of a proposal."""
    with reading() as session:
        return told(_own(session, proposal_id))


@pages.delete("/bots/replies/<int:proposal_id>")
@needs(Scope.BOT_PROPOSE)
def withdraw(proposal_id: int) -> ResponseReturnValue:
    """Take it back, if it has not left."""
    with transaction() as session:
        proposal = _own(session, proposal_id)
        try:
            permission.withdraw(session, proposal, clock.now())
        except CannotWithdraw as wrong:
            raise Problem(409, "cannot-withdraw", N_("It left or was decided before.")) from wrong
    return "", 204


@pages.post("/bots/permission")
@needs(Scope.BOT_PROPOSE)
def permit() -> ResponseReturnValue:
    """Whether the bot may write by itself now: yes, not before, or no, with the reason."""
    asked = Asked.model_validate(body())
    wish = Wish(address=an_address(asked.address), purpose=asked.purpose)
    words = {Fate.PERMITTED: "yes", Fate.NOT_BEFORE: "not_before"}
    with transaction(lock=FILING) as session:
        bot, key = this_bot(session), f"permission:{_key(asked.idempotency_key)}"[:200]
        found = _before(session, bot, key, wish)
        found = found or permission.may_write(session, bot, wish, key, clock.now())
        return {**told(found), "permission": words.get(found.fate, "no")}


@pages.post("/bots/cases/<int:case_id>/handover")
@needs(Scope.BOT_NOTE)
def hand_over(case_id: int) -> ResponseReturnValue:
    """People take the case; the note says what the bot knows."""
    passed = Passed.model_validate(body())
    with transaction() as session:
        bot = this_bot(session)
        case = _taken(session, case_id)
        if bot.mode is not Mode.SHADOW:
            handing.hand_over(session, case, bot=bot.name, text=passed.note, at=clock.now())
        return {"case": case_id, "with": "people", **_tried(bot)}


@pages.post("/bots/cases/<int:case_id>/handback")
@needs(Scope.BOT_NOTE)
def hand_back(case_id: int) -> ResponseReturnValue:
    """Bots may speak in the case again."""
    with transaction() as session:
        bot = this_bot(session)
        case = _taken(session, case_id)
        if bot.mode is not Mode.SHADOW:
            handing.hand_back(session, case, by=bot.name, at=clock.now())
        return {"case": case_id, "with": "bots", **_tried(bot)}


def _tried(bot: OutsideBot) -> dict[str, Any]:
    """A bot in shadow is in a sandbox: it is answered as in earnest, and nothing comes of it."""
    return {"tried": True} if bot.mode is Mode.SHADOW else {}


def _taken(session: Session, case_id: int) -> Case:
    try:
        return take(session, case_id)
    except NoResultFound as wrong:
        raise problems.not_found() from wrong
