"""“Did this solve it?”: the page behind the links of a suggestion; opening it changes nothing.

Scanners of mails follow every link, so only the button of the page counts.
"""

from flask import Response, abort, make_response, render_template
from sqlalchemy.orm import Session

from bot import queues
from bot.articles import solved
from bot.articles.solved import Vote
from cases import clock, language
from cases.case import Case
from cases.db import reading, transaction
from cases.language import gettext as _
from inbox.web.access import Pages, Policy, allow

pages = Pages("solved_pages", __name__)


@pages.get("/solved/<token>")
@allow(Policy.PUBLIC)
def ask(token: str) -> Response:
    """Ask once more."""
    vote = _vote(token)
    with reading() as session:
        case = _case(session, vote)
        return _shown(case, vote, done=False)


@pages.post("/solved/<token>")
@allow(Policy.PUBLIC)
def confirm(token: str) -> Response:
    """They mean it: a solved case closes, and opens again if they write."""
    vote = _vote(token)
    with transaction() as session:
        _case(session, vote)
        case = solved.confirm(session, vote, clock.now())
        queues.announce(session, "cases")
        return _shown(case, vote, done=True)


def _vote(token: str) -> Vote:
    found = solved.read(token)
    return found if found is not None else abort(404)


def _case(session: Session, vote: Vote) -> Case:
    case = session.get(Case, vote.case_id)
    if case is None:
        abort(404)
    language.choose(case.language or language.current())
    return case


def _shown(case: Case, vote: Vote, *, done: bool) -> Response:
    shown = render_template(
        "solved/page.html",
        title=_("Did this solve it?"),
        shop=case.mailbox.name if case.mailbox else "",
        number=case.id,
        vote=vote,
        done=done,
        closed=not case.is_open,
    )
    return make_response(shown)
