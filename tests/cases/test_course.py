"""The mood of a case as a course: how it began, how bad it got, how it is now."""

from datetime import UTC, datetime, timedelta

from cases import course
from cases.course import Sign

MORNING = datetime(2026, 3, 10, 9, tzinfo=UTC)


def sign(n, sentiment, anger=0.0):
    return Sign(sentiment, anger, MORNING + timedelta(hours=n), n)


def test_a_case_that_began_badly_got_worse_and_ended_well():
    kept = None
    for one in (sign(1, "negative", 1.0), sign(2, "negative", 2.5), sign(3, "positive")):
        kept = course.added(kept, one)
    found = course.read(kept)
    assert [found.start.anger, found.worst.anger] == [1.0, 2.5]
    assert found.now == sign(3, "positive")


def test_a_mail_that_is_tagged_late_takes_its_place_in_time():
    kept = course.added(course.added(None, sign(5, "neutral")), sign(2, "negative", 1.0))
    found = course.read(kept)
    assert (found.start.message, found.worst.message, found.now.message) == (2, 2, 5)


def test_a_case_without_signs_has_no_course():
    assert course.added(None, None) is None
    assert course.read(None) is None
    assert course.course_of([]) is None
