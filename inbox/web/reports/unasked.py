"""The card of marketing that went around the truce: which sender, in which week."""

from collections import Counter
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from cases.language import gettext as _
from cases.language import say_number
from cases.reporting.scope import Scope
from inbox import sighting
from inbox.sighting import Around
from inbox.web import times
from inbox.web.console import charts
from inbox.web.reports.card import Card, Row, Tile
from inbox.web.reports.parts import counted


def around(session: Session, scope: Scope, _now: datetime) -> Card:
    """Mails to people on truce without asking, beside the span before."""
    found, before = sighting.around(session, scope)
    weeks = _weeks(scope)
    by_week: Counter[date] = Counter()
    for (week, _sender), mails in found.mails.items():
        by_week[week] += mails
    return Card(
        "around",
        _("Sent around the truce"),
        _(
            "Mails of marketing that were seen in a mailbox in the span: to somebody on truce, "
            "and without a receipt that was good then; all senders, whatever is chosen above. "
            "A week begins on Monday."
        ),
        _("No mail around the truce was seen in this span."),
        (_("Week"), _("Sender"), _("Mails"), _("to people on truce")),
        _rows(found),
        [
            counted(found.mails.total(), before.mails.total(), _("mails around the truce")),
            counted(found.people.total(), before.people.total(), _("to people on truce")),
            Tile(say_number(len({sender for _week, sender in found.mails})), _("senders")),
        ],
        charts.bars([(times.in_year(week), float(by_week[week]), "danger") for week in weeks]),
        unit=_("mails a week"),
        names=2,
    )


def _weeks(scope: Scope) -> list[date]:
    first, last = (
        sighting.monday(at.astimezone(scope.zone).date()) for at in (scope.since, scope.until)
    )
    return [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]


def _rows(found: Around) -> list[Row]:
    """The newest week first, and in it who wrote most."""
    order = sorted(found.mails, key=lambda one: (-one[0].toordinal(), -found.mails[one], one[1]))
    return [
        (place[0].isoformat(), place[1], found.mails[place], found.people[place]) for place in order
    ]
