"""Who else is in a case: told by open pages, shown in the case and in its line within a second."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, make_response, render_template, request
from sqlalchemy import select

from bot import queues, viewing
from bot.viewing import Doing
from bot.voice import presence
from cases import clock
from cases.agent import Agent
from cases.case import Case
from cases.db import reading, transaction
from inbox.web import hx
from inbox.web.access import Pages, Policy, allow
from inbox.web.ids import whole
from inbox.web.profile import absences
from inbox.web.visible import open_to, the_case
from inbox.web.who import agent

pages = Pages("presence", __name__)
MOST = 120


@dataclass(frozen=True, slots=True)
class Here:
    """A colleague in a case."""

    name: str
    writing: bool
    away: str
    """That they said they are not at work."""


@pages.post("/cases/<int:case_id>/presence")
@allow(Policy.CASES)
def tell(case_id: int) -> Response:
    """The agent looks at the case, writes in it, or has left it."""
    said, me = request.form.get("doing", ""), agent()
    doing = Doing(said) if said in frozenset(Doing) else None
    with transaction() as session:
        case = the_case(session, case_id)
        if doing is Doing.WRITING:
            presence.writing(session, case, me, clock.now())
        elif request.form.get("wrote"):
            presence.stopped(session, case, me)
    try:
        viewing.note(case_id, me.id, doing)
    except queues.AWAY:
        # Nobody sees who is here while Redis is away; bots are still held by the row above.
        return make_response("", 204)
    return make_response("", 204)


@pages.get("/presence")
@allow(Policy.CASES)
def show() -> Response:
    """The colleagues in the case that is open and in the list: a piece where somebody is."""
    named = map(whole, request.args.get("cases", "").split(",")[:MOST])
    asked = [one for one in named if one is not None]
    here = _here(asked)
    pieces = [
        hx.partial(place.format(one), render_template("case/here.html", here=people))
        for one, people in here.items()
        if people
        for place in ("#here-{}", "#row-here-{}")
    ]
    return hx.answer(*pieces)


def _here(case_ids: list[int]) -> Mapping[int, list[Here]]:
    try:
        found = viewing.who(case_ids)
    except queues.AWAY:
        return {}
    if not found:
        return {}
    ids = {one for doing in found.values() for one in doing} - {agent().id}
    with reading() as session:
        people = session.scalars(select(Agent).where(Agent.id.in_(ids)))
        names = {one.id: (one.name, absences.said(one)) for one in people}
        mine = set(session.scalars(select(Case.id).where(Case.id.in_(found), open_to(agent()))))
    return {
        case_id: [
            Here(names[one][0], what is Doing.WRITING, names[one][1])
            for one, what in doing.items()
            if one in names
        ]
        for case_id, doing in found.items()
        if case_id in mine
    }
