"""Nobody who is surely on truce is ever called free: told from outside, by one running clock."""

import threading
import time
from collections import defaultdict

import pytest

from cases import Case, Kind, clock
from cases.db import engine, reading, transaction
from cases.exclusions.asking import Question, ask
from cases.filing import file
from tests.builders import a_mail, an_arrival

pytestmark = pytest.mark.usefixtures("installation")
PEOPLE = [f"c{n}@cliente.example" for n in range(6)]
WRITERS, READERS, ROUNDS, READS = 4, 3, 5, 60


class History:
    """When each person was surely held, and when they were called free."""

    def __init__(self):
        self.held = defaultdict(list)
        self.free = []
        self.lock = threading.Lock()

    def broken(self):
        """Readings of "free" that lie wholly inside a time of surely being held."""
        return [
            (who, began, ended)
            for who, began, ended in self.free
            for opened, closing in self.held[who]
            if opened < began and ended < closing
        ]


def _write(history, n):
    for round_ in range(ROUNDS):
        who = PEOPLE[(n + round_) % len(PEOPLE)]
        with transaction(lock="filing") as session:
            mail = a_mail(f"Hola {n} {round_}", sender=who)
            case = file(session, an_arrival(mail)).case
            session.flush()
            case_id = case.id
        opened = time.monotonic()
        time.sleep(0.02)
        closing = time.monotonic()
        with transaction() as session:
            case = session.get_one(Case, case_id, with_for_update=True, populate_existing=True)
            if case.is_open:
                case.close(by="bea@tienda.example", at=case.opened_at)
        with history.lock:
            history.held[who].append((opened, closing))


def _read(history, done):
    reads = 0
    while not done.is_set() or reads < READS:
        began = time.monotonic()
        with reading() as session:
            found = ask(session, Kind.ADDRESS, PEOPLE, Question(), clock.now())
        ended = time.monotonic()
        reads += 1
        with history.lock:
            history.free += [(who, began, ended) for who in PEOPLE if who not in found]


@pytest.mark.slow
def test_nobody_who_is_surely_held_is_ever_called_free():
    engine()  # made once, before the threads would each make their own
    history, done = History(), threading.Event()
    readers = [threading.Thread(target=_read, args=(history, done)) for _ in range(READERS)]
    writers = [threading.Thread(target=_write, args=(history, n)) for n in range(WRITERS)]
    for one in (*readers, *writers):
        one.start()
    for one in writers:
        one.join()
    done.set()
    for one in readers:
        one.join()
    assert history.broken() == []
    assert sum(map(len, history.held.values())) == WRITERS * ROUNDS
    assert history.free
