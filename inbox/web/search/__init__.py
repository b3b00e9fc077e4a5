"""One box that finds cases: words, names with values, or a number that leads straight to its case.

The pages are reached by the place where the one before ended; nothing is counted.
"""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from flask import Response, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import clock
from cases.case import Case
from cases.db import reading
from cases.language import gettext as _
from cases.message import Message
from cases.words import matching
from cases.words.terms import Expression
from inbox.web import rows
from inbox.web.access import Pages, Policy, allow
from inbox.web.asking import marking, saying
from inbox.web.asking.asker import Asker
from inbox.web.asking.finding import find
from inbox.web.asking.grammar import LONGEST
from inbox.web.asking.nodes import NotUnderstood
from inbox.web.asking.operators import OPERATORS
from inbox.web.fragments import show
from inbox.web.order import Place, place
from inbox.web.rows import Row
from inbox.web.visible import visible_to
from inbox.web.who import agent

pages = Pages("search", __name__)
_NUMBER = re.compile(r"#?(\d{1,9})")
_MAIL_ID = re.compile(r"<?([^\s<>\"():]{1,500}@[^\s<>\"():]{1,500})>?")


@dataclass(frozen=True, slots=True)
class Found:
    """A page of hits, or why there can be none."""

    rows: list[Row]
    after: Place | None = None
    back_to: datetime | None = None
    """Older cases were not looked at yet."""
    wrong: NotUnderstood | None = None


@pages.get("/search")
@allow(Policy.CASES)
def page() -> AnyResponse:
    """What was found, or the case that was named."""
    asked = request.args.get("q", "").strip()[: LONGEST + 1]
    behind = place(request.args.get("after", ""))
    with reading() as session:
        if (straight := _straight_to(session, asked)) is not None:
            return redirect(url_for("case.page", case_id=straight))
        return _shown(session, asked, _found(session, asked, behind), behind)


def _shown(session: Session, asked: str, found: Found, behind: Place | None) -> Response:
    return show(
        session,
        "search/page.html",
        title=_("Search: {words}", words=asked) if asked else _("Search"),
        status=422 if found.wrong else 200,
        block="main" if behind is None else "more",
        asked=asked,
        found=found,
        operators=OPERATORS,
        operator_says=saying.meaning,
    )


def _straight_to(session: Session, asked: str) -> int | None:
    """The case whose number was typed, or that holds the mail of that Message-ID."""
    if number := _NUMBER.fullmatch(asked):
        query = select(Case.id).where(Case.id == int(number[1]))
    elif name := _MAIL_ID.fullmatch(asked):
        query = select(Case.id).join(Message).where(Message.rfc_id == name[1])
    else:
        return None
    return session.scalar(query.where(visible_to(agent())).limit(1))


def _found(session: Session, asked: str, behind: Place | None) -> Found:
    if not asked:
        return Found([])
    now = clock.now()
    try:
        meaning, some = find(asked, Asker(session, agent(), now), behind)
    except NotUnderstood as wrong:
        return Found([], wrong=wrong)
    shown = rows.rows(some.lines, now)
    if meaning.words is not None and shown:
        shown = _marked(session, shown, meaning.words, marking.pattern(meaning.marked))
    return Found(shown, some.after, some.back_to)


def _marked(
    session: Session, shown: list[Row], words: Expression, looked: re.Pattern[str] | None
) -> list[Row]:
    """The lines with the words marked, and with the place of the mail where they stand."""
    if looked is None:
        return shown
    texts = matching.excerpts(session, words, {row.id for row in shown})
    return [
        replace(
            row,
            who=marking.marked(row.who, looked),
            subject=marking.marked(row.subject, looked),
            snippet=marking.marked(
                marking.excerpt(texts.get(row.id, ""), looked) or row.snippet, looked
            ),
        )
        for row in shown
    ]
