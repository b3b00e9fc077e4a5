"""One box that finds cases by number, address, subject and text."""

import re

from flask import Response, request
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from cases import clock
from cases.case import Case
from cases.contact import Contact, Identifier
from cases.db import reading
from cases.language import gettext as _
from cases.message import Message
from inbox.web import rows
from inbox.web.access import Pages, Policy, allow
from inbox.web.fragments import show
from inbox.web.rows import Row
from inbox.web.visible import visible_to
from inbox.web.who import agent

pages = Pages("search", __name__)
LONGEST, SHOWN = 200, 50
_NUMBER = re.compile(r"#?(\d{1,12})")


@pages.get("/search")
@allow(Policy.CASES)
def page() -> Response:
    """What was found."""
    asked = request.args.get("q", "").strip()[:LONGEST]
    with reading() as session:
        found = find(session, asked) if asked else []
        title = _("Search: {words}", words=asked) if asked else _("Search")
        return show(session, "search/page.html", title=title, asked=asked, rows=found, most=SHOWN)


def find(session: Session, asked: str) -> list[Row]:
    """The cases that fit, the newest first; a number's own case stands on top."""
    number = _NUMBER.fullmatch(asked)
    query = rows.with_people().where(visible_to(agent()), or_(*_ways(asked, number)))
    exact = (Case.id == int(number[1])).desc() if number else Case.last_at.desc()
    query = query.order_by(exact, Case.last_at.desc(), Case.id.desc()).limit(SHOWN)
    found = [(row[0], row[1]) for row in session.execute(query)]
    return rows.rows(session, found, clock.now())


def _ways(asked: str, number: re.Match[str] | None) -> list[ColumnElement[bool]]:
    """Everything by which a case may be found."""
    people = (
        select(Contact.id)
        .outerjoin(Identifier)
        .where(
            or_(
                Identifier.value.contains(asked.lower(), autoescape=True),
                Contact.name.icontains(asked, autoescape=True),
            )
        )
    )
    texts = select(Message.case_id).where(
        or_(
            Message.text.icontains(asked, autoescape=True),
            Message.rfc_id == asked.strip("<>"),
        )
    )
    ways = [
        Case.subject.icontains(asked, autoescape=True),
        Case.contact_id.in_(people),
        Case.id.in_(texts),
    ]
    return [*ways, Case.id == int(number[1])] if number else ways
