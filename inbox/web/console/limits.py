"""Limits of pressure by topic and season: looked at, tried on the mail of late, decided, ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import clock
from cases.consent import Topic
from cases.db import reading, transaction
from cases.exclusions import ceilings, policies, pressing, rehearsing
from cases.exclusions.ceilings import BadCeiling, Ceiling, Overlaps
from cases.exclusions.gates import Campaign
from cases.exclusions.policies import Content, PolicyVersion
from cases.exclusions.rehearsing import Rehearsed
from cases.language import gettext as _
from cases.pressure import Limit
from inbox.web import conflicts, hx, notices
from inbox.web.access import Pages, Policy, allow
from inbox.web.chips import Chip
from inbox.web.conflicts import Late
from inbox.web.console import limit_form as form
from inbox.web.console.frame import shown
from inbox.web.times import today_in_shop
from inbox.web.who import agent

pages = Pages("limits", __name__, url_prefix="/console/pressure/limits")
TOPICS = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One limit as the page shows it."""

    one: Ceiling
    about: str
    days: str
    state: Chip
    beside: float | None
    """The cap of all mail, where it is lower and holds too."""
    is_over: bool = False


@pages.get("")
@allow(Policy.CONSOLE)
def page() -> Response:
    """All limits, and the form for another or to change one."""
    with reading() as session:
        found = _standing(session, request.args.get("limit", ""))
        return _page(session, form.typed_of(found) if found is not None else {})


def _standing(session: Session, number: str) -> Ceiling | None:
    some = policies.in_force(session).ceilings
    return next((one for one in some if one.id == number), None)


def _page(
    session: Session,
    typed: dict[str, str],
    *,
    wrong: dict[str, str] | None = None,
    effect: Rehearsed | None = None,
    late: Late | None = None,
) -> Response:
    policy = policies.in_force(session)
    usual = pressing.usual(policy)
    return shown(
        session,
        "limits",
        title=_("Limits by topic and season"),
        status=409 if late else 422 if wrong else 200,
        lines=lines(policy.ceilings, usual),
        usual=usual,
        topics=_topics(session),
        seasons=form.seasons(),
        typed=typed,
        wrong=wrong or {},
        effect=effect,
        notice=notices.from_address(),
        **conflicts.shown(_kept(session, typed.get("id", "")), late),
    )


def _kept(session: Session, number: str) -> dict[str, str]:
    """The limit of that number as its form shows it."""
    if (found := _standing(session, number)) is None:
        return {}
    typed = form.typed_of(found)
    return {name: typed.get(name, "") for name in form.NAMES if name != "why"}


def _late(session: Session, typed: dict[str, str]) -> Late | None:
    saver = conflicts.by_row(session.get(PolicyVersion, policies.in_force(session).version))
    return conflicts.late(_kept(session, typed["id"]), typed, saver)


def lines(some: Sequence[Ceiling], usual: Limit) -> list[Line]:
    """The limits as they stand today; those that are over last."""
    day = today_in_shop()
    found = [
        Line(
            one,
            form.about(one),
            form.days(one),
            _state(one, day),
            _beside(one, usual),
            one.is_over(day),
        )
        for one in some
    ]
    return sorted(found, key=lambda line: line.is_over)


def _state(one: Ceiling, day: date) -> Chip:
    if one.is_over(day):
        return Chip("x", _("over"), "quiet")
    if one.runs_on(day):
        return Chip("circle-pause", _("in force"), "truce")
    return Chip("clock", _("not yet"), "")


def _beside(one: Ceiling, usual: Limit) -> float | None:
    return usual.cap if one.topic and one.cap > usual.cap else None


def _topics(session: Session) -> list[str]:
    """Topics to choose from: what people can refuse, and what campaigns were about."""
    known = session.scalars(select(Topic.code).limit(TOPICS))
    used = select(Campaign.topic).where(Campaign.topic != "").distinct().limit(TOPICS)
    return sorted({*known, *session.scalars(used)})


@pages.post("")
@allow(Policy.ADMIN)
def write() -> AnyResponse:
    """Try a limit on the mail of the last 60 days, or put it in force."""
    typed = {name: request.form.get(name, "").strip()[:500] for name in form.NAMES}
    saves = request.form.get("do") == "save"
    # A look goes through thousands of mails, and nobody who writes waits for it.
    with transaction() if saves else reading() as session:
        before = policies.to_change(session) if saves else policies.current(session)
        if saves and (late := _late(session, typed)):
            return _page(session, typed, late=late)
        try:
            new = form.read(typed, by=agent().address, today=today_in_shop())
            after = ceilings.with_ceiling(before, new)
            if saves and not typed["why"]:
                raise BadCeiling("why")
        except BadCeiling as bad:
            return _page(session, typed, wrong={bad.field: form.wrong(bad.field)})
        except Overlaps as refused:
            return _page(session, typed, wrong={"runs": _overlaps(refused.other)})
        if not saves:
            return _page(session, typed, effect=_effect(session, before, new))
        _adopt(session, after, {"limit": new.as_content()}, typed["why"])
    return redirect(url_for("limits.page", done="saved.1"), 303)


def _overlaps(other: Ceiling) -> str:
    return _(
        "On some of these days another limit for the same mail holds: {limit} ({days})."
        " Change that one, or choose other days.",
        limit=other.name or form.about(other),
        days=form.days(other),
    )


def _effect(session: Session, before: Content, new: Ceiling) -> Rehearsed:
    after = rehearsing.as_if_always(before, new)
    return rehearsing.of_change(session, before, after, clock.now(), new.topic)


def _adopt(session: Session, after: Content, what: Content, why: str) -> int:
    by, at = agent().address, clock.now()
    return policies.adopt(session, after, what=what, by=by, why=why, at=at)


@pages.post("/<number>/end")
@allow(Policy.ADMIN)
def end(number: str) -> AnyResponse:
    """It holds no longer; one press brings it back."""
    with transaction() as session:
        before = policies.to_change(session)
        found = _standing(session, number)
        if found is None:
            return redirect(url_for("limits.page", done="limit_gone.1"), 303)
        after = ceilings.without(before, number)
        what = {"limit": found.as_content(), "ended": True}
        version = _adopt(session, after, what, _("ended"))
    return redirect(url_for("limits.page", done=f"limit_ended.{version}"), 303)


@pages.post("/versions/<int:version>/undoing")
@allow(Policy.ADMIN)
def bring_back(version: int) -> AnyResponse:
    """The limit that this version ended holds again."""
    with transaction() as session:
        row = session.get(PolicyVersion, version) if version < 2**31 else None
        if row is None or not row.what.get("ended"):
            abort(404)
        [found] = ceilings.read({ceilings.KEY: [row.what["limit"]]})
        try:
            after = ceilings.with_ceiling(policies.to_change(session), found)
        except (BadCeiling, Overlaps):
            return hx.lead_to(url_for("limits.page", done="limit_blocked.1"))
        _adopt(session, after, {"limit": found.as_content()}, _("not ended after all"))
    return hx.lead_to(url_for("limits.page", done="saved.1"))
