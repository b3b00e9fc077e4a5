"""What went around the truce is counted by local weeks, beside the span before."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from cases.reporting.scope import Scope
from inbox import sighting
from inbox.sighting import Finding, Sighting

MADRID = ZoneInfo("Europe/Madrid")
TUESDAY = datetime(2026, 11, 24, 23, tzinfo=UTC)


def test_mails_fall_into_the_week_and_the_span_in_which_they_came(session):
    scope = Scope(datetime(2026, 11, 12, tzinfo=MADRID), TUESDAY, MADRID)
    times = [
        datetime(2026, 11, 22, 23, 30, tzinfo=UTC),  # It is Monday in Madrid by then.
        datetime(2026, 11, 22, 22, 30, tzinfo=UTC),
        scope.since - timedelta(minutes=10),
        TUESDAY,
    ]
    for number, at in enumerate(times):
        found = Sighting(message_id=number, at=at, sender="b@x.example", finding=Finding.UNASKED)
        found.held = ["ana@x.example"] * number
        session.add(found)
    session.flush()
    now, before = sighting.around(session, scope)
    weeks = {place[0]: mails for place, mails in now.mails.items()}
    assert weeks == {date(2026, 11, 23): 1, date(2026, 11, 16): 1}
    assert (now.people.total(), before.mails.total(), before.people.total()) == (1, 1, 2)
