"""A person who answers while bot mail waits is never followed by a bot, however they meet."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.delivery import claiming
from bot.delivery.recording import Ledger
from cases import clock
from cases.case import take
from cases.db import Base, make_engine, transaction
from tests.bot.writing import a_case, a_person_answers, a_saying
from tests.databases import forget, settle_in

LONGEST_PAUSE = 0.004


@pytest.fixture
def on_postgres(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    monkeypatch.setenv("TREGUA_QUIET_HOURS", "")
    settle_in(monkeypatch, postgres_url, tmp_path)
    made = make_engine(postgres_url)
    Base.metadata.create_all(made)
    made.dispose()
    yield
    forget()


@dataclass
class Meeting:
    """One case with a bot's mail that waits, and when each of the two acted."""

    case_id: int
    mail_id: int
    answered: float = 0.0
    """When the person's answer was committed."""
    began: float = 0.0
    """When the worker asked for the last time whether the mail may leave."""
    left: bool = False

    def person(self, pause: float) -> None:
        time.sleep(pause)
        with transaction() as session:
            a_person_answers(session, take(session, self.case_id), clock.now())
        self.answered = time.monotonic()

    def worker(self, first: float, second: float) -> None:
        time.sleep(first)
        for mail in claiming.claim([self.mail_id]):
            time.sleep(second)
            self.began = time.monotonic()
            with closing(Ledger()) as ledger:
                self.left = ledger.goes_out(mail)


def _meeting(number: int, *, urgent: bool) -> Meeting:
    with transaction() as session:
        case = a_case(session, f"Caso {number}", sender=f"c{number}@cliente{number}.example")
        mail = a_saying(session, case, "Su paquete salió.", at=clock.now(), urgent=urgent)
        mail.due_at = clock.now()
        return Meeting(case.id, mail.id)


def _meet(meeting: Meeting, chance: random.Random, *, person_first: bool, in_turn: bool) -> None:
    pauses = [chance.uniform(0, LONGEST_PAUSE) * chance.choice((0, 1, 3)) for _ in range(3)]
    both = [
        threading.Thread(target=meeting.worker, args=pauses[1:]),
        threading.Thread(target=meeting.person, args=pauses[:1]),
    ]
    for one in both[::-1] if person_first else both:
        one.start()
        if in_turn:
            one.join()
    for one in both:
        one.join()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("number", [60, pytest.param(500, marks=pytest.mark.nightly)])
@pytest.mark.usefixtures("on_postgres")
def test_no_bot_speaks_after_a_person_however_they_meet(number: int) -> None:
    chance = random.Random(5)
    meetings = [_meeting(n, urgent=n % 2 == 0) for n in range(number)]
    for n, meeting in enumerate(meetings):
        # Some do not meet at all, so that each is first now and then on any machine.
        _meet(meeting, chance, person_first=bool(n // 2 % 2), in_turn=n < number // 5)
    assert all(meeting.answered for meeting in meetings)
    late = [one for one in meetings if one.left and one.began > one.answered]
    assert late == []
    # The meetings are worth something only if each of the two was first now and then.
    before = sum(one.left for one in meetings)
    assert number // 20 < before < number - number // 20
    assert all(not claiming.claim([one.mail_id]) for one in meetings)
