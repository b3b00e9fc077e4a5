"""What stands on every page of the console: its tabs, and what everybody must know now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, make_response, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import clock
from cases.exclusions.waving import flooded
from cases.language import gettext as _
from cases.language import ngettext
from inbox.freshness import Lag, freshness
from inbox.tokens import Scope, Token
from inbox.web import times
from inbox.web.console import names
from inbox.web.fragments import frame

SOFT, HARD = timedelta(minutes=15), timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of the console."""

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Warned:
    """Something everybody must know."""

    text: str
    what_to_do: str
    tone: str = "warn"


def tabs() -> tuple[Tab, ...]:
    """The pages of the console, as they are worked with."""
    return (
        Tab(_("Now"), "/console"),
        Tab(_("People"), "/console/people"),
        Tab(_("Filter a list"), "/console/lists"),
        Tab(_("Campaigns"), "/console/campaigns"),
        Tab(_("Go or wait"), "/console/load"),
        Tab(_("Pressure"), "/console/pressure"),
        Tab(_("Approvals"), "/console/approvals"),
        Tab(_("Integrations"), "/console/integrations"),
    )


def shown(
    session: Session, template: str, *, title: str, status: int = 200, **values: Any
) -> Response:
    """A page of the console, always whole: what asks again selects its part of it."""
    page = render_template(
        f"console/{template}.html",
        title=title,
        part_of=_("Marketing"),
        **frame(session),
        tabs=tabs(),
        warnings=warnings(session, clock.now()),
        names=names,
        **values,
    )
    return make_response(page, status)


def warnings(session: Session, now: datetime) -> list[Warned]:
    """What is wrong now, the worst first."""
    return [*_behind(session, now), *_stale(session, now), *_flood(session, now)]


def _behind(session: Session, now: datetime) -> list[Warned]:
    state = freshness(session, now)
    if state.lag is Lag.NONE:
        return []
    stops = _("Marketing waits until mail is read again. Tell whoever runs Tregua.")
    longest = times.rough(max(since for _name, since in state.late))
    said = _("Mail was not read for {time}: who complains now is not known yet", time=longest)
    return [Warned(said, stops, "danger" if state.lag is Lag.STOPPED else "warn")]


def consumers(session: Session, now: datetime) -> Sequence[Token]:
    """The tokens that keep a copy of the feed and are in use."""
    found = session.scalars(
        select(Token)
        .where(Token.revoked_at.is_(None), Token.pulled_at.is_not(None))
        .order_by(Token.pulled_at)
    )
    return [one for one in found if one.may(Scope.FEED_READ) and one.lives(now)]


def _stale(session: Session, now: datetime) -> list[Warned]:
    found = []
    for one in consumers(session, now):
        age = now - (one.pulled_at or now)
        if age > SOFT:
            late = times.rough(age)
            said = _("{name} has not fetched the truce for {time}", name=one.name, time=late)
            stop = _("It may write to people on truce. Stop its campaigns until it fetches again.")
            found.append(Warned(said, stop, "danger" if age > HARD else "warn"))
    return found[:3]


def _flood(session: Session, now: datetime) -> list[Warned]:
    count = flooded(session, now)
    if not count:
        return []
    said = ngettext(
        "{number} complaint of an unproven sender within an hour",
        "{number} complaints of unproven senders within an hour",
        count,
    )
    return [
        Warned(
            said, _("A supervisor can look at them and lift all at once on the page of the truce.")
        )
    ]
