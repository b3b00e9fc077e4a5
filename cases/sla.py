"""What we owe and until when: the promise of an answer, from arrival and calendar alone."""

from datetime import datetime, timedelta
from functools import cache

from cases import hours
from cases.settings import settings


@cache
def calendar() -> hours.Calendar:
    """The opening hours the admin set."""
    return hours.parse(settings().opening_hours, settings().zone)


def answer_due(arrived_at: datetime) -> datetime:
    """Until when a mail that arrived then must be answered by a person."""
    return calendar().due(arrived_at, timedelta(hours=settings().first_response_hours))
