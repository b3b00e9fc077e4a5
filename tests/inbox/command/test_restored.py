"""A backup that was put back sends nothing a second time, and those who follow begin anew."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from bot import outbox, queues, signs
from bot.delivery import uncertain
from bot.outbox import OutgoingMail, State
from cases import clock
from cases.audit import Entry
from cases.db import reading, transaction
from cases.exclusions import feed
from cases.mailbox import Mailbox, Mode
from inbox import schema
from inbox.command import tregua
from tests.bot.test_outbox import claim, queued, state_of


@pytest.fixture(autouse=True)
def put_back(installation: str) -> None:
    """The tables of this version, and a mailbox that answers by itself."""
    schema.stamp()
    place = {"imap_host": "imap.shop.test", "imap_user": "help"}
    box = Mailbox(address="help@shop.test", mode=Mode.SEND, created_at=clock.now(), **place)
    with transaction() as session:
        session.add(box)


def restored() -> str:
    outcome = CliRunner().invoke(tregua, ["restored"])
    assert outcome.exit_code == 0, outcome.output
    return outcome.output


def test_what_was_due_is_doubted_until_the_journal_proves_it_or_its_absence() -> None:
    taken, lost = queued(automatic=False), queued(State.DEFERRED, automatic=False)
    later = queued(due_at=clock.now() + timedelta(hours=8))
    restored()
    assert [state_of(one) for one in (taken, lost)] == [State.UNCERTAIN] * 2
    assert claim(taken) is None
    assert state_of(later) is State.PENDING
    with transaction() as session:
        outbox.prove(session, [session.get_one(OutgoingMail, taken).rfc_id])
    assert uncertain.send_unproven_again(clock.now() + timedelta(hours=1)) == 1
    assert [state_of(one) for one in (taken, lost)] == [State.ACCEPTED, State.PENDING]


def test_a_bots_mail_without_a_copy_is_left_to_people() -> None:
    doubted = queued()
    restored()
    assert uncertain.send_unproven_again(clock.now() + timedelta(hours=1)) == 0
    assert state_of(doubted) is State.UNCERTAIN


def test_nobody_is_acknowledged_twice_and_followers_begin_anew() -> None:
    with transaction() as session:
        before = feed.lock(session).epoch
    said = restored()
    with reading() as session:
        box = session.scalars(select(Mailbox)).one()
        noted = session.scalars(select(Entry.what).order_by(Entry.number)).all()
    assert box.mode is Mode.SHADOW
    assert f"tregua mailbox mode {box.address} send" in said
    assert noted == ["mailbox.changed", "backup.restored"]
    with transaction() as session:
        assert feed.lock(session).epoch != before


@pytest.mark.parametrize("living", [queues.SEND, signs.POLLER])
def test_it_is_refused_while_somebody_works(living: str) -> None:
    with transaction() as session:
        signs.give(session, living, clock.now())
    refused = CliRunner().invoke(tregua, ["restored"])
    assert refused.exit_code == 1
    assert "Stop all processes" in refused.output
