"""How content a customer was: the page behind the link of the mail, for everybody who has it.

Scanners of mails follow every link, so only the button of the page counts. No cookie is set.
"""

from flask import Response, abort, make_response, render_template, request
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session

from bot import queues
from cases import clock, language, satisfaction
from cases.case import Case, take
from cases.db import reading, transaction
from cases.language import gettext as _
from cases.satisfaction import Satisfaction, Step, TooLate
from inbox.web.access import Pages, Policy, allow, takes

pages = Pages("satisfaction", __name__)
LARGEST = 20_000


@pages.record
def _furnish(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(satisfied=name, comment_of=comment_of)


def comment_of(case: Case) -> str:
    """What the customer wrote beside the step, for the page of the case."""
    with reading() as session:
        said = satisfaction.of(session, case.id)
        return said.comment if said is not None else ""


@pages.after_request
def _not_to_be_found(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@pages.get("/satisfaction/<token>")
@allow(Policy.PUBLIC)
def ask(token: str) -> Response:
    """The five steps, and room for a sentence."""
    with reading() as session:
        case = _case(session, token)
        return _shown(case, satisfaction.of(session, case.id), "")


@pages.post("/satisfaction/<token>")
@allow(Policy.PUBLIC)
@takes(LARGEST)
def say(token: str) -> Response:
    """Keep what they chose; within a week it can be chosen otherwise."""
    chosen, comment = request.form.get("step", ""), request.form.get("comment", "").strip()
    with transaction() as session:
        case = take(session, _case(session, token).id)
        known = satisfaction.of(session, case.id)
        if chosen not in {str(step.value) for step in Step}:
            refusal = _("Choose one of the five.")
            return _shown(case, known, refusal, 422, comment=comment)
        step = Step(int(chosen))
        try:
            said = satisfaction.say(session, case, step, comment, at=clock.now())
        except TooLate:
            return _shown(case, known, "", 409)
        queues.announce(session, "cases")
        return _shown(case, said, "", done=True)


def _case(session: Session, token: str) -> Case:
    case = session.get(Case, satisfaction.case_of(token) or 0)
    if case is None:
        abort(404)
    asked_for = request.args.get("lang", "")
    spoken = next((one for one in (asked_for, case.language) if one in language.LANGUAGES), "")
    language.choose(spoken or language.current())
    return case


def _shown(
    case: Case,
    said: Satisfaction | None,
    refusal: str,
    status: int = 200,
    *,
    done: bool = False,
    comment: str = "",
) -> Response:
    shown = render_template(
        "satisfaction/page.html",
        title=_("How did we do?"),
        shop=case.mailbox.name if case.mailbox else "",
        number=case.id,
        said=said,
        comment=comment or (said.comment if said else ""),
        done=done,
        open=said is None or satisfaction.may_change(said, clock.now()),
        steps=[(step.value, name(step), ICONS[step]) for step in reversed(Step)],
        refusal=refusal,
        here_is=f"/satisfaction/{satisfaction.token(case.id)}",
    )
    return make_response(shown, status)


ICONS = {
    Step.VERY_BAD: "angry",
    Step.BAD: "frown",
    Step.SO_SO: "meh",
    Step.GOOD: "smile",
    Step.VERY_GOOD: "circle-check",
}


def name(step: int) -> str:
    """The step in words."""
    return {
        Step.VERY_BAD: _("Very bad"),
        Step.BAD: _("Bad"),
        Step.SO_SO: _("So-so"),
        Step.GOOD: _("Good"),
        Step.VERY_GOOD: _("Very good"),
    }[Step(step)]
