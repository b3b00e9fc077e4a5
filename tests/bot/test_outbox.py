"""The outbox: claimed once, recorded truly, proven by the journal."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from bot import erasing, outbox
from bot.delivery import claiming, recording, uncertain
from bot.delivery.recording import backoff
from bot.outbox import OutgoingMail, State
from cases import clock
from cases.db import reading, transaction
from cases.filing import file
from tests.builders import MORNING, an_arrival


def queued(state: State = State.PENDING, **values: object) -> int:
    """A mail in the outbox of an installation, due since the morning."""
    with transaction() as session:
        case = file(session, an_arrival(f"No llega, {clock.now()}")).case
        said = {
            "case": case,
            "key": f"ack:{case.id}",
            "automatic": True,
            "rule": "acknowledge",
            "sender": "",
            "recipient": "ana@cliente.test",
            "domain": "cliente.test",
            "rfc_id": f"out{case.id}@tregua.test",
            "template": "acknowledgement",
            "urgent": True,
            "content": b"Subject: x\r\n\r\nHola\r\n",
            "state": state,
            "queued_at": clock.now(),
            "due_at": MORNING,
        }
        mail = OutgoingMail(**(said | values))
        session.add(mail)
        session.flush()
        return mail.id


def claim(mail_id: int) -> OutgoingMail | None:
    return next(iter(claiming.claim([mail_id])), None)


def state_of(mail_id: int) -> State:
    with reading() as session:
        return session.get_one(OutgoingMail, mail_id).state


@pytest.mark.usefixtures("installation")
def test_a_mail_is_claimed_by_one_worker_only() -> None:
    mail_id = queued()
    assert claim(mail_id) is not None
    assert claim(mail_id) is None


@pytest.mark.usefixtures("installation")
def test_a_claim_whose_worker_died_before_the_body_is_free_again() -> None:
    mail_id = queued()
    with clock.at(MORNING):
        claim(mail_id)
    assert claim(mail_id) is not None


@pytest.mark.usefixtures("installation")
def test_a_worker_that_wakes_late_changes_nothing() -> None:
    mail_id = queued()
    with clock.at(MORNING):
        late = claim(mail_id)
    second = claim(mail_id)
    assert late is not None
    assert second is not None
    assert not recording.record(late, State.DATA_SENT)
    assert recording.record(second, State.ACCEPTED, "250 ok")
    assert state_of(mail_id) is State.ACCEPTED


@pytest.mark.usefixtures("installation")
def test_a_body_under_way_is_never_just_sent_again() -> None:
    mail_id = queued()
    with clock.at(MORNING):
        mail = claim(mail_id)
        assert mail is not None
        recording.record(mail, State.DATA_SENT)
    assert claim(mail_id) is None
    assert uncertain.give_up_uncertain() == 1
    assert state_of(mail_id) is State.UNCERTAIN
    assert claim(mail_id) is None


@pytest.mark.usefixtures("installation")
def test_the_journals_copy_proves_that_the_relay_took_it() -> None:
    mail_id = queued(State.UNCERTAIN, settled_at=MORNING)
    with transaction() as session:
        rfc_id = session.get_one(OutgoingMail, mail_id).rfc_id
        outbox.prove(session, [rfc_id])
    assert state_of(mail_id) is State.ACCEPTED


@pytest.mark.usefixtures("installation")
def test_without_a_copy_it_is_sent_again_only_after_the_journal_was_read() -> None:
    mail_id = queued(State.UNCERTAIN, settled_at=MORNING, automatic=False)
    assert uncertain.send_unproven_again(MORNING + timedelta(minutes=1)) == 0
    assert uncertain.send_unproven_again(None) == 0
    assert uncertain.send_unproven_again(MORNING + timedelta(hours=1)) == 1
    assert state_of(mail_id) is State.PENDING


@pytest.mark.usefixtures("installation")
def test_nothing_is_sent_again_to_a_person_who_was_erased() -> None:
    unproven = queued(State.UNCERTAIN, settled_at=MORNING, automatic=False)
    queued(State.DATA_SENT, settled_at=MORNING, automatic=False)
    with transaction() as session:
        cases = session.scalars(select(OutgoingMail.case_id)).all()
        erasing.erase(session, cases, at=MORNING)
    with transaction() as session:
        left = update(OutgoingMail).where(OutgoingMail.state == State.DATA_SENT)
        session.execute(left.values(state=State.UNCERTAIN))
    assert uncertain.send_unproven_again(MORNING + timedelta(hours=1)) == 0
    assert state_of(unproven) is State.CANCELLED


def _beside(copied: bool, minutes: int = 1) -> None:
    """A mail that the relay took soon after, and whether the journal has its copy."""
    at = MORNING + timedelta(minutes=minutes)
    queued(
        State.ACCEPTED, key=f"beside:{minutes}", settled_at=at, copy_seen_at=at if copied else None
    )


def _an_uncertain_one() -> int:
    begun = {"settled_at": MORNING, "leased_until": MORNING}
    return queued(State.UNCERTAIN, **begun)


@pytest.mark.usefixtures("installation")
def test_what_a_bot_says_goes_again_when_the_journal_is_whole_beside_it() -> None:
    mail_id = _an_uncertain_one()
    _beside(copied=True)
    assert uncertain.send_unproven_again(MORNING + timedelta(hours=1)) == 1
    assert state_of(mail_id) is State.PENDING


@pytest.mark.usefixtures("installation")
@pytest.mark.parametrize("others", [(), (False,), (True, False)])
def test_what_a_bot_says_is_never_sent_twice_however_late_the_journal_is(
    others: tuple[bool, ...],
) -> None:
    mail_id = _an_uncertain_one()
    for minutes, copied in enumerate(others):
        _beside(copied=copied, minutes=minutes)
    assert uncertain.send_unproven_again(MORNING + timedelta(hours=1)) == 0
    assert state_of(mail_id) is State.UNCERTAIN
    with transaction() as session:
        outbox.prove(session, [session.get_one(OutgoingMail, mail_id).rfc_id])
    assert state_of(mail_id) is State.ACCEPTED


@pytest.mark.usefixtures("installation")
def test_what_a_bot_said_a_day_ago_is_not_said_any_more() -> None:
    mail_id = _an_uncertain_one()
    _beside(copied=True)
    assert uncertain.send_unproven_again(MORNING + timedelta(days=2)) == 0
    assert state_of(mail_id) is State.UNCERTAIN


@pytest.mark.usefixtures("installation")
def test_the_same_thing_is_never_queued_twice() -> None:
    queued(key="ack:7")
    with pytest.raises(IntegrityError):
        queued(key="ack:7")


def test_waits_grow_up_to_four_hours() -> None:
    waits = [backoff(n) for n in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[0] == timedelta(minutes=5)
    assert waits[-1] == timedelta(hours=4)
