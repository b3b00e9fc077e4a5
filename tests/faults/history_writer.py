"""Opens and closes cases until it is killed, and says when: a process of its own.

Usage: history_writer NUMBER OF_HOW_MANY; each has customers of its own.
"""

import itertools
import sys
import time

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from cases import Case
from cases.case import State
from cases.contact import Contact, Identifier
from cases.db import reading, transaction
from cases.filing import file
from tests.builders import a_mail, an_arrival
from tests.faults.history import PEOPLE


def main() -> None:
    number, of_all = map(int, sys.argv[1:])
    people = PEOPLE[number::of_all]
    for case_id, who in _left_open(people):
        _close(case_id, who)
    for turn in itertools.count():
        who = people[turn * 3 % len(people)]
        try:
            case_id = _open(who, f"Hola {number} {time.monotonic_ns()}")
            _say("opened", case_id, who)
            time.sleep(0.1)
            _close(case_id, who)
        except DBAPIError:
            _say("failed", 0, who)
            time.sleep(0.2)


def _left_open(people: list[str]) -> list[tuple[int, str]]:
    """What the one before left open when it was killed."""
    asked = (
        select(Case.id, Identifier.value)
        .join(Contact, Contact.id == Case.contact_id)
        .join(Identifier, Identifier.contact_id == Contact.id)
        .where(Identifier.value.in_(people), Case.state != State.CLOSED)
    )
    with reading() as session:
        return [(case_id, value) for case_id, value in session.execute(asked)]


def _open(who: str, text: str) -> int:
    with transaction(lock="filing") as session:
        case = file(session, an_arrival(a_mail(text, sender=who))).case
        session.flush()
        return case.id


def _close(case_id: int, who: str) -> None:
    _say("closing", case_id, who)
    with transaction() as session:
        case = session.get_one(Case, case_id, with_for_update=True, populate_existing=True)
        if case.is_open:
            case.close(by="bea@tienda.example", at=case.opened_at)


def _say(what: str, case_id: int, who: str) -> None:
    print(what, case_id, who, time.monotonic(), flush=True)


if __name__ == "__main__":
    main()
