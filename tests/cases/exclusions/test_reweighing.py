"""Whatever becomes of messages, cases and people: what we wrote weighs on who they are now."""

import random
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from cases import Case, Contact, Identifier, Kind, clock, merging
from cases.contact import introduce
from cases.db import FILING, reading, transaction
from cases.exclusions import ours, touches
from cases.exclusions.reweighing import ToWeigh
from cases.mail import Origin
from cases.merging import splitting
from cases.message import Direction, Message
from cases.people import belongings, identifiers, quality
from cases.people import merging as joining
from cases.pressure import WEIGHTS, faded, score
from tests.builders import MORNING

pytestmark = pytest.mark.usefixtures("installation")
WEEK, HOUR = timedelta(days=7), timedelta(hours=1)
NEW = count()
Act = Callable[[Any, int, int], None]


def _pick(session, table, n):
    """One of the newest rows, so that each history has people of its own."""
    rows = session.scalars(select(table).order_by(table.id.desc()).limit(8)).all()
    return rows[n % len(rows)]


def agent_writes(session, n, hours):
    case = _pick(session, Case, n)
    for direction, origin in ((Direction.IN, Origin.CUSTOMER), (Direction.OUT, Origin.AGENT)):
        at = MORNING - hours * HOUR
        sender = f"{case.contact_id}@x.example"
        session.add(Message(case=case, direction=direction, origin=origin, arrived_at=at,
                            sender=sender))  # fmt: skip


def bot_writes(session, n, hours):
    case = _pick(session, Case, n)
    session.add(Message(case=case, direction=Direction.OUT, origin=Origin.BOT,
                        arrived_at=MORNING - hours * HOUR))  # fmt: skip


def withdrawn(session, n, _more):
    _pick(session, Message, n).withdrawn_at = MORNING


def cases_merged(session, n, more):
    merging.merge(session, _pick(session, Case, n), _pick(session, Case, more), by="b", at=MORNING)


def cases_parted(session, n, _more):
    merging.undo_merge(session, _pick(session, Case, n), by="b", at=MORNING)


def message_split(session, n, _more):
    splitting.split(session, _pick(session, Message, n), by="b", at=MORNING)


def split_undone(session, n, _more):
    splitting.undo_split(session, _pick(session, Case, n), by="b", at=MORNING)


def people_merged(session, n, more):
    one, into = (_pick(session, Contact, which).id for which in (n, more))
    joining.merge(session, one, into, by="b", at=MORNING)


def people_parted(session, n, _more):
    joining.undo(session, _pick(session, Contact, n).id, by="b", at=MORNING)


def name_given(session, n, more):
    text = f"+34600{next(NEW):06}" if more % 2 else f"new{next(NEW)}@x.example"
    kind = Kind.PHONE if more % 2 else Kind.ADDRESS
    identifiers.give(session, _pick(session, Contact, n), kind, text)


def name_taken_away(session, n, _more):
    one = _pick(session, Identifier, n)
    belongings.take_away(session, one.contact, one.id)


def name_corrected(session, n, _more):
    one = _pick(session, Identifier, n)
    quality.correct(session, one.id, f"right{next(NEW)}@x.example", at=MORNING)


def case_given_away(session, n, more):
    _pick(session, Case, n).contact = _pick(session, Contact, more)


REFUSALS = (
    *(merging.SameCase, merging.AlreadyMerged, merging.NotMerged, splitting.NotSplit),
    *(splitting.NothingLeft, joining.SamePerson, joining.AlreadyMerged, joining.NotMerged),
    *(identifiers.SomebodyElses, identifiers.NotAnIdentifier, belongings.LastOne),
    *(belongings.RefusalStands, LookupError),
)
ACTS: tuple[Act, ...] = (
    *(agent_writes, bot_writes, withdrawn, cases_merged, cases_parted, message_split),
    *(split_undone, people_merged, people_parted, name_given, name_taken_away, name_corrected),
    case_given_away,
)


def begin():
    with clock.at(MORNING), transaction(lock=FILING) as session:
        for _person in range(3):
            person = introduce(session, f"p{next(NEW)}@x.example", name="", at=MORNING)
            for subject in ("a", "b"):
                case = Case(subject=subject, contact=person, opened_at=MORNING, last_at=MORNING)
                session.add(case)
    for n in range(6):
        done(agent_writes, n, n)


def done(act, n, more):
    try:
        with clock.at(MORNING), transaction(lock=FILING) as session:
            act(session, n, more)
    except REFUSALS:
        return


def reckoned_from_scratch(session):
    """What weighs on each name by the messages as they are, without any bookkeeping."""
    written = select(Case.contact_id, Message.arrived_at, Message.origin).join(Case.messages)
    stands = Message.direction == Direction.OUT, Message.withdrawn_at.is_(None)
    theirs: dict[int, list[Any]] = {}
    for contact_id, at, origin in session.execute(written.where(*stands)):
        theirs.setdefault(contact_id, []).append((at, WEIGHTS[origin.value]))
    sums = {one: score(rows, MORNING, WEEK) for one, rows in theirs.items()}
    names = session.execute(select(Identifier.kind, Identifier.value, Identifier.contact_id))
    return {(kind, value): sums[whose] for kind, value, whose in names if whose in sums}


def kept(session):
    rows = session.scalars(select(touches.Pressure).where(touches.Pressure.ours > 0))
    return {(row.kind, row.value): faded(row.ours, MORNING - row.ours_at, WEEK) for row in rows}


def assert_weighed_rightly(seed, length):
    """A history by chance, with a look now and then, and what weighs compared after each."""
    chance = random.Random(seed)
    begin()
    for step in range(length):
        done(chance.choice(ACTS), chance.randrange(8), chance.randrange(8))
        if chance.random() < 0.6 or step == length - 1:
            ours.weigh(MORNING)
            with reading() as session:
                assert kept(session) == pytest.approx(reckoned_from_scratch(session))
                assert session.scalar(select(ToWeigh.id)) is None


def test_what_weighs_is_what_a_reckoning_from_scratch_gives_after_any_history():
    assert_weighed_rightly(seed=11, length=40)


@pytest.mark.nightly
@pytest.mark.parametrize("seed", range(8))
def test_it_is_so_after_many_histories(seed):
    assert_weighed_rightly(seed, length=100)
