"""Which replies are on, and where; one button that stops everything; who set what."""

from typing import Any

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from bot import kinds, queues, registry, switches, waking
from bot.kinds import Mode
from bot.registry import OutsideBot
from bot.rules import rulebook
from bot.switches import EVERYTHING, Scope, Switch, switching
from bot.switches.switching import SwitchChange
from bot.voice import breaker
from cases import clock
from cases.db import reading, transaction
from cases.language import current
from cases.language import gettext as _
from cases.mailbox import Mailbox
from classifiers import taxonomy
from inbox.web import notices, paging
from inbox.web.access import Pages, Policy, allow
from inbox.web.admin import rule_words
from inbox.web.fragments import show
from inbox.web.paging import Shown
from inbox.web.who import agent
from inbox.web.words import reasons

pages = Pages("switches", __name__, url_prefix="/admin/switches")
PAST = 40


@pages.get("")
@allow(Policy.OPERATIONS)
def page() -> Response:
    """All switches."""
    with reading() as session:
        return _page(session)


def _page(session: Session, wrong: str = "") -> Response:
    known = switches.load(session)
    return show(
        session,
        "admin/bots/switches.html",
        title=_("Switches"),
        status=422 if wrong else 200,
        wrong=wrong,
        all_off=any(_stops_everything(row) for row in known.rows),
        trip=breaker.tripped(session),
        replies=[(name, known.mode(name)) for name in kinds.BUILT_IN],
        hours={row.reply: row.quiet_hours for row in known.rows if row.scope is Scope.ALL},
        narrower=[row for row in known.rows if row.scope is not Scope.ALL],
        bots=registry.everybody(session),
        rules=[row for row in rulebook.newest(session) if row.mode is not Mode.OFF],
        places=_places(session),
        past=_past(session),
        modes=list(Mode),
        EVERYTHING=EVERYTHING,
        said=rule_words,
        called=called,
        notice=notices.from_address(),
    )


def _past(session: Session) -> Shown[SwitchChange]:
    order, at = (SwitchChange.id.desc(),), url_for("switches.page")
    query = select(SwitchChange)
    return paging.page(session, query, order, lambda row: row[0], at=at, shown=PAST)


def _stops_everything(row: Switch) -> bool:
    return row.reply == EVERYTHING and row.scope is Scope.ALL and row.mode is Mode.OFF


def called(reply: str) -> str:
    """What a switch is about, in words."""
    if reply == EVERYTHING:
        return _("All automatic mail")
    name = reply.removeprefix("bot:")
    return name if name != reply else reasons.reply(reply)


def _places(session: Session) -> dict[str, str]:
    """Where a switch can be valid: scope:value -> its name."""
    boxes = session.scalars(select(Mailbox).order_by(Mailbox.address)).all()
    teams = sorted({box.team for box in boxes if box.team})
    found = {f"mailbox:{box.id}": f"{_('Mailbox')}: {box.address}" for box in boxes}
    found |= {f"team:{team}": f"{_('Team')}: {team}" for team in teams}
    types = [(one.code, one.label(current())) for one in taxonomy.parents()]
    types += [(one.code, one.label(current())) for one in taxonomy.leaves()]
    return found | {f"type:{code}": f"{_('Type')}: {label}" for code, label in sorted(types)}


@pages.post("")
@allow(Policy.ADMIN)
def turn() -> AnyResponse:
    """Set one switch."""
    reply, mode = request.form.get("reply", ""), request.form.get("mode", "")
    hours_alone = "mode" not in request.form and "quiet_hours" in request.form
    if reply not in (*kinds.BUILT_IN, EVERYTHING) or not (hours_alone or mode in frozenset(Mode)):
        abort(422)
    with transaction() as session:
        scope, value = _place(session)
        # Whoever writes quiet hours does not let speak what a colleague stopped meanwhile.
        does = switches.load(session).mode(reply) if hours_alone else Mode(mode)
        switch = Switch(reply=reply, scope=scope, value=value, mode=does, **_said())
        try:
            switching.turn(session, switch)
        except waking.BadQuietHours:
            return _page(session, _("Quiet hours are written as 21:00-08:00."))
    return _back()


def _said() -> dict[str, Any]:
    hours = request.form.get("quiet_hours", "").strip()
    return {"quiet_hours": hours, "by": agent().address, "at": clock.now()}


def _place(session: Session) -> tuple[Scope, str]:
    where = request.form.get("where", "")
    if not where:
        return Scope.ALL, ""
    if where not in _places(session):
        abort(422)
    scope, _colon, value = where.partition(":")
    return Scope(scope), value


def _back() -> AnyResponse:
    return redirect(url_for("switches.page", done="saved.1"), 303)


@pages.post("/<int:number>/removal")
@allow(Policy.ADMIN)
def remove(number: int) -> AnyResponse:
    """The wider switches are valid there again."""
    with transaction() as session:
        switch = session.get_one(Switch, number)
        switching.remove(session, switch, by=agent().address, at=clock.now())
    return _back()


@pages.post("/bots/<int:number>")
@allow(Policy.ADMIN)
def turn_bot(number: int) -> AnyResponse:
    """What an outside bot may do."""
    mode = request.form.get("mode", "")
    if mode not in frozenset(Mode):
        abort(422)
    with transaction() as session:
        bot = session.get_one(OutsideBot, number)
        change = Switch(
            reply=f"bot:{bot.name}", mode=Mode(mode), by=agent().address, at=clock.now()
        )
        switching.note(session, change, bot.mode.value)
        bot.mode = Mode(mode)
    return _back()


@pages.post("/breaker/release")
@allow(Policy.ADMIN)
def release() -> AnyResponse:
    """Somebody looked: automatic mail goes on."""
    with transaction() as session:
        breaker.release(session, by=agent().address, at=clock.now())
        queues.wake(session, queues.SEND, "bot.jobs.deliver_due")
    return _back()
