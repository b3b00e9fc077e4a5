"""Whatever process dies, whenever: no mail is lost or doubled, no reply is lost or doubled.

Counted from outside: what the mailbox holds against the database against the relay's sink.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import func, select

from bot.outbox import OutgoingMail, State
from cases import Case, Direction, Message
from cases.db import reading
from inbox.spool import Fate, RawMail
from tests.running import ADDRESS, Shop, a_raw_mail, running, until

PARTS = (("poll",), ("work", "file"), ("work", "send"))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases and proofs that end soon, so that a kill is made good within the test."""
    monkeypatch.setenv("TREGUA_LEASE_SECONDS", "3")
    monkeypatch.setenv("TREGUA_SEND_LEASE_SECONDS", "5")
    monkeypatch.setenv("TREGUA_PROOF_WAIT_SECONDS", "2")
    monkeypatch.setenv("TREGUA_IDLE_SECONDS", "5")
    monkeypatch.setenv("TREGUA_JOURNAL", "soporte+journal@tregua.test")
    monkeypatch.setenv("TREGUA_AUTOMATIC_PER_DOMAIN", "100000")


@contextmanager
def _journal(shop: Shop) -> Iterator[None]:
    """The relay's side of the journal: what it took for it arrives in the mailbox."""
    ended, carried = threading.Event(), 0

    def carry() -> None:
        nonlocal carried
        while not ended.wait(0.1):
            taken = shop.sink.mails
            shop.dovecot.drop(ADDRESS, [mail.content for mail in taken[carried:]])
            carried = len(taken)

    thread = threading.Thread(target=carry)
    thread.start()
    yield
    ended.set()
    thread.join()


def _mails(number: int) -> list[bytes]:
    """Each from a customer of its own; every fifth continues the one before."""
    mails = []
    for n in range(number):
        sender = f"c{n - n % 5 // 4}@cliente{n % 40}.test"
        follows = n % 5 == 4
        headers = {"In_Reply_To": f"<t{n - 1}@cliente.test>"} if follows else {}
        if follows:
            sender = f"c{n - 1}@cliente{(n - 1) % 40}.test"
        mails.append(
            a_raw_mail(
                f"token-{n}: no llega",
                subject=f"token-{n}",
                sender=sender,
                Message_ID=f"<t{n}@cliente.test>",
                **headers,
            )
        )
    return mails


def _everything_settled(number: int) -> bool:
    with reading() as session:
        messages = session.scalar(select(func.count()).where(Message.direction == Direction.IN))
        filed = session.scalar(select(func.count()).where(RawMail.fate == Fate.FILED)) or 0
        # Asked last, since the answers to the last batch are queued in the moment it is filed.
        unsettled = session.scalar(select(func.count()).where(OutgoingMail.state != State.ACCEPTED))
    return filed >= number and not unsettled and messages == number


def _kill_at_random(shop: Shop, number: int, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    mails = _mails(number)
    with running(shop.folder, *PARTS) as processes, _journal(shop):
        for n in range(kills):
            shop.dovecot.drop(ADDRESS, mails[n * number // kills : (n + 1) * number // kills])
            time.sleep(chance.uniform(0.2, 3.5))
            part = chance.choice(PARTS)
            processes.kill(*part)
            processes.start(*part)
        until(lambda: _everything_settled(number), seconds=300, what=f"{number} mails settled")


def assert_each_once(shop: Shop, number: int) -> None:
    with reading() as session:
        subjects = Counter(
            session.scalars(select(Message.subject).where(Message.direction == Direction.IN))
        )
        cases = session.scalar(select(func.count()).select_from(Case))
    assert subjects == Counter({f"token-{n}": 1 for n in range(number)})
    assert cases == number - number // 5
    acks = Counter(mail.recipients[0] for mail in shop.sink.mails)
    assert len(acks) == cases
    assert set(acks.values()) == {1}


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("impatient")
def test_ten_kills_lose_nothing_and_double_nothing(shop: Shop) -> None:
    _kill_at_random(shop, 200, kills=10, seed=7)
    assert_each_once(shop, 200)


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("impatient")
def test_fifty_kills_lose_nothing_and_double_nothing(shop: Shop) -> None:
    _kill_at_random(shop, 2000, kills=50, seed=11)
    assert_each_once(shop, 2000)


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("impatient")
def test_an_emptied_redis_loses_nothing(shop: Shop) -> None:
    mails = _mails(100)
    with running(shop.folder, *PARTS), _journal(shop):
        for n in range(5):
            shop.dovecot.drop(ADDRESS, mails[n * 20 : (n + 1) * 20])
            time.sleep(0.7)
            shop.redis.flush()
        until(lambda: _everything_settled(100), seconds=120, what="100 mails settled")
    assert_each_once(shop, 100)
