"""Outside bots: registered with a token that is shown once, told by signs, followed by webhook."""

import re
from typing import Any

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from bot import registry
from bot.kinds import Mode
from bot.registry import OutsideBot
from bot.switches import Switch, switching
from cases import audit, clock
from cases.db import reading, transaction
from cases.language import gettext as _
from inbox.tokens import Scope, Token, issue
from inbox.web import conflicts, notices
from inbox.web.access import Pages, Policy, allow
from inbox.web.admin import bot_form, bot_webhooks, rule_words
from inbox.web.admin.bot_form import Wrong
from inbox.web.conflicts import Late
from inbox.web.fragments import show
from inbox.web.who import agent

pages = Pages("outside_bots", __name__, url_prefix="/admin/bots")
SCOPES = frozenset({Scope.BOT_READ, Scope.BOT_PROPOSE, Scope.BOT_NOTE, Scope.WEBHOOKS})
_NAME = re.compile(r"[^\s<>\"':@][^<>\"':@\n]{0,79}")


@pages.get("")
@allow(Policy.OPERATIONS)
def page() -> Response:
    """All registered bots."""
    with reading() as session:
        tokens = {one.id: one for one in session.scalars(select(Token))}
        return show(
            session,
            "admin/bots/bots.html",
            title=_("Outside bots"),
            bots=registry.everybody(session),
            tokens=tokens,
            hooks=bot_webhooks.addresses(session),
            said=rule_words,
            notice=notices.from_address(),
        )


@pages.get("/new")
@allow(Policy.ADMIN)
def new() -> Response:
    """The form for a new one."""
    with reading() as session:
        return _form(session, None, {"mode": Mode.SHADOW.value})


@pages.get("/<int:number>")
@allow(Policy.OPERATIONS)
def one(number: int) -> Response:
    """One bot."""
    with reading() as session:
        bot = session.get(OutsideBot, number) or abort(404)
        return _form(session, bot, _kept(session, bot))


def _form(
    session: Session,
    bot: OutsideBot | None,
    typed: dict[str, Any],
    wrong: str = "",
    once: dict[str, str] | None = None,
    late: Late | None = None,
) -> Response:
    token = session.get(Token, bot.token_id) if bot is not None and bot.token_id else None
    return show(
        session,
        "admin/bots/bot.html",
        title=bot.name if bot is not None else _("Register a bot"),
        status=409 if late else 422 if wrong else 200,
        bot=bot,
        token=token,
        typed=typed,
        wrong=wrong,
        once=once or {},
        modes=list(Mode),
        said=rule_words,
        site=request.url_root.rstrip("/"),
        notice=notices.from_address(),
        **conflicts.shown(_kept(session, bot) if bot is not None else {}, late),
    )


def _kept(session: Session, bot: OutsideBot) -> dict[str, Any]:
    return bot_form.fields(bot, bot_webhooks.of(session, bot))


@pages.post("")
@allow(Policy.ADMIN)
def register() -> AnyResponse:
    """A new bot with its token, which is shown on the answer and never again."""
    with transaction() as session:
        try:
            signs, name = bot_form.signs(), _name(session)
            bot_form.hook()
        except Wrong as wrong:
            return _form(session, None, bot_form.typed(), str(wrong))
        text = issue(session, name, SCOPES)
        session.flush()
        prefix = text.split("_")[1]
        token_id = session.scalars(select(Token.id).where(Token.prefix == prefix)).one()
        bot = OutsideBot(name=name, token_id=token_id, created_at=clock.now(), **signs)
        session.add(bot)
        session.flush()
        audit.note(session, by=agent().address, what="bot.registered", about=name, mode=bot.mode)
        return _once(session, bot, {"token": text})


def _name(session: Session) -> str:
    name = request.form.get("name", "").strip()
    if not _NAME.fullmatch(name):
        raise Wrong(_("A bot needs a name of up to 80 letters, without quotes, colons and @."))
    if session.scalars(select(OutsideBot.id).where(OutsideBot.name == name)).first() is not None:
        raise Wrong(_("There is a bot of that name already."))
    return name


@pages.post("/<int:number>")
@allow(Policy.ADMIN)
def save(number: int) -> AnyResponse:
    """How it is told, what it may do and where it listens."""
    with transaction(lock=conflicts.LOCK) as session:
        bot = session.get(OutsideBot, number) or abort(404)
        typed = {**bot_form.typed(), "name": bot.name}
        saver = conflicts.by_audit(session, "bot.", bot.name)
        if late := conflicts.late(_kept(session, bot), typed, saver):
            return _form(session, bot, typed, late=late)
        try:
            signs, hook = bot_form.signs(), bot_form.hook()
        except Wrong as wrong:
            return _form(session, bot, typed, str(wrong))
        if signs["mode"] is not bot.mode:
            said = Switch(
                reply=f"bot:{bot.name}", mode=signs["mode"], by=agent().address, at=clock.now()
            )
            switching.note(session, said, bot.mode.value)
        for key, value in signs.items():
            setattr(bot, key, value)
        audit.note(session, by=agent().address, what="bot.changed", about=bot.name)
        if hook != getattr(bot_webhooks.of(session, bot), "url", ""):
            return _once(session, bot, {})
    return redirect(url_for("outside_bots.one", number=number, done=f"saved.{number}"), 303)


def _once(session: Session, bot: OutsideBot, once: dict[str, str]) -> Response:
    """The page with what is shown once: the token, and the secret of a new webhook."""
    secret = bot_webhooks.listen(session, bot, bot_form.hook(), clock.now())
    shown = {**once, "secret": secret} if secret else once
    return _form(session, bot, _kept(session, bot), once=shown)
