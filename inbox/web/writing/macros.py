"""Ready answers: chosen in a case with a preview, kept on a page of the team."""

from typing import Any

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import clock, macro
from cases.db import reading, transaction
from cases.language import gettext as _
from cases.macro import Macro, Then
from cases.snoozing import Preset
from classifiers import taxonomy
from inbox.web import conflicts, hx, notices
from inbox.web.access import Pages, Policy, allow, may
from inbox.web.box import ready
from inbox.web.conflicts import Late
from inbox.web.fragments import show
from inbox.web.visible import the_case
from inbox.web.who import agent

pages = Pages("macros", __name__)
LISTED, MANY = 6, 40
FIELDS = ("name", "text_es", "text_en", "team", "then", "type", "snooze")


@pages.get("/cases/<int:case_id>/macros")
@allow(Policy.CASES)
def choose(case_id: int) -> Response:
    """Those that fit the words, each as it would read in this case."""
    words, listed = request.args.get("q", "")[:100], request.args.get("as") == "list"
    with reading() as session:
        case = the_case(session, case_id)
        language = ready.language_of(case)
        known = ready.values(session, case, agent(), language)
        found = [
            (one, macro.fill(one.text(language), known))
            for one in macro.look_for(session, agent().team, words, LISTED if listed else MANY)
        ]
        return show(
            session,
            "macros/choose.html",
            title=_("Ready answers"),
            block="listed" if listed else "found" if "q" in request.args else "choose",
            listed=listed and hx.asked().is_partial,
            case=case,
            found=found,
            asked=words,
            spoken=language,
        )


@pages.get("/macros")
@allow(Policy.CASES)
def page() -> Response:
    """All that the agent may use; who leads a team may change them."""
    with reading() as session:
        return _shown(session, None, {}, {})


@pages.get("/macros/<int:macro_id>")
@allow(Policy.CASES)
def one(macro_id: int) -> Response:
    """One of them, to be changed."""
    with reading() as session:
        found = ready.usable(session, macro_id) or abort(404)
        return _shown(session, found, _kept(found), {})


def _kept(chosen: Macro) -> dict[str, Any]:
    return {name: getattr(chosen, name) for name in FIELDS}


def _shown(
    session: Session,
    chosen: Macro | None,
    typed: dict[str, Any],
    wrong: dict[str, str],
    late: Late | None = None,
) -> Response:
    query = select(Macro).where(macro.usable_by(agent().team)).order_by(Macro.name)
    return show(
        session,
        "macros/page.html",
        title=_("Ready answers"),
        macros=session.scalars(query.limit(macro.MOST)).all(),
        chosen=chosen,
        typed=typed,
        wrong=wrong,
        leads=may(agent(), Policy.SUPERVISION),
        leaves=taxonomy.leaves(),
        thens=list(Then),
        all_presets=list(Preset),
        places=ready.PLACES,
        notice=notices.from_address(),
        status=409 if late else 422 if wrong else 200,
        **conflicts.shown(_kept(chosen) if chosen else {}, late),
    )


@pages.post("/macros")
@allow(Policy.SUPERVISION)
def add() -> AnyResponse:
    """One more."""
    return _keep(None)


@pages.post("/macros/<int:macro_id>")
@allow(Policy.SUPERVISION)
def change(macro_id: int) -> AnyResponse:
    """Say it otherwise from now on."""
    return _keep(macro_id)


def _keep(macro_id: int | None) -> AnyResponse:
    typed = {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}
    wrong = _wrong(typed)
    with transaction(lock=conflicts.LOCK) as session:
        chosen = ready.usable(session, macro_id) or abort(404) if macro_id else None
        saver = conflicts.by_row(chosen, "changed_by", "changed_at")
        if chosen and (late := conflicts.late(_kept(chosen), typed, saver)):
            return _shown(session, chosen, typed, {}, late)
        if wrong:
            return _shown(session, chosen, typed, wrong)
        row = chosen or Macro()
        for name in FIELDS:
            setattr(row, name, Then(typed[name]) if name == "then" else typed[name])
        row.changed_at, row.changed_by = clock.now(), agent().address
        session.add(row)
        session.flush()
        number = row.id
    return redirect(url_for("macros.one", macro_id=number, done=f"saved.{number}"), 303)


def _wrong(typed: dict[str, str]) -> dict[str, str]:
    """What is wrong with which field."""
    wrong = {}
    if not 0 < len(typed["name"]) <= 100:
        wrong["name"] = _("It needs a name of at most {number} letters.", number=100)
    if not (typed["text_es"] or typed["text_en"]):
        wrong["text_es"] = _("Write it in at least one language.")
    for name in ("text_es", "text_en"):
        unknown = [one for one in macro.unfilled(typed[name]) if not _is_known(one)]
        if unknown:
            wrong[name] = _("No such place: {places}", places=", ".join(unknown)[:200])
        if len(typed[name]) > macro.LONGEST:
            wrong[name] = _("The text is too long: {number} characters at the most.",
                            number=macro.LONGEST)  # fmt: skip
    if typed["then"] not in frozenset(Then) or typed["snooze"] not in {"", *Preset}:
        wrong["then"] = _("Choose one of the list.")
    if typed["type"] and typed["type"] not in taxonomy.codes():
        wrong["type"] = _("Choose one of the list.")
    return wrong


def _is_known(place: str) -> bool:
    return place.lower() in ready.KNOWN


@pages.post("/macros/<int:macro_id>/retirement")
@allow(Policy.SUPERVISION)
def retire(macro_id: int) -> AnyResponse:
    """Nobody uses it any more."""
    with transaction() as session:
        found = ready.usable(session, macro_id) or abort(404)
        found.retired_at, found.changed_by = clock.now(), agent().address
    return redirect(url_for("macros.page", done=f"saved.{macro_id}"), 303)
