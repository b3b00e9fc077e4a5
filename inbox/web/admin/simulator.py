"""The simulator: what edited rules would have done with the mails of late, or of a file."""

import zlib

from flask import Response, abort, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from bot import queues
from bot import rules as own_rules
from bot.rules import BadRule, Rule, rulebook, rules_toml, trials
from bot.rules.trials import Progress, Trial
from cases import clock
from cases.db import reading, transaction
from cases.language import gettext as _
from cases.retelling import retold
from inbox.web import hx
from inbox.web.access import Pages, Policy, allow, takes
from inbox.web.admin import rule_form, rules
from inbox.web.admin.trial_words import did, held, summary
from inbox.web.fragments import show
from inbox.web.who import agent

pages = Pages("simulator", __name__, url_prefix="/admin/simulator")
LARGEST, MOST_TEXT, PAST = 30_000_000, 200_000, 10
DAYS = (1, 7, 30)


@pages.record
def _furnish(state: BlueprintSetupState) -> None:
    state.app.jinja_env.filters["truce_reason"] = held


@pages.get("")
@allow(Policy.OPERATIONS)
def page() -> Response:
    """What to try, and what was tried."""
    with reading() as session:
        return _page(session, rules_toml.written(rulebook.live(session)))


def _page(session: Session, text: str, wrong: str = "") -> Response:
    return show(
        session,
        "admin/bots/simulator.html",
        title=_("Simulator"),
        status=422 if wrong else 200,
        text=text,
        wrong=wrong,
        days=DAYS,
        unread=rulebook.unreadable(session),
        past=trials.newest(session, PAST),
        Progress=Progress,
    )


@pages.post("")
@allow(Policy.ADMIN)
@takes(LARGEST)
def begin() -> AnyResponse:
    """Try the rules as they are written in the box."""
    text = request.form.get("rules", "").replace("\r\n", "\n")[:MOST_TEXT]
    upload = request.files.get("mbox")
    content = upload.stream.read() if upload is not None and upload.filename else b""
    days = request.form.get("days", 30, type=int)
    # Squeezing a large file takes a second, and no transaction waits for it.
    packed = zlib.compress(content, 6) if content else None
    with transaction() as session:
        try:
            edited = own_rules.parsed(text, _("the rules"))
            if content and not content.startswith(b"From "):
                raise BadRule(_("This is no mailbox file: it has to begin with “From ”."))
        except BadRule as wrong:
            return _page(session, text, retold(str(wrong)))
        number = _begin(session, edited, days if days in DAYS else 30, packed)
    return redirect(url_for("simulator.one", number=number), 303)


def _begin(session: Session, edited: tuple[Rule, ...], days: int, file: bytes | None) -> int:
    trial = Trial(at=clock.now(), by=agent().address, days=0 if file else days, file=file)
    trials.begin(session, trial, rulebook.live(session), edited)
    queues.wake(session, queues.TAG, "inbox.intake.trying.run_waiting")
    return trial.id


@pages.post("/rule")
@allow(Policy.ADMIN)
def try_new_rule() -> AnyResponse:
    """Try the rules in use with the one that is being written."""
    return _try(None)


@pages.post("/rule/<int:number>")
@allow(Policy.ADMIN)
def try_rule(number: int) -> AnyResponse:
    """Try the rules in use with a change of one."""
    return _try(number)


def _try(number: int | None) -> AnyResponse:
    with transaction() as session:
        row = rules.the_row(session, number) if number is not None else None
        try:
            rule = rule_form.read(request.form, row.name if row is not None else "")
        except BadRule as wrong:
            abort(422, retold(str(wrong)))
        live = rulebook.live(session)
        edited = tuple(rule if one.name == rule.name else one for one in live)
        if rule not in edited:
            edited = (*live, rule)
        trial = _begin(session, edited, 30, None)
    return redirect(url_for("simulator.one", number=trial), 303)


@pages.get("/<int:number>")
@allow(Policy.OPERATIONS)
def one(number: int) -> Response:
    """How far it is, or what came of it. A page that waits asks again by itself."""
    with reading() as session:
        trial = session.get(Trial, number) or abort(404)
        runs = trial.progress in (Progress.WAITING, Progress.RUNNING)
        return show(
            session,
            "admin/bots/trial.html",
            title=_("Trial {number}", number=trial.id),
            block="state" if hx.asked().target_id == "trial-state" else "main",
            trial=trial,
            runs=runs,
            Progress=Progress,
            did=did,
            summary=summary(trial),
        )
