"""Incidents: begin one, see whom it concerns, tell all of them once, and end it."""

import secrets
from datetime import timedelta

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from bot.replies import informing
from cases import clock
from cases import incident as incidents
from cases.case import Case
from cases.db import reading, transaction
from cases.incident import AlreadyOver, Incident, IncidentCase, IncidentUpdate, NoRule
from cases.language import gettext as _
from cases.order import NoNumber, Order, key_of
from classifiers import taxonomy
from inbox.web import notices, paging
from inbox.web.access import Pages, Policy, allow
from inbox.web.fragments import show
from inbox.web.ids import whole
from inbox.web.visible import visible_to
from inbox.web.who import agent

pages = Pages("incidents", __name__)
LONGEST_TEXT, MOST_WORDS = 20_000, 10
LOOK_BACK = timedelta(hours=48)


@pages.get("/incidents")
@allow(Policy.CASES)
def overview() -> Response:
    """Those that run, those that are over, and the form for a new one."""
    with reading() as session:
        return _overview(session, "")


def _overview(session: Session, refusal: str, status: int = 200) -> Response:
    count = (
        select(func.count())
        .where(IncidentCase.incident_id == Incident.id, IncidentCase.out_at.is_(None))
        .scalar_subquery()
    )
    order, at = (Incident.ended_at.is_not(None), Incident.id.desc()), url_for("incidents.overview")
    listed = paging.page(session, _asked(count), order, lambda row: (row[0], row[1]), at=at)
    return show(
        session,
        "incidents/page.html",
        title=_("Incidents"),
        status=status,
        incidents=listed,
        asked=paging.asked("q", "state"),
        leaves=taxonomy.leaves(),
        branches=taxonomy.parents(),
        refusal=refusal,
        typed=request.form,
    )


def _asked(count: ScalarSelect[int]) -> Select[Incident, int]:
    """The incidents that the filters let through, each with the number of its cases."""
    said, query = paging.asked("q", "state"), select(Incident, count)
    if "q" in said:
        query = query.where(Incident.title.icontains(said["q"], autoescape=True))
    states = {"running": Incident.ended_at.is_(None), "over": Incident.ended_at.is_not(None)}
    chosen = states.get(said.get("state", ""))
    return query if chosen is None else query.where(chosen)


@pages.post("/incidents")
@allow(Policy.CASES)
def begin() -> AnyResponse:
    """Begin one: the cases that fit its rule are linked at once."""
    with transaction() as session:
        try:
            incident = incidents.begin(session, _described(session))
        except NoRule:
            said = _("Say what the cases have in common: a type, words or orders.")
            return _overview(session, said, 422)
        number = incident.id
    return redirect(url_for("incidents.page", number=number), 303)


def _described(session: Session) -> Incident:
    now, words = clock.now(), request.form.get("words", "")[:500].split(",")
    kind = request.form.get("type", "")
    if kind not in (*taxonomy.codes(), *(one.code for one in taxonomy.parents()), ""):
        abort(422)
    return Incident(
        title=request.form.get("title", "").strip()[:200] or _("Incident"),
        type=kind,
        words=[word.strip() for word in words if len(word.strip()) > 2][:MOST_WORDS],
        orders=_orders(session, request.form.get("orders", "")),
        since=now - LOOK_BACK,
        truce=request.form.get("truce") == "yes",
        opened_at=now,
        opened_by=agent().address,
    )


def _orders(session: Session, typed: str) -> list[int]:
    """The orders that were on the lorry, one number a line; unknown ones are left out."""
    keys = []
    for line in typed[:20_000].splitlines()[:2000]:
        try:
            keys.append(key_of(line))
        except NoNumber:
            continue
    found: list[int] = []
    for n in range(0, len(keys), 500):
        found += session.scalars(select(Order.id).where(Order.key.in_(keys[n : n + 500])))
    return found


@pages.get("/incidents/<int:number>")
@allow(Policy.CASES)
def page(number: int) -> Response:
    """One incident: whom it concerns, what was told, and what is to be told."""
    with reading() as session:
        return _page(session, _the_incident(session, number), "")


def _the_incident(session: Session, number: int) -> Incident:
    found = session.get(Incident, number)
    return found if found is not None else abort(404)


def _page(session: Session, incident: Incident, refusal: str, status: int = 200) -> Response:
    theirs = select(IncidentCase.case_id).where(
        IncidentCase.incident_id == incident.id, IncidentCase.out_at.is_(None)
    )
    all_of_them = select(func.count(), func.count(Case.contact_id.distinct()))
    concerned, people = session.execute(all_of_them.where(Case.id.in_(theirs))).one()
    mine = select(Case).where(Case.id.in_(theirs), visible_to(agent()))
    at = url_for("incidents.page", number=incident.id)
    updates = select(IncidentUpdate).where(IncidentUpdate.incident_id == incident.id)
    return show(
        session,
        "incidents/one.html",
        title=incident.title,
        status=status,
        notice=notices.from_address(),
        incident=incident,
        concerned=concerned,
        cases=paging.page(session, mine, (Case.id.desc(),), lambda row: row[0], at=at),
        updates=session.scalars(updates.order_by(IncidentUpdate.id.desc())).all(),
        # A form that is sent twice bears the same key, so it is the same update.
        key=request.form.get("key") or secrets.token_hex(8),
        refusal=refusal,
        typed=request.form,
        people=people,
    )


@pages.post("/incidents/<int:number>/updates")
@allow(Policy.CASES)
def update(number: int) -> AnyResponse:
    """Tell all concerned, each once."""
    texts = {
        language: request.form.get(f"text_{language}", "")[:LONGEST_TEXT]
        for language in ("es", "en")
    }
    key = request.form.get("key", "")[:40]
    with transaction() as session:
        incident = _the_incident(session, number)
        try:
            informing.publish(session, incident, texts, key=key, agent=agent(), at=clock.now())
        except informing.NothingToSay:
            return _page(session, incident, _("Write what is to be said."), 422)
        except AlreadyOver:
            return _page(session, incident, _("The incident is over."), 409)
    return redirect(url_for("incidents.page", number=number), 303)


@pages.post("/incidents/<int:number>/cases")
@allow(Policy.CASES)
def link(number: int) -> AnyResponse:
    """Put a case in by hand, or take it out."""
    with transaction() as session:
        incident, case = _the_incident(session, number), _typed_case(session)
        if case is None:
            said = _("There is no such case. Write its number, such as 1234.")
            return _page(session, incident, said, 422)
        try:
            if request.form.get("out"):
                incidents.unlink(session, incident, case.id, at=clock.now())
            else:
                incidents.link(session, incident, [case.id], by=agent().address, at=clock.now())
        except AlreadyOver:
            return _page(session, incident, _("The incident is over."), 409)
    return redirect(url_for("incidents.page", number=number), 303)


def _typed_case(session: Session) -> Case | None:
    typed = whole(request.form.get("case", "").strip().removeprefix("#"))
    return session.scalars(select(Case).where(Case.id == typed, visible_to(agent()))).first()


@pages.post("/incidents/<int:number>/end")
@allow(Policy.CASES)
def end(number: int) -> AnyResponse:
    """It is over: marketing may go on."""
    with transaction() as session:
        incident = _the_incident(session, number)
        try:
            incidents.end(session, incident, by=agent().address, at=clock.now())
        except AlreadyOver:
            return _page(session, incident, _("The incident is over."), 409)
    return redirect(url_for("incidents.page", number=number), 303)
