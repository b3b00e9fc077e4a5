"""What an agent does with a case: each view takes the case, calls one verb and shows the result."""

from collections.abc import Callable
from typing import Any

from flask import abort, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from cases import clock, correcting
from cases.agent import Agent, who_still_can
from cases.correcting.correction import MOODS, Correction, Field
from cases.db import reading
from cases.history import Event, What, newest
from cases.language import gettext as _
from classifiers import taxonomy
from inbox.web import hx, live, notices
from inbox.web.access import Pages, Policy, allow
from inbox.web.actions import after
from inbox.web.case import came_from, gathered, pieces, see
from inbox.web.ids import whole
from inbox.web.notices import Notice
from inbox.web.visible import acting_on
from inbox.web.who import agent

pages = Pages("actions", __name__)


@pages.post("/cases/<int:case_id>/closure")
@allow(Policy.CASES)
def close(case_id: int) -> AnyResponse:
    """The matter is settled."""
    with acting_on(case_id) as (session, case):
        behind = after.next_to(session, case)
        case.close(by=agent().address, at=clock.now())
        live.announce(session)
    return after.closed(case_id, behind, done(case_id, notices.closed))


@pages.post("/cases/<int:case_id>/sight")
@allow(Policy.CASES)
def sight(case_id: int) -> AnyResponse:
    """The agent has the case before them; or says so, or that it is to be looked at again."""
    said = request.form.get("read", "")
    if said == "no":
        with acting_on(case_id) as (_session, case):
            case.unread = True
        return done(case_id, notices.unread)
    see(case_id)
    return done(case_id, notices.read) if said else hx.answer("", status=204)


@pages.post("/cases/<int:case_id>/reopening")
@allow(Policy.CASES)
def reopen(case_id: int) -> AnyResponse:
    """It is not settled after all."""
    with acting_on(case_id) as (session, case):
        case.reopen(by=agent().address, at=clock.now())
        live.announce(session)
    return done(case_id, notices.reopened)


@pages.post("/cases/<int:case_id>/assignee")
@allow(Policy.CASES)
def assign(case_id: int) -> AnyResponse:
    """Make it mine, somebody's or nobody's."""
    wanted = request.form.get("agent", "")
    with acting_on(case_id) as (session, case):
        chosen = _chosen(session.get(Agent, whole(wanted) or 0), wanted)
        case.assign(chosen, by=agent().address, at=clock.now())
        live.announce(session)
        number = newest(session, case_id, What.ASSIGNED)
    return done(case_id, notices.assigned, number)


def case_of(event_id: int, what: What) -> int:
    """The case in which that happened, or 0."""
    with reading() as session:
        which = (Event.id == event_id) & (Event.what == what)
        return session.scalars(select(Event.case_id).where(which)).first() or 0


@pages.post("/assignments/<int:event_id>/undoing")
@allow(Policy.CASES)
def unassign(event_id: int) -> AnyResponse:
    """It is whose it was before, or nobody's if they left; a later giver's choice stays."""
    case_id = case_of(event_id, What.ASSIGNED)
    with acting_on(case_id) as (session, case):
        if newest(session, case_id, What.ASSIGNED) != event_id:
            abort(409, _("It was given to somebody else since, so it stays theirs."))
        was = session.get_one(Event, event_id).data.get("was")
        case.assign(who_still_can(session, was), by=agent().address, at=clock.now())
        live.announce(session)
    return done(case_id, notices.given_back)


def _chosen(found: Agent | None, wanted: str) -> int | None:
    """The id of the person meant; nobody for an empty choice."""
    if wanted in ("", "me"):
        return agent().id if wanted else None
    if found is None or not found.can_have_cases:
        abort(422)
    return found.id


@pages.post("/cases/<int:case_id>/type")
@allow(Policy.CASES)
def set_type(case_id: int) -> AnyResponse:
    """Say what it is about; the classifier learns from it."""
    code = request.form.get("type", "")
    if code not in taxonomy.codes():
        abort(422)
    return _corrected(case_id, Field.TYPE, code)


@pages.post("/cases/<int:case_id>/mood")
@allow(Policy.CASES)
def set_mood(case_id: int) -> AnyResponse:
    """Say how the customer sounds."""
    mood = request.form.get("mood", "")
    if mood not in MOODS:
        abort(422)
    return _corrected(case_id, Field.MOOD, mood)


def _corrected(case_id: int, field: Field, value: str) -> AnyResponse:
    with acting_on(case_id) as (session, case):
        by, at = agent().address, clock.now()
        kept = correcting.correct(session, case, field, value, by=by, at=at)
        live.announce(session)
        number = kept.id
    return done(case_id, notices.corrected, number)


@pages.post("/corrections/<int:correction_id>/undoing")
@allow(Policy.CASES)
def take_back(correction_id: int) -> AnyResponse:
    """What was said before is said again."""
    with reading() as session:
        case_id = session.scalars(
            select(Correction.case_id).where(Correction.id == correction_id)
        ).first()
    with acting_on(case_id or 0) as (session, case):
        correction = session.get_one(Correction, correction_id)
        correcting.undo(session, case, correction, by=agent().address, at=clock.now())
        live.announce(session)
    return done(case_id or 0, notices.uncorrected)


def done(case_id: int, kind: Callable[[int], Notice], number: int | None = None) -> AnyResponse:
    """Show the case after an action: its changed parts, or the page again without scripts."""
    about = case_id if number is None else number
    if hx.asked().is_partial:
        with reading() as session:
            return pieces(session, gathered(session, case_id), kind(about))
    folder, order = came_from()
    came: dict[str, Any] = {"in": folder.value, "sort": order.value}
    address = url_for("case.page", case_id=case_id, done=f"{kind.__name__}.{about}", **came)
    return redirect(address, 303)
