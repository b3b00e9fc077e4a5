"""Who is on truce, why, and until when. Without access to cases: only how many, and by address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, selectinload
from werkzeug.wrappers import Response as AnyResponse

from cases import clock
from cases.case import Case
from cases.contact import Contact, find
from cases.db import reading, transaction
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import Exclusion
from cases.exclusions.verbs import NotYours, lift_wave
from cases.exclusions.waving import HOUR, flooded
from cases.language import gettext as _
from cases.rows.among import among
from inbox.web import chips, paging, rows, words
from inbox.web.access import Pages, Policy, allow, may
from inbox.web.fragments import show
from inbox.web.pace import Pace, too_fast
from inbox.web.paging import Shown
from inbox.web.visible import visible_to
from inbox.web.who import agent

pages = Pages("exclusions", __name__)
SHOWN = 100
LOOK_UPS = Pace(60)
"""A minute, of one person: whole lists go through a gate, which keeps a record."""


@dataclass(frozen=True, slots=True)
class Held:
    """A person on truce, as a line of the table."""

    contact: Contact
    who: str
    reasons: str
    until: str
    cases: list[int]


@pages.get("/exclusions")
@allow(Policy.SIGNED_IN)
def overview() -> Response:
    """The numbers for everybody; the people for those who see their cases."""
    return _shown("")


@pages.post("/exclusions")
@allow(Policy.SIGNED_IN)
def look_up() -> Response:
    """One person. The address is sent as a form, so it stands in no URL and no log."""
    if not LOOK_UPS.allows(str(agent().id)):
        return too_fast()
    return _shown(request.form.get("address", "").strip()[:320])


def _shown(asked: str) -> Response:
    with reading() as session:
        return show(
            session,
            "exclusions/page.html",
            title=_("On truce"),
            counts=_counts(session),
            reason=_chosen(),
            **(_people(session) if may(agent(), Policy.CASES) else {"people": None}),
            asked=asked,
            verdict=_verdict(session, asked),
            flood=flooded(session, clock.now()),
        )


@pages.post("/exclusions/provisional")
@allow(Policy.SUPERVISION)
def lift_flood() -> AnyResponse:
    """Somebody made those mails up: all that was held for them in this hour is free again."""
    now = clock.now()
    with transaction() as session:
        try:
            lift_wave(session, since=now - HOUR, agent=agent(), at=now)
        except NotYours:
            abort(403)
    return redirect(url_for("exclusions.overview"), 303)


def _live() -> ColumnElement[bool]:
    now = clock.now()
    ends = or_(Exclusion.until.is_(None), Exclusion.until > now)
    return Exclusion.lifted_at.is_(None) & (Exclusion.starts_at <= now) & ends


def _counts(session: Session) -> list[tuple[Reason, str, int]]:
    """People on truce by reason."""
    found = session.execute(
        select(Exclusion.reason, func.count(Exclusion.contact_id.distinct()))
        .where(_live())
        .group_by(Exclusion.reason)
    )
    by_reason: dict[Reason, int] = {row[0]: row[1] for row in found}
    counted = sorted(by_reason.items(), key=lambda one: (-one[1], one[0]))
    return [(reason, words.reason(reason), number) for reason, number in counted]


def _chosen() -> Reason | None:
    said = request.args.get("reason", "")
    return Reason(said) if said in frozenset(Reason) else None


def _people(session: Session) -> dict[str, Any]:
    """A page of people, who was held last first."""
    page = _page_of(session)
    found = session.execute(
        select(Exclusion, Contact)
        .join(Contact, Contact.id == Exclusion.contact_id)
        .options(selectinload(Contact.identifiers))
        .where(_live(), among(Exclusion.contact_id, page.rows))
        .order_by(Exclusion.id.desc())
    )
    by_contact: dict[int, tuple[Contact, list[Exclusion]]] = {}
    for exclusion, contact in found:
        by_contact.setdefault(contact.id, (contact, []))[1].append(exclusion)
    held = [_held(*by_contact[one]) for one in page.rows if one in by_contact]
    return {"people": held, "listed": page}


def _page_of(session: Session) -> Shown[int]:
    newest = func.max(Exclusion.id).label("newest")
    theirs = select(Case.contact_id).where(visible_to(agent()))
    asked = select(Exclusion.contact_id, newest).where(_live(), Exclusion.contact_id.in_(theirs))
    if (reason := _chosen()) is not None:
        asked = asked.where(Exclusion.reason == reason)
    last = asked.group_by(Exclusion.contact_id).subquery()
    people, order = select(last.c.contact_id), (last.c.newest.desc(),)
    at = url_for("exclusions.overview")
    return paging.page(
        session, people, order, lambda row: row[0], at=at, named="people", shown=SHOWN
    )


def _held(contact: Contact, holds: Sequence[Exclusion]) -> Held:
    return Held(
        contact=contact,
        who=rows.called(contact),
        reasons=", ".join(sorted({words.reason(one.reason) for one in holds})),
        until=chips.until(holds),
        cases=sorted({one.case_id for one in holds if one.case_id is not None}),
    )


def _verdict(session: Session, address: str) -> str:
    """Whether an advertising mail may go to that address now."""
    if not address:
        return ""
    contact = find(session, address)
    held = contact is not None and session.scalar(
        select(Exclusion.id).where(Exclusion.contact_id == contact.id, _live()).limit(1)
    )
    if held:
        return _("{address} is on truce: no advertising now.", address=address)
    return _("{address} may be written to.", address=address)
