"""A truce ended before its time: by somebody who may, who says why; an opt-out heard wrongly."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session, object_session
from werkzeug.wrappers import Response as AnyResponse

from cases import Contact, clock
from cases.db import reading, transaction
from cases.exclusions.reasons import RULES, Group, Reason
from cases.exclusions.rows import Exclusion
from cases.exclusions.verbs import (
    NeedsAnEnd,
    NotYours,
    Set,
    confirm_opt_out,
    dismiss_opt_out,
    exclude,
    lift,
    may_lift,
)
from cases.language import gettext as _
from cases.settings import settings
from inbox.web import live, notices
from inbox.web.access import Pages, Policy, allow
from inbox.web.actions import done
from inbox.web.ids import whole
from inbox.web.times import today_in_shop
from inbox.web.visible import the_case, the_contact
from inbox.web.who import agent

pages = Pages("truces", __name__)
LONGEST, LONGEST_TRUCE, MOST = 500, timedelta(days=366), 50


@pages.record
def _furnish(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(
        may_end=may_end, endable=endable, Reason=Reason, tomorrow=tomorrow
    )


def may_end(hold: Exclusion) -> bool:
    """Whether the agent may end it by hand; an open case is closed instead."""
    session = object_session(hold)
    if session is None or hold.reason is Reason.OPEN_CASE:
        return False
    return may_lift(session, hold, agent())


def endable(holds: Sequence[Exclusion]) -> list[tuple[Exclusion, bool]]:
    """Those that the agent may end by hand, and whether they end with the others.

    What a customer decided ends only if it is meant; what was heard of it is judged instead.
    """
    ours = [one for one in holds if one.reason is not Reason.OPT_OUT_HEARD and may_end(one)]
    return [(one, RULES[one.reason].group is not Group.CONSENT) for one in ours]


def tomorrow() -> str:
    """The first day on which a truce that is set today may end."""
    return (today_in_shop() + timedelta(days=1)).isoformat()


@pages.post("/contacts/<int:contact_id>/truces")
@allow(Policy.CASES)
def begin(contact_id: int) -> AnyResponse:
    """Marketing waits until that day, for the reason that somebody gives."""
    why = " ".join(request.form.get("why", "").split())[:LONGEST]
    try:
        day = date.fromisoformat(request.form.get("until", ""))
        until = datetime.combine(day, time(), ZoneInfo(settings().zone))
    except ValueError:
        abort(422, _("Write a day such as 2026-11-30."))
    at = clock.now()
    with transaction() as session:
        contact = the_contact(session, contact_id)
        wish = Set(Reason.MANUAL, until=min(until, at + LONGEST_TRUCE), note=why)
        try:
            exclude(session, contact.id, wish, by=agent().address, at=at)
        except NeedsAnEnd:
            abort(422, _("Say why, and a day that is still to come."))
        live.announce(session)
    return _back(contact_id, notices.truce_begun)


@pages.post("/contacts/<int:contact_id>/truces/end")
@allow(Policy.CASES)
def end(contact_id: int) -> AnyResponse:
    """Marketing may write again, as far as these reasons go; the reason why is kept."""
    why = " ".join(request.form.get("why", "").split())[:LONGEST]
    numbers = {whole(one) or 0 for one in request.form.getlist("truce")[:MOST]}
    if not numbers:
        abort(422, _("Choose what ends."))
    with transaction() as session:
        contact = the_contact(session, contact_id)
        for number in sorted(numbers):
            _end(session, contact, number, why)
        live.announce(session)
    return _back(contact_id, notices.truce_ended)


def _end(session: Session, contact: Contact, number: int, why: str) -> None:
    row = session.get(Exclusion, number)
    if row is None or row.contact_id != contact.id:
        abort(404)
    if not why and row.reason is not Reason.OPT_OUT_HEARD:
        abort(422, _("Say why it ends."))
    verb: dict[str, Any] = {"agent": agent(), "at": clock.now()}
    try:
        if row.reason is Reason.OPT_OUT_HEARD:
            dismiss_opt_out(session, row.id, **verb)
        else:
            lift(session, row.id, why=why, **verb)
    except NotYours:
        abort(403, _("This truce is ended by somebody else."))


@pages.post("/contacts/<int:contact_id>/truces/<int:exclusion_id>/confirmation")
@allow(Policy.CASES)
def confirm(contact_id: int, exclusion_id: int) -> AnyResponse:
    """They meant it: what was heard becomes their refusal of all advertising."""
    with transaction() as session:
        contact = the_contact(session, contact_id)
        row = session.get(Exclusion, exclusion_id)
        if row is None or row.contact_id != contact.id or row.reason is not Reason.OPT_OUT_HEARD:
            abort(404)
        confirm_opt_out(session, row.id, agent=agent(), at=clock.now())
        live.announce(session)
    return _back(contact_id, notices.refusal_kept)


def _back(contact_id: int, kind: notices.Kind) -> AnyResponse:
    """To the case from which it was done, or to the customer's page."""
    case_id = whole(request.form.get("case", ""))
    if case_id is not None:
        with reading() as session:
            the_case(session, case_id)
        return done(case_id, kind)
    address = url_for("contact.page", contact_id=contact_id, done=f"{kind.__name__}.{contact_id}")
    return redirect(address, 303)
