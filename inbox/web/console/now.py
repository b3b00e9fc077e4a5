"""The first page of the console: how many are on truce now, and when they are free again."""

from flask import Response

from cases import clock
from cases.db import reading
from cases.exclusions import numbers
from cases.exclusions.reasons import Group
from cases.exclusions.settings import settings
from cases.exclusions.waving import types_of_waves
from cases.language import gettext as _
from inbox.web import times
from inbox.web.access import Pages, Policy, allow
from inbox.web.console import charts
from inbox.web.console.frame import shown

pages = Pages("console", __name__, url_prefix="/console")
# Pressure is computed when somebody asks, so it is nobody's state.
GROUPS = (Group.CARE, Group.CONSENT, Group.DELIVERABILITY, Group.APPROVAL)


@pages.get("")
@allow(Policy.CONSOLE)
def page() -> Response:
    """The numbers of this moment."""
    now = clock.now()
    with reading() as session:
        held, known = numbers.everybody(session, now)
        found = numbers.by_group(session, now)
        trend = [(times.day(at), count) for at, count in numbers.trend(session, now)]
        return shown(
            session,
            "now",
            title=_("Now"),
            held=held,
            known=known,
            share=held / known if known else 0.0,
            too_many=bool(known) and held / known > settings().reach_alarm,
            alarm=settings().reach_alarm,
            groups=[(group, found.get(group, 0)) for group in GROUPS],
            age=numbers.median_age(session, now, held),
            free=numbers.releases(session, now),
            trend=trend,
            chart=charts.lines([(_without_year(name), n) for name, n in trend]),
            waves=types_of_waves(session),
        )


def _without_year(day: str) -> str:
    return day.rpartition(" ")[0].rstrip(",")
