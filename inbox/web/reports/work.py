"""Cards about the work: promises, first answers, and how old open cases are."""

from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy.orm import Session

from cases.language import gettext as _
from cases.language import say_number
from cases.reporting import answering, working
from cases.reporting.answering import Waits
from cases.reporting.scope import Scope
from cases.sla.policy import Target
from inbox.web.console import charts
from inbox.web.reports.card import Card, Tile
from inbox.web.reports.parts import open_time, part, shared, was

LIMITS = (15, 60, 4 * 60, 8 * 60, 24 * 60)
"""Minutes of opening hours."""


def promises(session: Session, scope: Scope, _now: datetime) -> Card:
    now, before = working.promises(session, scope)
    past = {one.target: one.share for one in before}
    return Card(
        "promises",
        _("Promises kept"),
        _(
            "Of all promises that were kept or broken in the span, the share that was "
            "kept, in opening hours."
        ),
        _("No promise was kept or broken in this span."),
        (_("Promise"), _("kept"), _("broken"), _("share")),
        [(_target(one.target), one.kept, one.broken, shared(one.share)) for one in now],
        [
            Tile(
                *(shared(one.share), _target(one.target), was(past.get(one.target))),
                one.kept + one.broken,
            )
            for one in now
        ],
    )


def _target(target: Target) -> str:
    return {
        Target.FIRST_RESPONSE: _("First answer"),
        Target.NEXT_RESPONSE: _("Next answers"),
        Target.RESOLUTION: _("Solution"),
        Target.KEEP_INFORMED: _("Keeping informed"),
        Target.CALL_BACK: _("Calling back"),
    }[target]


def waits(session: Session, scope: Scope, _now: datetime) -> Card:
    now, before = answering.waits(session, scope)
    steps = [now.within(limit) for limit in LIMITS]
    numbers = [after - so_far for so_far, after in pairwise((0, *steps, now.cases))]
    names = [*(_("up to {span}", span=open_time(limit)) for limit in LIMITS), _("longer")]
    return Card(
        "waits",
        _("Time to the first answer"),
        _(
            "Of the cases opened in the span that a person answered: opening hours from the "
            "first mail to that answer. What bots say is no answer here."
        ),
        _("Nobody answered a case that was opened in this span."),
        (_("Time"), _("Cases")),
        [*zip(names, numbers, strict=True)] if now.cases else [],
        [
            _wait(now, before, 0.5, _("half were answered within")),
            _wait(now, before, 0.9, _("nine of ten were answered within")),
            part(
                *(now.within(60), now.cases, _("answered within an hour")),
                (before.within(60), before.cases),
            ),
        ],
        charts.bars([(name, float(n), "") for name, n in zip(names, numbers, strict=True)]),
        unit=_("cases"),
    )


def _wait(now: Waits, before: Waits, part_: float, about: str) -> Tile:
    past = _("before: {value}", value=open_time(before.at(part_))) if before.cases else ""
    return Tile(open_time(now.at(part_)), about, past, now.cases)


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
        _("No case is open."),
        (_("Age"), _("Cases")),
        [(name, value) for name, value in zip(names, found, strict=True)] if any(found) else [],
        [Tile(say_number(sum(found)), _("open now"))],
        charts.bars(
            [
                (name, float(value), tone)
                for name, value, tone in zip(names, found, tones, strict=True)
            ]
        ),
        unit=_("cases"),
    )


def _span(limit: timedelta) -> str:
    return _("{n} d", n=limit.days)
