"""What will be sent next in a case: cancelled, sent now, edited; and who has the word in it."""

from flask import Response, abort, request
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import object_session
from werkzeug.wrappers import Response as AnyResponse

from bot import outlook
from bot.answers import NobodyToAnswer, changing
from bot.answers.changing import LeftAlready
from bot.outlook import Outlook, Stage
from bot.proposing import handing
from bot.replies import drafts
from bot.replies.drafts import NoDraft
from cases import clock
from cases.case import Case
from cases.language import gettext as _
from inbox.web import live, notices
from inbox.web.access import Pages, Policy, allow
from inbox.web.actions import done
from inbox.web.errors import show as show_error
from inbox.web.visible import acting_on
from inbox.web.who import agent
from inbox.web.words import reasons

pages = Pages("outlook", __name__)
LONGEST = 100_000


@pages.record
def _furnish(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(coming_in=coming_in, reasons=reasons, Stage=Stage)
    state.app.register_error_handler(LeftAlready, _too_late)
    state.app.register_error_handler(NoDraft, _too_late)


def _too_late(_wrong: Exception) -> Response:
    return show_error(409, _("Too late: it has left, or somebody cancelled it before."))


def coming_in(case: Case) -> Outlook:
    """What comes next in the case of the page."""
    session = object_session(case)
    if session is None:
        raise LookupError("the case was read in a session that is closed")
    return outlook.of(session, case.id)


@pages.post("/cases/<int:case_id>/coming/<int:mail_id>/cancellation")
@allow(Policy.CASES)
def cancel(case_id: int, mail_id: int) -> AnyResponse:
    """It is not sent."""
    with acting_on(case_id) as (session, case):
        mail = changing.find(session, case, mail_id)
        changing.cancel(session, mail, by=agent().address, at=clock.now())
        live.announce(session)
    return done(case_id, notices.cancelled)


@pages.post("/cases/<int:case_id>/coming/<int:mail_id>/departure")
@allow(Policy.CASES)
def send_now(case_id: int, mail_id: int) -> AnyResponse:
    """It leaves at once."""
    with acting_on(case_id) as (session, case):
        mail = changing.find(session, case, mail_id)
        changing.send_now(session, mail, at=clock.now())
        live.announce(session)
    return done(case_id, notices.leaves_now)


@pages.post("/cases/<int:case_id>/drafts/<int:proposal_id>")
@allow(Policy.CASES)
def send_draft(case_id: int, proposal_id: int) -> AnyResponse:
    """Send what a bot proposed, as it is now in the box."""
    text = request.form.get("text", "").replace("\r\n", "\n").strip()
    if not text or len(text) > LONGEST:
        abort(422)
    try:
        number = _send_draft(case_id, proposal_id, text)
    except NobodyToAnswer:
        return show_error(409, _("This case has no address to answer to."))
    return done(case_id, notices.sent, number)


def _send_draft(case_id: int, proposal_id: int, text: str) -> int:
    with acting_on(case_id) as (session, case):
        draft, at = drafts.find(session, case, proposal_id), clock.now()
        message = drafts.send(session, case, draft, agent(), text, at=at)
        if case.assignee_id is None:
            case.assign(agent().id, by=agent().address, at=at)
        live.announce(session)
        return message.id


@pages.post("/cases/<int:case_id>/drafts/<int:proposal_id>/refusal")
@allow(Policy.CASES)
def drop_draft(case_id: int, proposal_id: int) -> AnyResponse:
    """Nobody wants to say it."""
    with acting_on(case_id) as (session, case):
        drafts.drop(drafts.find(session, case, proposal_id), by=agent().address)
        live.announce(session)
    return done(case_id, notices.dropped)


@pages.post("/cases/<int:case_id>/word")
@allow(Policy.CASES)
def give_word(case_id: int) -> AnyResponse:
    """People take the case over from the bots, or give it back to them."""
    to_people = request.form.get("to") == "people"
    with acting_on(case_id) as (session, case):
        if to_people:
            handing.take_over(session, case, by=agent().address, at=clock.now())
        else:
            handing.hand_back(session, case, by=agent().address, at=clock.now())
        live.announce(session)
    return done(case_id, notices.with_people if to_people else notices.with_bots)
