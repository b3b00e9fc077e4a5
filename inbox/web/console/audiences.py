"""Lists of marketing without developers: brought, sifted, and taken away with a receipt."""

import io
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import IO

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased
from werkzeug.wrappers import Response as AnyResponse

from bot import queues
from cases import clock
from cases.agent import Agent
from cases.db import reading, transaction
from cases.exclusions.gates import Campaign, Gate
from cases.exclusions.matrix import CampaignClass
from cases.exclusions.settings import settings
from cases.exclusions.spellings import Match
from cases.language import gettext as _
from cases.mailbox import Mailbox
from cases.pressure import WEIGHTS
from inbox.web.access import Pages, Policy, allow, takes
from inbox.web.console.frame import shown
from inbox.web.console.lists import keeping, sifting
from inbox.web.console.lists.rows import AudienceList, ListCheck, State, Wish
from inbox.web.who import agent

pages = Pages("audiences", __name__, url_prefix="/console/lists")
LARGEST = 256 * 2**20
AT_ONCE = 2**19
"""Bytes of a list that is sifted while its owner waits: some ten thousand people."""
SHOWN = 50
JOB = "inbox.web.console.lists.jobs.sift_waiting"


@pages.get("")
@allow(Policy.CONSOLE)
def overview() -> Response:
    """The form for a new list, and the lists of the last days."""
    with reading() as session:
        return _overview(session, {}, 200)


def _overview(session: Session, wrong: dict[str, str], status: int) -> Response:
    newest = select(func.max(ListCheck.id)).where(ListCheck.list_id == AudienceList.id)
    check = aliased(ListCheck)
    rows = session.execute(
        select(AudienceList, Campaign, Agent.name, check, Gate)
        .join(Campaign, Campaign.id == AudienceList.campaign_id)
        .join(Agent, Agent.id == AudienceList.agent_id)
        .outerjoin(check, check.id == newest.correlate(AudienceList).scalar_subquery())
        .outerjoin(Gate, Gate.id == check.gate_id)
        .order_by(AudienceList.id.desc())
        .limit(SHOWN)
    ).all()
    return shown(
        session,
        "lists",
        title=_("Filter a list"),
        status=status,
        rows=rows,
        classes=list(CampaignClass),
        brands=_brands(session),
        typed=request.form,
        wrong=wrong,
        kept=settings().list_kept,
    )


def _brands(session: Session) -> Sequence[Mailbox]:
    """The mailboxes to choose from; with one alone there is nothing to choose."""
    found = session.scalars(select(Mailbox).where(~Mailbox.paused).order_by(Mailbox.address)).all()
    return found if len(found) > 1 else ()


@pages.post("")
@allow(Policy.MARKETING)
@takes(LARGEST)
def bring() -> AnyResponse:
    """Take a file or a paste. Small lists are sifted at once, large ones beside the requests."""
    said, name = request.form.get("campaign_class", ""), request.form.get("name", "").strip()
    file = _brought()
    wrong = _wrong(name, said, file)
    if wrong or file is None:
        with reading() as session:
            return _overview(session, wrong, 422)
    with transaction() as session:
        campaign = _campaign(name[:200], CampaignClass(said), request.form.get("topic", ""))
        brand = request.form.get("brand", "")
        campaign.mailboxes = [one.id for one in _brands(session) if str(one.id) == brand]
        session.add(campaign)
        session.flush()
        one = _new_list(campaign.id, pasted=not request.files.get("file"))
        session.add(one)
        session.flush()
        number = one.id
    size = keeping.keep(number, file)
    _begin(number, size)
    return redirect(url_for("audiences.page", number=number), 303)


def _brought() -> IO[bytes] | None:
    """The file, or the pasted text as if it were one."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return file.stream
    pasted = request.form.get("pasted", "")
    return io.BytesIO(pasted.encode()) if pasted.strip() else None


def _wrong(name: str, said: str, file: IO[bytes] | None) -> dict[str, str]:
    wrong = {}
    if not name:
        wrong["name"] = _("Give the campaign a name, so that its receipt is found again.")
    if said not in frozenset(CampaignClass):
        wrong["campaign_class"] = _("Choose one of the list.")
    if file is None or not file.read(1):
        wrong["file"] = _("Choose a file, or paste the addresses.")
    else:
        file.seek(0)
    return wrong


def _campaign(name: str, campaign_class: CampaignClass, topic: str) -> Campaign:
    return Campaign(
        token_id=sifting.NOBODYS_TOKEN,
        external_id=f"list-{secrets.token_hex(6)}",
        name=name,
        sender=agent().name,
        campaign_class=campaign_class,
        topic=topic.strip()[:100],
        weight=WEIGHTS[campaign_class],
        created_at=clock.now(),
    )


def _new_list(campaign_id: int, *, pasted: bool) -> AudienceList:
    now = clock.now()
    return AudienceList(
        agent_id=agent().id,
        campaign_id=campaign_id,
        pasted=pasted,
        match=Match.LOOSE if request.form.get("match") == Match.LOOSE else Match.EXACT,
        created_at=now,
        forget_at=now + max(settings().list_kept, timedelta(hours=1)),
    )


def _begin(number: int, size: int) -> None:
    with transaction() as session:
        one = session.get_one(AudienceList, number)
        one.bytes = size
        if size > AT_ONCE:
            queues.wake(session, queues.TAG, JOB)
        else:
            one.state = State.WORKING
            one.leased_until = clock.now() + sifting.LEASE
    if size <= AT_ONCE:
        sifting.work_on(number, Wish.CHECK)


def the_list(session: Session, number: int) -> tuple[AudienceList, Campaign]:
    """That list with its campaign, or 404."""
    one = session.get(AudienceList, number)
    if one is None:
        abort(404)
    return one, session.get_one(Campaign, one.campaign_id)


def _taken(session: Session, number: int) -> AudienceList:
    """That list, locked: whoever presses twice finds it begun the second time."""
    return session.get(AudienceList, number, with_for_update=True) or abort(404)


@pages.get("/<int:number>")
@allow(Policy.CONSOLE)
def page(number: int) -> Response:
    """One list: what became of it, what can be taken away, and what changed since."""
    with reading() as session:
        one, campaign = the_list(session, number)
        checks = session.execute(
            select(ListCheck, Gate)
            .join(Gate, Gate.id == ListCheck.gate_id)
            .where(ListCheck.list_id == number)
            .order_by(ListCheck.id.desc())
            .limit(SHOWN)
        ).all()
        return shown(
            session,
            "list",
            title=campaign.name,
            one=one,
            campaign=campaign,
            checks=checks,
            newest=checks[0] if checks else None,
            now=clock.now(),
            brand=session.get(Mailbox, campaign.mailboxes[0]) if campaign.mailboxes else None,
        )


@pages.post("/<int:number>/checks")
@allow(Policy.MARKETING)
def check_again(number: int) -> AnyResponse:
    """The late difference: who must be taken out now, and who is free again."""
    return _again(number, Wish.CHECK)


@pages.post("/<int:number>/sending")
@allow(Policy.MARKETING)
def sent(number: int) -> AnyResponse:
    """The allowed ones got the mail."""
    return _again(number, Wish.REPORT)


def _again(number: int, wish: Wish) -> AnyResponse:
    with transaction() as session:
        one = _taken(session, number)
        if one.state is not State.READY:
            abort(409)
        one.state, one.wish, one.done = State.WAITING, wish, 0
        small = one.bytes <= AT_ONCE
        if small:
            one.state, one.leased_until = State.WORKING, clock.now() + sifting.LEASE
        else:
            queues.wake(session, queues.TAG, JOB)
    if small:
        sifting.work_on(number, wish)
    return redirect(url_for("audiences.page", number=number), 303)


@pages.post("/<int:number>/deletion")
@allow(Policy.MARKETING)
def forget(number: int) -> AnyResponse:
    """Delete who is on it, now."""
    with transaction() as session:
        one = _taken(session, number)
        if one.state is State.WORKING:
            abort(409)
        keeping.forget(session, one)
    return redirect(url_for("audiences.page", number=number), 303)
