"""What is wrong is seen from the rows alone: mailboxes, queues, the feed, promises, the fuse."""

from datetime import timedelta

from sqlalchemy.orm import Session

from bot.alarms import Kind
from bot.breaker import Trip
from cases import clock
from cases.exclusions.reasons import Reason, Severity
from cases.exclusions.rows import Exclusion
from cases.promises import Mark, PromiseMark
from cases.sla.policy import Target
from inbox import spool
from inbox.api.troubles import look
from inbox.spool import Fetched, Place
from tests.bot.writing import a_case, a_shop
from tests.builders import MORNING

MINUTE = timedelta(minutes=1)


def seen(session: Session, minutes: float = 0) -> set[tuple[Kind, str]]:
    session.flush()
    found = look(session, MORNING + minutes * MINUTE)
    return {(one.kind, one.about) for one in found} - {(Kind.DISK, "")}


def test_a_mailbox_that_fails_or_whose_server_is_silent(session: Session) -> None:
    box = a_shop(session)
    box.heard_at = MORNING
    assert seen(session) == set()
    box.failing_since = MORNING
    assert seen(session, 1.9) == set()
    assert seen(session, 2) == {(Kind.MAILBOX, str(box.id))}
    box.failing_since = None
    assert seen(session, 3.1) == {(Kind.MAILBOX, str(box.id))}
    box.paused = True
    assert seen(session, 60) == set()


def test_work_that_lies_waiting(session: Session) -> None:
    box = a_shop(session)
    box.paused = True
    came = Fetched(1, b"Subject: x\r\n\r\nx", MORNING - timedelta(days=1), 20)
    with clock.at(MORNING):
        spool.put(session, Place(box.id, "INBOX"), 1, [came])
    assert seen(session, 4) == set()
    assert seen(session, 6) == {(Kind.QUEUE, "filing")}


def test_promises_that_break_in_numbers(session: Session) -> None:
    case = a_case(session)
    a_shop(session).paused = True
    for n in range(10):
        at = MORNING - n * MINUTE
        session.add(
            PromiseMark(
                case_id=case.id,
                target=Target.FIRST_RESPONSE,
                mark=Mark.BROKEN,
                started_at=at,
                due_at=at,
                at=at,
                noticed_at=at,
            )
        )
    assert seen(session) == {(Kind.BREACHES, "")}
    assert seen(session, 70) == set()


def test_a_feed_that_releases_nobody_and_a_fuse_that_blew(session: Session) -> None:
    row = Exclusion(
        contact_id=1,
        reason=Reason.MANUAL,
        severity=Severity.HARD,
        starts_at=MORNING - timedelta(days=1),
        until=MORNING,
        created_at=MORNING,
        origin="bea",
    )
    session.add(row)
    assert seen(session, 10) == set()
    assert seen(session, 16) == {(Kind.FEED, "")}
    row.lifted_at = MORNING
    session.add(Trip(at=MORNING, sent=900, usual=3))
    assert seen(session, 16) == {(Kind.BOT, "")}
