"""An agent logs a call in ten seconds, of a case or of somebody new, and promises to call back."""

from datetime import datetime, timedelta

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import clock, interaction
from cases.case import Case, State, take
from cases.contact import Contact, Kind
from cases.db import FILING, reading, transaction
from cases.interaction import NothingSaid, Talk
from cases.language import gettext as _
from cases.people.identifiers import Name, NotAnIdentifier, matched, meet_as
from cases.settings import settings
from inbox.web import live, notices
from inbox.web.access import Pages, Policy, allow
from inbox.web.fragments import show
from inbox.web.ids import whole
from inbox.web.visible import acting_on, mailboxes_of, visible_to
from inbox.web.who import agent

pages = Pages("calls", __name__)
LONGEST, LONGEST_HOURS = 10_000, 336
FIELDS = ("name", "phone", "address", "mailbox", "text", "talk_mood", "call_back", "settled")
HOURS = (1, 2, 4, 24, 48)


@pages.post("/cases/<int:case_id>/calls")
@allow(Policy.CASES)
def log(case_id: int) -> AnyResponse:
    """What was said, how they sounded, and within how many hours we call back."""
    now = clock.now()
    with acting_on(case_id) as (session, case):
        try:
            interaction.log(session, case, _talk(now), at=now)
        except NothingSaid:
            abort(422)
        live.announce(session)
    return redirect(url_for("case.page", case_id=case_id), 303)


def _talk(now: datetime) -> Talk:
    hours = request.form.get("call_back", "")
    number = whole(hours) or 0
    usable = 0 < number <= LONGEST_HOURS
    promised = hours == "policy"
    if hours and not usable and not promised:
        abort(422)
    me = agent()
    return Talk(
        request.form.get("text", "")[:LONGEST],
        me.address,
        me.name,
        mood=request.form.get("talk_mood", ""),
        call_back_by=now + timedelta(hours=number) if usable else None,
        promises_call=promised,
    )


@pages.get("/calls")
@allow(Policy.CASES)
def page() -> Response:
    """The form for a call with somebody who has no case here."""
    with reading() as session:
        return _page(session, {})


def _page(
    session: Session, typed: dict[str, str], refusal: str = "", status: int = 200
) -> Response:
    return show(
        session,
        "calls/page.html",
        title=_("Log a call"),
        status=status,
        boxes=mailboxes_of(session, agent()),
        typed=typed,
        refusal=refusal,
        hours=HOURS,
        notice=notices.from_address(),
    )


@pages.post("/calls")
@allow(Policy.CASES)
def begin() -> AnyResponse:
    """Log it in their newest open case, or in a new one."""
    typed = {name: request.form.get(name, "").strip()[:LONGEST] for name in FIELDS}
    now = clock.now()
    # The lock of the filing: a mail of theirs must not open a second case meanwhile.
    with transaction(lock=FILING) as session:
        names, refusal = _names(typed)
        if refusal or not typed["text"]:
            said = refusal or _("Say in a sentence what was said.")
            return _page(session, typed, said, 422)
        contact = meet_as(session, names, name=typed["name"][:200], at=now)
        case = _case(session, contact, typed, now)
        if typed["settled"] and case.is_open and case.call_due_at is None:
            case.close(by=agent().address, at=now)
        live.announce(session)
        session.flush()
        number = case.id
    return redirect(url_for("case.page", case_id=number), 303)


def _names(typed: dict[str, str]) -> tuple[list[Name], str]:
    """By what they are known, or what is wrong with it."""
    country = (settings().zone == "Europe/Madrid" and "ES") or ""
    names: list[Name] = []
    try:
        for kind, text in ((Kind.PHONE, typed["phone"]), (Kind.ADDRESS, typed["address"])):
            if text:
                names.append((kind, matched(kind, text, country)))
    except NotAnIdentifier:
        return [], _("This telephone or address cannot be right.")
    return names, "" if names else _("Write a telephone or an e-mail address.")


def _case(session: Session, contact: Contact, typed: dict[str, str], now: datetime) -> Case:
    newest = session.scalars(
        select(Case.id)
        .where(Case.contact_id == contact.id, Case.state != State.CLOSED, visible_to(agent()))
        .order_by(Case.last_at.desc())
        .limit(1)
    ).first()
    if newest is not None:
        case = take(session, newest)
        interaction.log(session, case, _talk(now), at=now)
        return case
    mine = mailboxes_of(session, agent())
    box = next((one for one in mine if str(one.id) == typed["mailbox"]), None)
    case = interaction.begin(session, contact, _talk(now), box, at=now)
    case.assign(agent().id, by=agent().address, at=now)
    return case
