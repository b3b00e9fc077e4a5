"""The cards of the reports by their tab: each a definition in words, a drawing, and a table."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from cases.reporting import answering, meaning, voices, working
from cases.reporting import people as counts
from cases.reporting.scope import Scope
from cases.reporting.sums import Kind
from inbox.web.reports import flow, holding, matters, people, unasked, work
from inbox.web.reports.card import Card
from inbox.web.reports.contentment import satisfaction

Make = Callable[[Session, Scope, datetime], Card]

_PEOPLE: tuple[Make, ...] = (people.answers, people.repeats, people.held)
TABS: dict[str, tuple[Make, ...]] = {
    "work": (work.promises, work.waits, flow.volume, flow.hours, work.backlog),
    "meaning": (matters.types, matters.moods, matters.outcomes),
    "voices": (*_PEOPLE, holding.kept_back, unasked.around, satisfaction),
}
KINDS: dict[str, tuple[Kind, ...]] = {
    "work": (working.PROMISES, working.MAIL, answering.ANSWERED),
    "meaning": (meaning.MATTERS, meaning.OUTCOMES),
    "voices": (voices.FIRST, counts.TOLD, counts.WROTE, counts.HELD),
}
"""What of the days that are over the cards of a tab ask for."""
