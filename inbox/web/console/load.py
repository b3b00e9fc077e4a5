"""Go or wait: can the agents bear a mailing now, or when; and the word of a supervisor."""

from flask import Response, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import clock
from cases.capacity import load_now
from cases.capacity.load import AMBER, ENOUGH_DATA, RED, Slot
from cases.capacity.load_now import Asked, NoReason
from cases.db import reading, transaction
from cases.exclusions.matrix import CampaignClass
from cases.language import gettext as _
from inbox.freshness import Lag, freshness
from inbox.web import times
from inbox.web.access import Pages, Policy, allow
from inbox.web.console import charts
from inbox.web.console.frame import shown
from inbox.web.ids import whole
from inbox.web.who import agent

pages = Pages("load", __name__, url_prefix="/console/load")
WAVES_SHOWN = 24
MOST, LONGEST = 10**9, 24


@pages.get("")
@allow(Policy.CONSOLE)
def page() -> Response:
    """The load now, with a mailing of so many people."""
    with reading() as session:
        return _shown(session, {})


def _asked() -> tuple[int, CampaignClass]:
    said = request.args.get("audience", "").strip().replace(".", "").replace(",", "")
    kind = request.args.get("campaign_class", "")
    known = kind in frozenset(CampaignClass)
    return min(whole(said) or 0, MOST), CampaignClass(kind) if known else CampaignClass.PROMOTIONAL


def _shown(session: Session, wrong: dict[str, str], status: int = 200) -> Response:
    now = clock.now()
    audience, campaign_class = _asked()
    behind = freshness(session, now).lag is not Lag.NONE
    answer = load_now.ask(session, Asked(audience, campaign_class, degraded=behind), now)
    waves = answer.waves(now)
    return shown(
        session,
        "load",
        title=_("Go or wait"),
        status=status,
        answer=answer,
        audience=audience,
        campaign_class=campaign_class,
        classes=list(CampaignClass),
        waves=waves[:WAVES_SHOWN],
        more_waves=max(len(waves) - WAVES_SHOWN, 0),
        slots=[(one, _tone(one)) for one in answer.slots],
        chart=charts.bars([_bar(one) for one in answer.slots], limit=AMBER * 100),
        enough=ENOUGH_DATA.days,
        wrong=wrong,
        typed=request.form,
    )


def _bar(slot: Slot) -> tuple[str, float, str]:
    share = round(min(slot.inputs.rho, 2.0) * 100)
    return times.day(slot.starts_at).rpartition(" ")[0].rstrip(","), share, _tone(slot)


def _tone(slot: Slot) -> str:
    if slot.inputs.rho >= RED:
        return "danger"
    return "warn" if slot.inputs.rho >= AMBER else "ok"


@pages.post("/override")
@allow(Policy.SUPERVISION)
def decide_otherwise() -> AnyResponse:
    """A supervisor lets mailings go for some hours, and says why."""
    hours = request.form.get("hours", "")
    with transaction() as session:
        if not (hours.isascii() and hours.isdecimal() and 0 < int(hours[:4]) <= LONGEST):
            said = _("Write how many hours: {number} at the most.", number=LONGEST)
            return _shown(session, {"hours": said}, 422)
        try:
            load_now.decide_otherwise(
                session,
                by=agent().address,
                why=request.form.get("why", ""),
                hours=int(hours),
                at=clock.now(),
            )
        except NoReason:
            said = _("Say why, so that the others understand it later.")
            return _shown(session, {"why": said}, 422)
    return redirect(url_for("load.page"), 303)
