"""Cards about the mail: how much comes and goes, and when."""

from collections import Counter
from datetime import datetime

from babel.dates import get_day_names
from sqlalchemy.orm import Session

from cases.language import current, say_number
from cases.language import gettext as _
from cases.reporting import working
from cases.reporting.scope import Scope
from inbox.web.console import charts
from inbox.web.console.charts import Chart
from inbox.web.reports import drawing
from inbox.web.reports.card import Card, Tile
from inbox.web.reports.parts import counted, day_names


def volume(session: Session, scope: Scope, _now: datetime) -> Card:
    found, before = working.volume(session, scope)
    days = [day.date for day in scope.days()]
    both = found.came, found.left
    return Card(
        "volume",
        _("Mail in and out"),
        _(
            "Mails that customers wrote, and mails that agents and bots wrote to them, "
            "by day of arrival."
        ),
        _("No mail came or went in this span."),
        (_("Day"), _("in"), _("out")),
        [(day.isoformat(), *(one[day.isoformat()] for one in both)) for day in days]
        if any(both)
        else [],
        [
            counted(found.came.total(), before.came.total(), _("mails of customers")),
            counted(found.left.total(), before.left.total(), _("mails to customers")),
        ],
        _line(scope, found.came),
        _line(scope, found.left),
        unit=_("mails a day"),
    )


def _line(scope: Scope, numbers: Counter[str]) -> Chart:
    days = zip(day_names(scope), scope.days(), strict=True)
    return charts.lines([(name, float(numbers[day.date.isoformat()])) for name, day in days])


def hours(session: Session, scope: Scope, _now: datetime) -> Card:
    week = working.volume(session, scope)[0].week
    names = get_day_names("abbreviated", locale=current())
    days = [str(names[day]) for day in range(7)]
    (day, hour), most = max(week.items(), key=lambda one: one[1], default=((0, 0), 0))
    return Card(
        "hours",
        _("When customers write"),
        _("Mails of customers by weekday and hour, all weeks of the span together."),
        _("No customer wrote in this span."),
        (_("Hour"), *days),
        [(_span_of(hour), *(week[day, hour] for day in range(7))) for hour in range(24)]
        if week
        else [],
        [
            Tile(
                f"{days[day]} {_span_of(hour)}" if most else "–",
                _("most mails: {number}", number=say_number(most)),
            )
        ],
        cells=drawing.week(week, days),
        days=days,
    )


def _span_of(hour: int) -> str:
    return f"{hour}–{hour + 1} h"
