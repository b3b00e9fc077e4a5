"""Which sent mails the account's Sent folder is owed, and when one is given up."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery import sent_copies
from bot.delivery.sent_copies import TRIES, CopyState, SentCopy
from bot.outbox import OutgoingMail, State
from cases import Case, clock
from cases.contact import introduce
from cases.mailbox import Mailbox


@pytest.fixture
def box(session: Session) -> Mailbox:
    now = clock.now()
    box = Mailbox(address="s@t.test", imap_host="h", imap_user="s", copy_sent=True, created_at=now)
    session.add(box)
    session.flush()
    return box


def _sent(session: Session, box: Mailbox, **about: object) -> OutgoingMail:
    now, number = clock.now(), len(session.scalars(select(OutgoingMail)).all())
    case = Case(
        subject="x",
        contact=introduce(session, f"ana{number}@c.test", name="Ana", at=now),
        mailbox=box,
        opened_at=now,
        last_at=now,
    )
    session.add(case)
    session.flush()
    values = {"state": State.ACCEPTED, "settled_at": now} | about
    mail = OutgoingMail(
        case_id=case.id,
        key=f"k{case.id}",
        automatic=False,
        rule="answer",
        sender="s@t.test",
        recipient="ana@c.test",
        domain="c.test",
        rfc_id=f"m{case.id}@t.test",
        content=b"Subject: x\r\n\r\nHola\r\n",
        queued_at=now,
        due_at=now,
        **values,
    )
    session.add(mail)
    session.flush()
    return mail


def test_only_accepted_mails_of_mailboxes_that_wish_it_are_owed(
    session: Session, box: Mailbox
) -> None:
    assert sent_copies.owing(session, clock.now()) == []
    _sent(session, box, state=State.PENDING)
    _sent(session, box, settled_at=clock.now() - timedelta(days=30))
    assert sent_copies.owing(session, clock.now()) == []
    mail = _sent(session, box)
    assert sent_copies.owing(session, clock.now()) == [box.id]
    (copy,) = sent_copies.take(session, box.id, clock.now())
    assert (copy.outgoing_id, copy.content) == (mail.id, mail.content)
    assert not copy.tried_before
    box.copy_sent = False
    session.flush()
    assert sent_copies.owing(session, clock.now() + timedelta(hours=1)) == []


def test_a_copy_that_lies_there_is_not_laid_down_again(session: Session, box: Mailbox) -> None:
    mail = _sent(session, box)
    sent_copies.take(session, box.id, clock.now())
    sent_copies.record(session, mail.id)
    session.flush()
    assert sent_copies.owing(session, clock.now() + timedelta(hours=1)) == []


def test_a_copy_that_fails_is_tried_a_few_times_and_touches_nothing_else(
    session: Session, box: Mailbox
) -> None:
    mail, now = _sent(session, box), clock.now()
    for attempt in range(TRIES):
        (copy,) = sent_copies.take(session, box.id, now)
        assert copy.tried_before is (attempt > 0)
        sent_copies.record(session, mail.id, "[OVERQUOTA] full")
        session.flush()
        assert sent_copies.take(session, box.id, now) == []
        now += timedelta(hours=2)
    assert sent_copies.take(session, box.id, now) == []
    assert session.get_one(SentCopy, mail.id).state is CopyState.GIVEN_UP
    assert mail.state is State.ACCEPTED
