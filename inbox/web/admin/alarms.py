"""Alarms: what is wrong now, what was, and who is told of it."""

from urllib.parse import urlsplit

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from bot.staff_mail import StaffMail, alarm_words, alarms
from bot.staff_mail.alarms import Alarm, AlarmGoal, AlarmPost, Way
from cases import audit, clock, language
from cases.contact import Kind, normalised
from cases.db import reading, transaction
from cases.language import gettext as _
from cases.people.identifiers import NotAnIdentifier, matched
from inbox import outward
from inbox.web import notices, paging
from inbox.web.access import Pages, Policy, allow
from inbox.web.admin import glance
from inbox.web.fragments import show
from inbox.web.who import agent

pages = Pages("alarms", __name__, url_prefix="/admin/alarms")
SHOWN, MOST_GOALS, LONGEST = 30, 20, 2000


@pages.get("")
@allow(Policy.OPERATIONS)
def page() -> Response:
    """What is wrong, and who is told."""
    with reading() as session:
        return _page(session)


def _page(session: Session, refusal: str = "", status: int = 200, secret: str = "") -> Response:
    goals = session.scalars(select(AlarmGoal).where(AlarmGoal.ended_at.is_(None))).all()
    order, at = (Alarm.ended_at.is_not(None), Alarm.id.desc()), url_for("alarms.page")
    some = paging.page(session, select(Alarm), order, lambda row: row[0], at=at, shown=SHOWN)
    return show(
        session,
        "admin/alarms.html",
        title=_("Alarms"),
        status=status,
        alarms=[(one, _said(one)) for one in some.rows],
        listed=some,
        unwatched=glance.nobody_watches(session, clock.now()),
        goals=[(goal, _last(session, goal)) for goal in goals],
        languages=language.LANGUAGES,
        typed=request.form,
        refusal=refusal,
        secret=secret,
        notice=notices.from_address(),
    )


def _said(alarm: Alarm) -> str:
    return alarm_words.sentence(alarm.kind.value, alarm.said)


def _last(session: Session, goal: AlarmGoal) -> StaffMail | AlarmPost | None:
    """The last message, so that the page shows whether it was taken."""
    if goal.way is Way.MAIL:
        sent = select(StaffMail).where(
            StaffMail.recipient == goal.address, StaffMail.key.startswith("alarm:")
        )
        return session.scalars(sent.order_by(StaffMail.id.desc()).limit(1)).first()
    told = select(AlarmPost).where(AlarmPost.goal_id == goal.id)
    return session.scalars(told.order_by(AlarmPost.id.desc()).limit(1)).first()


@pages.post("/goals")
@allow(Policy.ADMIN)
def add() -> AnyResponse:
    """Tell somebody else too. The secret of a webhook is shown once."""
    typed, spoken = request.form.get("address", "").strip()[:LONGEST], request.form.get("language")
    web = request.form.get("way") == Way.WEBHOOK.value
    with transaction() as session:
        refusal = _wrong(session, typed, web=web)
        if refusal or spoken not in language.LANGUAGES:
            return _page(session, refusal or _("Choose one of the list."), 422)
        if web:
            goal, secret = alarms.new_webhook(typed, clock.now())
        else:
            goal = AlarmGoal(way=Way.MAIL, address=normalised(typed), created_at=clock.now())
            secret = ""
        goal.language = spoken
        session.add(goal)
        session.flush()
        audit.note(session, by=agent().address, what="alarm.goal_added", about=_named(goal))
        if secret:
            return _page(session, secret=secret)
    return redirect(url_for("alarms.page", done=f"saved.{goal.id}"), 303)


def _wrong(session: Session, typed: str, *, web: bool) -> str:
    number = session.scalar(select(func.count()).where(AlarmGoal.ended_at.is_(None))) or 0
    if number >= MOST_GOALS:
        return _("That are enough addresses. Take one away first.")
    if web:
        usable = typed.startswith(("https://", "http://")) and _is_address(typed)
        return "" if usable else _("A webhook begins with https:// and the name of a server.")
    try:
        matched(Kind.ADDRESS, typed)
    except NotAnIdentifier:
        return _("This is no e-mail address.")
    return ""


def _is_address(typed: str) -> bool:
    try:
        return bool(outward.split(typed).hostname)
    except outward.NotPublic:
        return False


@pages.post("/goals/<int:goal_id>/test")
@allow(Policy.ADMIN)
def test(goal_id: int) -> AnyResponse:
    """Send an alarm that is none."""
    with transaction() as session:
        alarms.test(session, _the_goal(session, goal_id), clock.now())
    return redirect(url_for("alarms.page", done="alarm_tested.1"), 303)


@pages.post("/goals/<int:goal_id>/end")
@allow(Policy.ADMIN)
def end(goal_id: int) -> AnyResponse:
    """Tell them no longer."""
    with transaction() as session:
        goal = _the_goal(session, goal_id)
        goal.ended_at = clock.now()
        audit.note(session, by=agent().address, what="alarm.goal_ended", about=_named(goal))
    return redirect(url_for("alarms.page", done="saved.1"), 303)


def _named(goal: AlarmGoal) -> str:
    """Who is told: of a webhook its server alone, since the rest may be a secret."""
    return goal.address if goal.way is Way.MAIL else f"webhook: {urlsplit(goal.address).hostname}"


def _the_goal(session: Session, goal_id: int) -> AlarmGoal:
    found = session.get(AlarmGoal, goal_id)
    return found if found is not None and found.ended_at is None else abort(404)
