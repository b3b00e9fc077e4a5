"""What is wrong is seen from the rows alone: mailboxes, queues, the feed, promises, the fuse."""

from datetime import timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from bot.staff_mail.alarms import Kind
from bot.voice.breaker import Trip
from cases import clock
from cases.exclusions.gates import Campaign, Gate, Status
from cases.exclusions.matrix import CampaignClass
from cases.exclusions.reasons import Reason, Severity
from cases.exclusions.rows import Exclusion
from cases.promises import Mark, PromiseMark
from cases.sla.policy import Target
from inbox import spool
from inbox.api.troubles import look
from inbox.sighting import Finding, Sighting
from inbox.spool import Fetched, Place
from inbox.tokens import Scope, Token, issue
from tests.bot.writing import a_case, a_shop
from tests.builders import MORNING

MINUTE = timedelta(minutes=1)


def seen(session: Session, minutes: float = 0) -> set[tuple[Kind, str]]:
    session.flush()
    found = look(session, MORNING + minutes * MINUTE)
    return {(one.kind, one.about) for one in found} - {(Kind.DISK, "")}


def a_token(session: Session) -> Token:
    issue(session, "newsletter tool", frozenset({Scope.CHECK}))
    session.flush()
    return session.query(Token).one()


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


def test_a_program_that_guesses_is_an_alarm_for_an_hour(session: Session) -> None:
    token = a_token(session)
    assert seen(session) == set()
    token.alarmed_at = MORNING
    assert seen(session, 59) == {(Kind.GUESSING, token.prefix)}
    assert seen(session, 61) == set()
    token.revoked_at = MORNING
    assert seen(session) == set()


def test_who_writes_around_the_truce_is_named(session: Session) -> None:
    harmless = Sighting(message_id=1, at=MORNING, sender="a@x.example", finding=Finding.HARMLESS)
    session.add(harmless)
    assert seen(session) == set()
    for n, sender in enumerate(("ofertas@x.example", "ofertas@x.example", "b@x.example")):
        found = Sighting(message_id=2 + n, at=MORNING, sender=sender, finding=Finding.UNASKED)
        session.add(found)
    names = {(Kind.UNASKED, "ofertas@x.example"), (Kind.UNASKED, "b@x.example")}
    assert seen(session) == names
    token = a_token(session)
    campaign = Campaign(token_id=token.id, external_id="c", weight=1.0, created_at=MORNING,
                        campaign_class=CampaignClass.PROMOTIONAL)  # fmt: skip
    session.add(campaign)
    session.flush()
    gate = Gate(id="g", token_id=token.id, campaign_id=campaign.id, created_at=MORNING,
                status=Status.UNASKED, committed_at=MORNING)  # fmt: skip
    session.add(gate)
    assert seen(session) == names | {(Kind.UNASKED, "newsletter tool")}
    assert seen(session, 24 * 60 + 1) == set()


def test_many_complaints_nobody_vouches_for(session: Session) -> None:
    row = {"contact_id": 1, "reason": Reason.PROVISIONAL, "severity": Severity.SOFT,
           "starts_at": MORNING, "created_at": MORNING, "origin": "case"}  # fmt: skip
    session.execute(insert(Exclusion), [row] * 99)
    assert seen(session) == set()
    session.execute(insert(Exclusion), [row])
    assert seen(session, 5) == {(Kind.FORGED, "")}
    assert seen(session, 61) == set()


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
