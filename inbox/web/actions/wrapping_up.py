"""Closing a case with what it was: type, mood and outcome confirmed in one step."""

from datetime import datetime

from flask import abort, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import clock, correcting
from cases.case import AlreadyClosed, Case
from cases.correcting.correction import MOODS, Field
from cases.outcome import Outcome
from classifiers import taxonomy
from inbox.web import live, notices
from inbox.web.access import Pages, Policy, allow
from inbox.web.actions import after, done
from inbox.web.visible import acting_on
from inbox.web.who import agent

pages = Pages("wrapping_up", __name__)


@pages.post("/cases/<int:case_id>/wrap-up")
@allow(Policy.CASES)
def wrap_up(case_id: int) -> AnyResponse:
    """Keep what the agent says the case was, and close it."""
    said = _said()
    with acting_on(case_id) as (session, case):
        if not case.is_open:
            raise AlreadyClosed(f"case {case.id} was closed before")
        behind, by, at = after.next_to(session, case), agent().address, clock.now()
        for field, value in said.items():
            _confirm(session, case, field, value, by=by, at=at)
        case.close(by=by, at=at, outcome=_outcome())
        live.announce(session)
    return after.closed(case_id, behind, done(case_id, notices.closed))


def _said() -> dict[Field, str]:
    """Type and mood as they stand in the form; an empty choice leaves what is there."""
    kind, mood = request.form.get("type", ""), request.form.get("mood", "")
    if (kind and kind not in taxonomy.codes()) or (mood and mood not in MOODS):
        abort(422)
    return {name: value for name, value in ((Field.TYPE, kind), (Field.MOOD, mood)) if value}


def _outcome() -> Outcome | None:
    said = request.form.get("outcome", "")
    if said and said not in frozenset(Outcome):
        abort(422)
    return Outcome(said) if said else None


def _confirm(
    session: Session, case: Case, field: Field, value: str, *, by: str, at: datetime
) -> None:
    """Only what differs is a correction; what an agent leaves as it is was right."""
    before = case.type if field is Field.TYPE else case.sentiment
    if value != before:
        correcting.correct(session, case, field, value, by=by, at=at)
