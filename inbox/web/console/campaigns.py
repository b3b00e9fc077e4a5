"""What was asked and answered before each campaign, and the check of a receipt."""

from datetime import datetime, timedelta
from typing import Any

from flask import Response, abort, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import clock
from cases.db import reading
from cases.exclusions import policies, receipts
from cases.exclusions.gates import Campaign, Gate, Going
from cases.exclusions.matrix import CampaignClass, policy
from cases.exclusions.receipts import Checked, Forged, Receipt
from cases.language import gettext as _
from inbox import passage
from inbox.sighting import by_sender
from inbox.tokens import Token
from inbox.web import paging
from inbox.web.access import Pages, Policy, allow
from inbox.web.console import names
from inbox.web.console.frame import shown
from inbox.web.console.lists.rows import AudienceList

pages = Pages("campaigns", __name__, url_prefix="/console/campaigns")
SHOWN, AT_THE_GATE = 100, 20
A_WEEK = timedelta(days=7)
LONGEST_RECEIPT = 8000


@pages.get("")
@allow(Policy.CONSOLE)
def page() -> Response:
    """The newest gates, and the form to check a receipt."""
    with reading() as session:
        return _shown(session, {}, 200)


def _shown(session: Session, checked: dict[str, Any], status: int) -> Response:
    since = clock.now() - A_WEEK
    query = (
        select(Gate, Campaign, Token.name, AudienceList.id)
        .join(Campaign, Campaign.id == Gate.campaign_id)
        .outerjoin(Token, Token.id == Gate.token_id)
        .outerjoin(AudienceList, AudienceList.campaign_id == Campaign.id)
    )
    order, at = (Gate.created_at.desc(), Gate.id), url_for("campaigns.page")
    return shown(
        session,
        "campaigns",
        title=_("Campaigns"),
        status=status,
        gates=paging.page(session, query, order, lambda row: row[:4], at=at, shown=SHOWN),
        now=clock.now(),
        passed=passage.by_campaign(session, since, AT_THE_GATE),
        outcomes=tuple(passage.Outcome),
        around=by_sender(session, since),
        typed=request.form.get("receipt", "")[:LONGEST_RECEIPT],
        **{"checked": None, "refusal": "", **checked},
    )


@pages.post("/receipts")
@allow(Policy.CONSOLE)
def verify() -> Response:
    """Whether that receipt is ours, what it says, and whether its lease still lasts."""
    typed = request.form.get("receipt", "").strip()[:LONGEST_RECEIPT]
    now = clock.now()
    with reading() as session:
        try:
            checked = receipts.verify(session, typed, now)
        except Forged:
            said = _("This receipt was not signed here, or it was changed.")
            return _shown(session, {"refusal": said}, 200 if typed else 422)
        until, digest = _until(checked, now), str(checked.claims.get("policy", ""))
        found: dict[str, Any] = {"checked": checked, "until": until}
        found["as_shipped"] = digest == policy()
        found |= {"said": _in_words(checked), "version": policies.named(session, digest)}
        return _shown(session, found, 200)


def _in_words(checked: Checked) -> dict[str, str]:
    """What a receipt says of the kind of campaign and the decision; what is unknown stays."""
    kind, decision = checked.claims["campaign"]["campaign_class"], checked.claims["decision"]
    kinds, goings = frozenset(CampaignClass), frozenset(Going)
    return {
        "kind": names.campaign_class(CampaignClass(kind)) if kind in kinds else str(kind),
        "decision": names.decision(Going(decision)).text if decision in goings else str(decision),
    }


def _until(checked: Checked, now: datetime) -> datetime:
    return datetime.fromtimestamp(checked.claims["exp"], tz=now.tzinfo)


@pages.get("/<gate_id>")
@allow(Policy.CONSOLE)
def gate(gate_id: str) -> Response:
    """One gate with its receipt."""
    with reading() as session:
        found = session.get(Gate, gate_id)
        if found is None:
            abort(404)
        receipt = session.get(Receipt, found.jti) if found.jti else None
        campaign = session.get_one(Campaign, found.campaign_id)
        return shown(
            session,
            "gate",
            title=campaign.name or campaign.external_id,
            gate=found,
            campaign=campaign,
            token=session.get(Token, found.token_id),
            receipt=receipt,
            now=clock.now(),
        )
