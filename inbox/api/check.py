"""POST /v1/check: may we write to this person now? Always 200 with an answer in so many words."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from cases import clock
from cases.contact import Kind
from cases.db import reading
from cases.exclusions import feed, pressing
from cases.exclusions.asking import FREE, Question, Verdict
from cases.exclusions.matrix import FAILS_CLOSED, Action, CampaignClass
from cases.exclusions.spellings import Asked as Wanted
from cases.exclusions.spellings import Match, decide_about
from inbox.api.contract import asker, body, contract, needs, newest
from inbox.api.naming import Named, named
from inbox.api.problems import N_, Problem
from inbox.api.quota import quotas
from inbox.api.seeing import View, asked_question, say, view_of
from inbox.freshness import Freshness, Lag, freshness
from inbox.tokens import Scope

pages: Blueprint = contract("check")
ASK_AGAIN_S = 60
VALID = timedelta(minutes=15)
"""An answer is not to be kept any longer."""
NOT_NOW = Verdict(Action.EXCLUDE)


class Asked(BaseModel):
    """One question. Exactly one of the four names the person."""

    model_config = ConfigDict(extra="forbid")

    address: str | None = Field(default=None, max_length=1000)
    phone: str | None = Field(default=None, max_length=100)
    customer_id: str | None = Field(default=None, max_length=200)
    hash: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")
    campaign_class: CampaignClass = CampaignClass.PROMOTIONAL
    topic: str = Field(default="", max_length=100)
    campaign: str = Field(default="", max_length=200)
    match: Match = Match.EXACT

    @property
    def question(self) -> Question:
        return Question(self.campaign_class, self.topic)


@pages.post("/check")
@needs(Scope.CHECK)
def check() -> ResponseReturnValue:
    """One person, now."""
    asked = Asked.model_validate(body())
    who = named(asked.address, asked.phone, asked.customer_id, asked.hash)
    token = asker()
    view = replace(view_of(token, asked.question), match=asked.match)
    quotas.spend(token, 1)
    verdict, state = look_up(who, view)
    return answer(verdict, view, state)


def look_up(who: Named, view: View) -> tuple[Verdict, Freshness]:
    """What becomes of that person at this instant, and how far the answer can be believed."""
    now = clock.now()
    with reading() as session:
        feed.steady(session)
        g.head = feed.head(session) or newest()
        state = freshness(session, now).for_mailboxes(asker().mailboxes)
        if state.lag is Lag.STOPPED and view.question.campaign_class in FAILS_CLOSED:
            return NOT_NOW, state
        g.turns_at = pressing.turns_by(session, view.question.topic, now, now + VALID)
        return _verdict(session, who, view, now), state


def _verdict(session: Session, who: Named, view: View, now: datetime) -> Verdict:
    found = who.found(session, view, g.head)
    if found is None:
        return FREE
    kind, value = found
    asked = Wanted(kind, [value], view.match)
    return decide_about(session, g.head, asked, view.question, now).held.get(value, FREE)


def answer(verdict: Verdict, view: View, state: Freshness) -> dict[str, Any]:
    """The answer in the same shape whoever is asked about."""
    now = clock.now()
    head = g.head
    until = now + VALID
    if verdict.until is not None:
        until = min(until, verdict.until)
    if (turns_at := g.get("turns_at")) is not None:
        until = min(until, turns_at)
    return {
        **view.verdict(verdict),
        "feed": {"epoch": head.epoch, "seq": head.seq, "degraded": state.lag is not Lag.NONE},
        "valid_until": say(now if state.lag is not Lag.NONE else until),
    }


@pages.get("/check/<digest>")
@needs(Scope.CHECK)
def check_hash(digest: str) -> ResponseReturnValue:
    """The same for hooks at send time, which may put nothing but a keyed hash into the URL."""
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise Problem(400, "bad-hash", N_("Write the HMAC-SHA-256 in 64 hexadecimal digits."))
    token, question = asker(), asked_question()
    view = view_of(token, question)
    quotas.spend(token, 1)
    verdict, state = look_up(Named(Kind.ADDRESS, digest, hashed=True), view)
    if request.args.get("as") != "status":
        return answer(verdict, view, state)
    if state.lag is not Lag.NONE and question.campaign_class in FAILS_CLOSED:
        later = {"Retry-After": str(ASK_AGAIN_S)}
        raise Problem(503, "not-fresh", N_("The feed is behind. Ask again later."), headers=later)
    return "", 204 if verdict.allowed else 409
