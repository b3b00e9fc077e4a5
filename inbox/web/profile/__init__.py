"""Oneself: name, language, password, and where one is signed in."""

from functools import cache
from zoneinfo import available_timezones

from flask import Response, g, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import audit, clock, language
from cases.agent import SHORTEST_PASSWORD, Agent, second_factor, signed_in_by
from cases.db import reading, transaction
from cases.language import gettext as _
from cases.settings import settings
from cases.signing import fingerprint
from inbox.web import browsers, notices
from inbox.web.access import Pages, Policy, allow
from inbox.web.fragments import show
from inbox.web.preferences import UNDO_SECONDS
from inbox.web.signin import guesses, sessions
from inbox.web.who import agent

pages = Pages("profile", __name__, url_prefix="/profile")
LONGEST_NAME = 120
_CONTINENTS = frozenset(
    {
        "Africa",
        "America",
        "Antarctica",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    }
)


@pages.get("")
@allow(Policy.SIGNED_IN)
def page() -> Response:
    """What one may change oneself."""
    with reading() as session:
        return _shown(session, {})


def _shown(session: Session, wrong: dict[str, str], status: int = 200) -> Response:
    mine = session.get_one(Agent, agent().id)
    return show(
        session,
        "profile/page.html",
        title=_("My profile"),
        status=status,
        mine=mine,
        typed=request.form,
        wrong=wrong,
        factor=second_factor.of(session, mine.id),
        must=mine.role in second_factor.roles(session),
        living=sessions.living(session, mine.id, at=clock.now()),
        here_hash=fingerprint(g.secret),
        browser=browsers.shown,
        undo_choices=UNDO_SECONDS,
        zones=_zones(),
        zone_of_the_shop=settings().zone,
        shortest=SHORTEST_PASSWORD,
        notice=notices.from_address(),
    )


@cache
def _zones() -> tuple[str, ...]:
    """The zones that people know: by continent and town."""
    known = (one for one in available_timezones() if one.partition("/")[0] in _CONTINENTS)
    return (*sorted(known), "UTC")


@pages.post("")
@allow(Policy.SIGNED_IN)
def change() -> AnyResponse:
    """Another name, language, or time to take answers back."""
    name = " ".join(request.form.get("name", "").split())[:LONGEST_NAME]
    spoken, undo = request.form.get("language", ""), request.form.get("undo", "")
    zone = request.form.get("zone", "")
    with transaction() as session:
        mine = session.get_one(Agent, agent().id)
        if not name or not name.isprintable():
            said = _("Customers see the name, so there must be one.")
            return _shown(session, {"name": said}, 422)
        if spoken not in language.LANGUAGES or undo not in UNDO_SECONDS:
            return _shown(session, {"language": _("Choose one of the list.")}, 422)
        if zone and zone not in _zones():
            return _shown(session, {"zone": _("Choose one of the list.")}, 422)
        mine.name, mine.language, mine.undo_seconds, mine.zone = name, spoken, int(undo), zone
    return _back()


@pages.post("/password")
@allow(Policy.SIGNED_IN)
def change_password() -> AnyResponse:
    """Another password; every other browser of theirs is signed out."""
    now, fresh = request.form.get("now", "")[:1000], request.form.get("fresh", "")[:1000]
    mine, place = agent(), request.remote_addr or ""
    with transaction() as session:
        allowed = guesses.may_guess(session, mine.address, place, at=clock.now())
    with reading() as session:
        if not allowed:
            said = _("Too many tries. Wait a quarter of an hour.")
            return _shown(session, {"now": said}, 429)
        if len(fresh) < SHORTEST_PASSWORD:
            said = _("At least {number} characters.", number=SHORTEST_PASSWORD)
            return _shown(session, {"fresh": said}, 422)
        if signed_in_by(session, mine.address, now) is None:
            return _shown(session, {"now": _("This is not your current password.")}, 422)
    mine.set_password(fresh)
    with transaction() as session:
        session.get_one(Agent, mine.id).password_hash = mine.password_hash
        sessions.end_others(session, mine.id, g.secret)
        guesses.forget(session, mine.address, place)
        audit.note(session, by=mine.address, what="user.password", about=mine.address)
    return _back()


@pages.post("/sessions/end")
@allow(Policy.SIGNED_IN)
def sign_out_elsewhere() -> AnyResponse:
    """End every session of mine but this one."""
    with transaction() as session:
        sessions.end_others(session, agent().id, g.secret)
    return _back()


def _back() -> AnyResponse:
    return redirect(url_for("profile.page", done="saved.0"), 303)
