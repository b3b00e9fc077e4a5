"""Contacts are merged and parted while mail and refusals come in from many threads."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from cases import Case, Contact, Exclusion, Identifier, Message
from cases.contact import find, introduce
from cases.db import FILING, reading, transaction
from cases.exclusions.reasons import Reason
from cases.exclusions.rows import FeedEntry
from cases.exclusions.verbs import Set, exclude
from cases.filing import file
from cases.people import merging
from cases.people.merging import AlreadyMerged, NotMerged, SamePerson
from tests.builders import MORNING, a_mail, an_arrival

PEOPLE = [f"p{n}@cliente.example" for n in range(6)]
MAILS, REFUSALS, CHANGES = 25, 25, 30
pytestmark = pytest.mark.usefixtures("installation")


def mails(chance: random.Random) -> None:
    """Mail comes in, through the lock of the filing."""
    for n in range(MAILS):
        sender = chance.choice(PEOPLE)
        with transaction(lock=FILING) as session:
            file(session, an_arrival(a_mail(f"mail {sender} {n} {chance.random()}", sender=sender)))


def refusals(chance: random.Random) -> None:
    """Programs say who wants nothing, by address, and know of no lock."""
    for n in range(REFUSALS):
        address = chance.choice(PEOPLE)
        with transaction() as session:
            contact = find(session, address)
            time.sleep(chance.random() / 300)
            wish = Set(Reason.OBJECTION, evidence=f"{address} {n}")
            exclude(session, contact.id, wish, by="program", at=MORNING)


def changes(chance: random.Random) -> None:
    """An agent merges and parts, whoever they are."""
    for _ in range(CHANGES):
        one, other = chance.sample(PEOPLE, 2)
        try:
            with transaction(lock=FILING) as session:
                if chance.random() < 0.5:
                    ids = find(session, one).id, find(session, other).id
                    merging.merge(session, *ids, by="bea", at=MORNING)
                else:
                    merged = Contact.merged_into_id.is_not(None)
                    gone = session.scalars(select(Contact.id).where(merged)).all()
                    if gone:
                        merging.undo(session, chance.choice(gone), by="bea", at=MORNING)
        except (AlreadyMerged, NotMerged, SamePerson, OperationalError):
            # What two people do at once may be refused; then it did not happen at all.
            time.sleep(0.01)


def all_at_once(*acts: Callable[[random.Random], None]) -> None:
    failed: list[BaseException] = []

    def attempt(act: Callable[[random.Random], None], seed: int) -> None:
        try:
            act(random.Random(seed))
        except BaseException as wrong:  # shown by the test
            failed.append(wrong)

    threads = [threading.Thread(target=attempt, args=(act, n)) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


@pytest.mark.slow
def test_no_address_no_case_and_no_exclusion_is_lost() -> None:
    with transaction() as session:
        for address in PEOPLE:
            introduce(session, address, name="", at=MORNING)
    all_at_once(mails, refusals, changes, mails, refusals)
    with reading() as session:
        living = set(session.scalars(select(Contact.id).where(Contact.merged_into_id.is_(None))))
        rows = session.execute(select(Identifier.value, Identifier.contact_id)).all()
        owners = dict(rows)
        assert set(owners) == set(PEOPLE)
        assert set(owners.values()) <= living
        assert set(session.scalars(select(Case.contact_id))) <= living
        assert len(session.scalars(select(Message.id)).all()) == 2 * MAILS
        held = Counter[str]()
        refusals_kept = session.scalars(select(Exclusion).where(Exclusion.origin == "program"))
        for row in refusals_kept.all():
            assert row.lifted_at is None
            assert row.contact_id in living
            held[row.evidence.split()[0]] += 1
        # What was set while people were one may stand twice afterwards, and never less than once.
        assert sum(held.values()) >= 2 * REFUSALS
        for address in held:
            entry = session.scalars(select(FeedEntry).where(FeedEntry.value == address)).one()
            assert "objection" in {hold["reason"] for hold in entry.holds}
