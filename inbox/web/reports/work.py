"""Cards about the work: promises, mail in and out, and how old open cases are."""

from datetime import date, datetime, timedelta

from babel.dates import get_day_names
from sqlalchemy.orm import Session

from cases.language import current
from cases.language import gettext as _
from cases.message import Direction
from cases.reporting import working
from cases.reporting.scope import Scope
from cases.sla.policy import Target
from inbox.web import times
from inbox.web.console import charts
from inbox.web.console.names import number
from inbox.web.reports import drawing
from inbox.web.reports.card import FEW, Card, Tile
from inbox.web.reports.parts import counted, shared, was


def promises(session: Session, scope: Scope, _now: datetime) -> Card:
    now, before = working.promises(session, scope), working.promises(session, scope.before)
    past = {one.target: one.share for one in before}
    tiles = [
        Tile(shared(one.share), _target(one.target), was(past.get(one.target)), _few(one))
        for one in now
    ]
    return Card(
        "promises",
        _("Promises kept"),
        _(
            "Of all promises that were kept or broken in the span, the share that was "
            "kept, in opening hours."
        ),
        (_("Promise"), _("kept"), _("broken"), _("share")),
        [(_target(one.target), str(one.kept), str(one.broken), shared(one.share)) for one in now],
        tiles,
    )


def _few(one: working.Kept) -> bool:
    return one.kept + one.broken < FEW


def _target(target: Target) -> str:
    return {
        Target.FIRST_RESPONSE: _("First answer"),
        Target.NEXT_RESPONSE: _("Next answers"),
        Target.RESOLUTION: _("Solution"),
        Target.KEEP_INFORMED: _("Keeping informed"),
        Target.CALL_BACK: _("Calling back"),
    }[target]


def volume(session: Session, scope: Scope, _now: datetime) -> Card:
    found = working.volume(session, scope)
    before = working.totals(session, scope.before)
    days = scope.days()
    names = [get_day_names("abbreviated", locale=current())[day] for day in range(7)]
    return Card(
        "volume",
        _("Mail in and out"),
        _(
            "Mails that customers wrote, and mails that agents and bots wrote to them, "
            "by day of arrival."
        ),
        (_("Day"), _("in"), _("out")),
        [(day, str(found.came[day]), str(found.left[day])) for day in days],
        [
            counted(found.came.total(), before[Direction.IN], _("mails of customers")),
            counted(found.left.total(), before[Direction.OUT], _("mails to customers")),
        ],
        charts.lines(
            [(times.in_year(date.fromisoformat(day)), float(found.came[day])) for day in days]
        ),
        charts.lines(
            [(times.in_year(date.fromisoformat(day)), float(found.left[day])) for day in days]
        ),
        drawing.week(found.week, names),
        names,
    )


def backlog(session: Session, scope: Scope, now: datetime) -> Card:
    found = working.backlog(session, scope, now)
    names = [
        *(_("up to {span}", span=_span(limit)) for limit in working.AGES),
        _("older"),
    ]
    tones = ("ok", "ok", "warn", "warn", "danger")
    return Card(
        "backlog",
        _("Age of open cases"),
        _("All cases that are open now, by the time since they were opened."),
        (_("Age"), _("Cases")),
        [(name, str(value)) for name, value in zip(names, found, strict=True)],
        [Tile(number(sum(found)), _("open now"))],
        charts.bars(
            [
                (name, float(value), tone)
                for name, value, tone in zip(names, found, tones, strict=True)
            ]
        ),
    )


def _span(limit: timedelta) -> str:
    return _("{n} d", n=limit.days)
