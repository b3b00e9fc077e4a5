"""The admin's rules: listed in their order, changed as new versions, stopped with one button."""

from collections.abc import Mapping
from typing import Any

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from bot.kinds import Mode
from bot.rules import BadRule, Rule, rulebook, rules_toml
from bot.rules.rulebook import RuleRow
from bot.wording import templates
from cases import clock
from cases.agent import ASSIGNABLE, Agent
from cases.db import reading, transaction
from cases.language import gettext as _
from cases.mailbox import Mailbox
from cases.retelling import retold
from inbox.web import conflicts, notices, paging
from inbox.web.access import Pages, Policy, allow
from inbox.web.admin import rule_form, rule_words
from inbox.web.conflicts import Late
from inbox.web.fragments import show
from inbox.web.paging import Shown
from inbox.web.who import agent
from inbox.web.words import field_words

pages = Pages("bot_rules", __name__, url_prefix="/admin/rules")
PAST = 30


@pages.get("")
@allow(Policy.OPERATIONS)
def page() -> Response:
    """All rules, in the order in which they are read."""
    with reading() as session:
        return show(
            session,
            "admin/bots/rules.html",
            title=_("Rules of bots"),
            rows=rulebook.newest(session),
            said=rule_words,
            modes=list(Mode),
            notice=notices.from_address(),
        )


@pages.get("/new")
@allow(Policy.ADMIN)
def new() -> Response:
    """An empty form."""
    with reading() as session:
        return _form(session, None, rule_form.shown(Rule("", when={"first": True})))


@pages.get("/<int:number>")
@allow(Policy.OPERATIONS)
def one(number: int) -> Response:
    """One rule with its history."""
    with reading() as session:
        row = the_row(session, number)
        return _unread(session, row) if row.unreadable else _form(session, row, _fields(row))


def _unread(session: Session, row: RuleRow, status: int = 200) -> Response:
    """A form would leave out what it does not know, and the rule would be another one."""
    return show(
        session,
        "admin/bots/rule_unread.html",
        title=row.name,
        status=status,
        row=row,
        written=rules_toml.table({"name": row.name, "mode": row.mode, **row.body}),
        said=rule_words,
        off=Mode.OFF,
        past=_versions(session, row),
    )


def the_row(session: Session, number: int) -> RuleRow:
    """The newest version of the rule that the number belongs to."""
    found = session.get(RuleRow, number)
    if found is None:
        abort(404)
    named = select(RuleRow).where(RuleRow.name == found.name)
    return session.scalars(named.order_by(RuleRow.version.desc()).limit(1)).one()


def _form(
    session: Session,
    row: RuleRow | None,
    typed: dict[str, Any],
    wrong: str = "",
    late: Late | None = None,
) -> Response:
    when: Mapping[str, Any] = typed["when"]
    boxes = list(session.scalars(select(Mailbox.address).order_by(Mailbox.address)))
    agents = select(Agent.address).where(Agent.active, Agent.role.in_(ASSIGNABLE))
    return show(
        session,
        "admin/bots/rule.html",
        title=row.name if row is not None else _("New rule"),
        status=409 if late else 422 if wrong else 200,
        row=row,
        typed=typed,
        wrong=wrong,
        fields=(fields := rule_words.fields(boxes, when)),
        compared=rule_words.compared(fields),
        settable=field_words.settable(),
        replies=templates.names(session),
        agents=session.scalars(agents.order_by(Agent.address)).all(),
        modes=list(Mode),
        said=rule_words,
        past=_versions(session, row) if row is not None else None,
        notice=notices.from_address(),
        **conflicts.shown(_kept(row) if row is not None else {}, late),
    )


def _versions(session: Session, row: RuleRow) -> Shown[RuleRow]:
    order, at = (RuleRow.id.desc(),), url_for("bot_rules.one", number=row.id)
    query = select(RuleRow).where(RuleRow.name == row.name)
    return paging.page(session, query, order, lambda found: found[0], at=at, shown=PAST)


def _kept(row: RuleRow) -> dict[str, Any]:
    return rule_form.flat(_fields(row))


def _fields(row: RuleRow) -> dict[str, Any]:
    return {**rule_form.shown(row.as_rule()), "position": row.position}


@pages.post("")
@allow(Policy.ADMIN)
def create() -> AnyResponse:
    """A new rule; a name that is taken is not taken over."""
    return _saved(None)


@pages.post("/<int:number>")
@allow(Policy.ADMIN)
def save(number: int) -> AnyResponse:
    """A new version of the rule."""
    return _saved(number)


def _saved(number: int | None) -> AnyResponse:
    with transaction(lock=conflicts.LOCK) as session:
        before, typed = None, rule_form.typed(request.form)
        if number is not None:
            before = the_row(session, number)
            if before.unreadable:
                return _unread(session, before, 422)
            saver = conflicts.by_row(before)
            if late := conflicts.late(_kept(before), rule_form.flat(typed), saver):
                return _form(session, before, typed, late=late)
        try:
            rule = rule_form.read(request.form, before.name if before else "")
            if before is None and rulebook.exists(session, rule.name):
                raise BadRule(_("There is a rule of that name already."))
            place = request.form.get("position", "").strip()
            position = int(place) if place.isdecimal() and len(place) < 5 else 0
            row = rulebook.save(
                session, rule, by=agent().address, at=clock.now(), position=position
            )
        except BadRule as wrong:
            return _form(session, before, typed, retold(str(wrong)))
        saved = row.id
    return redirect(url_for("bot_rules.one", number=saved, done=f"saved.{saved}"), 303)


@pages.post("/<int:number>/mode")
@allow(Policy.ADMIN)
def set_mode(number: int) -> AnyResponse:
    """What the rule may do from now on; a version of its own."""
    wanted = request.form.get("mode", "")
    if wanted not in frozenset(Mode):
        abort(422)
    with transaction() as session:
        row = the_row(session, number)
        try:
            rulebook.turn(session, row, Mode(wanted), by=agent().address, at=clock.now())
        except BadRule as wrong:
            abort(422, retold(str(wrong)))
    return redirect(url_for("bot_rules.page", done=f"saved.{number}"), 303)
