"""The card of satisfaction: what customers said, with and without mail of marketing meanwhile."""

from collections import Counter
from datetime import datetime

from sqlalchemy.orm import Session

from cases.language import gettext as _
from cases.language import say_number
from cases.reporting import contentment
from cases.reporting.scope import Scope
from cases.satisfaction import Step
from inbox.web.console.names import share
from inbox.web.public import satisfaction as words
from inbox.web.reports.card import Card, Tile


def satisfaction(session: Session, scope: Scope, _now: datetime) -> Card:
    """Shares of the good answers, and all steps in numbers."""
    found, before = contentment.steps(session, scope)
    quiet, loud = found[True], found[False]
    said = quiet + loud
    return Card(
        "satisfaction",
        _("Satisfaction"),
        _(
            "What customers answered in the span when they were asked about their case; good "
            "are the two best of five steps. Kept quiet: no marketing reached the person "
            "between the opening of the case and the answer."
        ),
        _("No customer said anything about a case in this span."),
        (_("Judgement"), _("marketing kept quiet"), _("marketing wrote meanwhile")),
        [(words.name(step), quiet[step.value], loud[step.value]) for step in reversed(Step)]
        if said
        else [],
        [
            _tile(said, before[True] + before[False], _("good of all answers")),
            _tile(quiet, before[True], _("good where marketing kept quiet")),
            _tile(loud, before[False], _("good where marketing wrote meanwhile")),
            Tile(say_number(said.total()), _("answers")),
        ],
        bars=[said[step.value] / said.total() for step in reversed(Step)] if said else [],
    )


def _tile(said: Counter[int], before: Counter[int], about: str) -> Tile:
    was = _("before: {value}", value=_good(before)) if before else ""
    return Tile(_good(said), about, was, said.total())


def _good(said: Counter[int]) -> str:
    if not said:
        return "–"
    return share(sum(said[step.value] for step in Step if step.is_good) / said.total())
