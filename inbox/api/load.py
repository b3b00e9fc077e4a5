"""GET /v1/load: can the agents bear a mailing now, or in waves, or when?"""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from cases import clock
from cases.capacity.load import Inputs, Verdict
from cases.capacity.load_now import Answer, Asked, ask
from cases.capacity.load_plan import left_over
from cases.db import reading
from cases.exclusions.matrix import CampaignClass
from cases.language import speaking
from inbox.api.contract import asker, body, contract, needs
from inbox.api.problems import spoken
from inbox.api.seeing import say
from inbox.freshness import Lag, freshness
from inbox.tokens import Scope

pages: Blueprint = contract("load")


class Mailing(BaseModel):
    """A mailing that somebody thinks of."""

    model_config = ConfigDict(extra="forbid")

    audience: int = Field(default=0, ge=0, le=10**9)
    campaign_class: CampaignClass = CampaignClass.PROMOTIONAL


@pages.get("/load")
@needs(Scope.LOAD_READ)
def show() -> ResponseReturnValue:
    """The load now, with a mailing of `audience` people if one is named."""
    said = {name: request.args[name] for name in Mailing.model_fields if name in request.args}
    return _answer(Mailing.model_validate(said))


@pages.post("/load/plan")
@needs(Scope.LOAD_READ)
def plan() -> ResponseReturnValue:
    """The same for a mailing that is described, with its waves."""
    return _answer(Mailing.model_validate(body()))


def _answer(mailing: Mailing) -> dict[str, Any]:
    now = clock.now()
    with reading() as session, speaking(spoken()):
        behind = freshness(session, now).for_mailboxes(asker().mailboxes).lag is not Lag.NONE
        asked = Asked(mailing.audience, mailing.campaign_class, degraded=behind)
        answer = ask(session, asked, now)
    waves = answer.waves(now)
    judged, refusal = answer.judgement, answer.refusal
    return {
        "verdict": judged.verdict.value,
        "decision": refusal.value if refusal is not None else "go",
        "utilisation": _share(answer.inputs),
        "formula": judged.formula,
        "reasons": list(judged.reasons),
        "inputs": _told(answer.inputs),
        "blocks": judged.blocks and refusal is not None,
        "max_per_hour": judged.max_per_hour,
        "not_before": say(judged.not_before),
        "overridden_until": say(answer.override.until) if answer.override is not None else None,
        "waves": [{"at": say(wave.at), "mails": wave.mails} for wave in waves],
        "left_over": left_over(mailing.audience, waves) if waves else 0,
        "slots": _slots(answer),
    }


def _share(inputs: Inputs) -> float | None:
    """Nobody on shift bears an endless load, which JSON cannot say."""
    return round(inputs.rho, 3) if inputs.capacity > 0 else None


def _told(inputs: Inputs) -> dict[str, Any]:
    return {
        "backlog_due": inputs.backlog_due,
        "forecast": round(inputs.forecast, 1),
        "induced": round(inputs.induced, 1),
        "capacity": round(inputs.capacity, 1),
        "contact_rate": round(inputs.contact_rate, 4),
        "attainment": inputs.attainment,
        "breaches_now": inputs.breaches_now,
        "degraded": inputs.degraded,
        "days_of_data": inputs.data_for.days,
    }


def _slots(answer: Answer) -> list[dict[str, Any]]:
    return [
        {"starts_at": say(one.starts_at), "utilisation": _share(one.inputs)}
        for one in answer.slots
        if answer.judgement.verdict is not Verdict.UNKNOWN
    ]
