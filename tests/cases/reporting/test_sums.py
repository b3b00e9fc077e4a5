"""What is kept of days that are over is what their rows say, after whatever happened since."""

import random
import threading
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select, update

from cases import Case, Contact, Event, Exclusion, Mailbox, Message, clock, erasing, merging
from cases.case import take
from cases.db import reading, transaction
from cases.exclusions.reasons import Reason, Severity
from cases.filing import file
from cases.history import What
from cases.hours import midnight
from cases.merging.splitting import split
from cases.message import Direction
from cases.outcome import Outcome
from cases.people import merging as people
from cases.promises import Mark, PromiseMark
from cases.reporting import summing
from cases.reporting.kinds import KINDS
from cases.reporting.scope import Scope
from cases.reporting.sums import by_day, with_kept
from cases.settings import settings
from cases.sla.policy import Target
from tests.builders import MORNING, a_mail, an_arrival
from tests.meanwhile import ON_POSTGRESQL

DAY = timedelta(days=1)
WINDOW = 9


class Shop:
    """A shop in which anything may happen to what is over."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.now = chance, MORNING
        with transaction() as session:
            for n in range(2):
                told = {"imap_host": "h", "imap_user": "u", "created_at": MORNING}
                session.add(Mailbox(address=f"box{n}@tienda.example", **told))

    def _one(self, session, table, *conditions):
        found = session.scalars(select(table.id).where(*conditions).order_by(table.id)).all()
        return self.chance.choice(found) if found else None

    def _case(self, session, *conditions):
        number = self._one(session, Case, Case.merged_into_id.is_(None), *conditions)
        return take(session, number) if number is not None else None

    def _ago(self):
        return self.now - self.chance.random() * WINDOW * DAY

    def mail_comes_late(self, session):
        box = session.get_one(Mailbox, self._one(session, Mailbox))
        sender = f"c{self.chance.randrange(4)}@cliente.example"
        mail = a_mail(f"Asunto {self.chance.random()}", sender=sender)
        minutes = (self._ago() - MORNING).total_seconds() / 60
        file(session, an_arrival(mail, minutes=minutes, mailbox=box))

    def we_write(self, session):
        case = self._case(session)
        at = max(self._ago(), case.opened_at)
        told = {"direction": Direction.OUT, "origin": "agent", "arrived_at": at}
        case.messages.append(Message(**told))
        what = self.chance.choice((What.ANSWERED, What.AUTOMATIC_REPLY))
        case.happened(what, by="ana" if what is What.ANSWERED else "bot", at=at)

    def it_is_closed(self, session):
        if case := self._case(session, Case.closed_at.is_(None)):
            outcome = self.chance.choice([None, *Outcome])
            case.close(by="ana", at=max(self._ago(), case.opened_at), outcome=outcome)

    def it_is_opened_again(self, session):
        if case := self._case(session, Case.closed_at.is_not(None)):
            case.reopen(by="", at=case.closed_at + DAY)

    def it_is_tagged(self, session):
        mood = self.chance.choice(("negative", "neutral", ""))
        values = {"type": self.chance.choice(("delivery.late", "")), "sentiment": mood}
        number = self._one(session, Case)
        session.execute(update(Case).where(Case.id == number).values(values))

    def it_goes_to_another_mailbox(self, session):
        case = self._case(session)
        case.mailbox_id = self.chance.choice([None, self._one(session, Mailbox)])

    def it_was_bulk(self, session):
        self._case(session).bulk = self.chance.random() < 0.5

    def cases_become_one(self, session):
        one, other = self._case(session), self._case(session)
        if one is not other:
            merging.merge(session, one, other, by="ana", at=self.now)

    def they_are_two_again(self, session):
        if number := self._one(session, Case, Case.merged_into_id.is_not(None)):
            merging.undo_merge(session, take(session, number), by="ana", at=self.now)

    def a_message_gets_a_case(self, session):
        number = self._one(session, Message, Message.direction == Direction.IN)
        message = session.get_one(Message, number)
        if len(message.case.messages) > 1 and message.case.merged_into_id is None:
            split(session, message, by="ana", at=self.now)

    def people_become_one(self, session):
        one, other = self._one(session, Contact), self._one(session, Contact)
        if people.final(session, one) != people.final(session, other):
            with_one = people.final(session, one)
            people.merge(session, with_one, other, by="ana", at=self.now)

    def it_is_taken_back(self, session):
        number = self._one(session, Message, Message.direction == Direction.OUT)
        values = {"withdrawn_at": self.chance.choice((None, self.now))}
        session.execute(update(Message).where(Message.id == number).values(values))

    def a_message_goes(self, session):
        number = self._one(session, Message, Message.direction == Direction.OUT)
        session.execute(delete(Message).where(Message.id == number))

    def a_person_is_forgotten(self, session):
        erasing.erase(session, self._one(session, Contact), by="ana", at=self.now)

    def an_event_goes(self, session):
        number = self._one(session, Event, Event.what == What.AUTOMATIC_REPLY)
        session.execute(delete(Event).where(Event.id == number))

    def somebody_was_held(self, session):
        starts = self._ago()
        until = self.chance.choice((None, starts + DAY, self.now + DAY))
        told = {"reason": Reason.OPEN_CASE, "severity": Severity.HARD, "origin": "case"}
        who = self._one(session, Contact)
        session.add(
            Exclusion(contact_id=who, starts_at=starts, until=until, created_at=self.now, **told)
        )

    def a_hold_is_lifted(self, session):
        number = self._one(session, Exclusion)
        name = self.chance.choice(("lifted_at", "until"))
        values = {name: self.chance.choice((None, self.now, self._ago()))}
        session.execute(update(Exclusion).where(Exclusion.id == number).values(values))

    def a_hold_began_earlier(self, session):
        number = self._one(session, Exclusion)
        values = {"starts_at": self._ago()}
        session.execute(update(Exclusion).where(Exclusion.id == number).values(values))

    def a_hold_goes(self, session):
        number = self._one(session, Exclusion)
        session.execute(delete(Exclusion).where(Exclusion.id == number))

    def a_promise_is_marked(self, session):
        at, mark = self._ago(), self.chance.choice((Mark.KEPT, Mark.BROKEN))
        told = {"started_at": at, "due_at": at, "at": at, "noticed_at": self.now}
        case, target = self._case(session), Target.FIRST_RESPONSE
        session.add(PromiseMark(case_id=case.id, target=target, mark=mark, **told))

    def a_mark_moves(self, session):
        number = self._one(session, PromiseMark)
        values = {"at": self._ago(), "mark": self.chance.choice((Mark.KEPT, Mark.BROKEN))}
        session.execute(update(PromiseMark).where(PromiseMark.id == number).values(values))

    def a_mark_goes(self, session):
        number = self._one(session, PromiseMark)
        session.execute(delete(PromiseMark).where(PromiseMark.id == number))

    def time_goes_by(self, _session):
        self.now += self.chance.choice((timedelta(hours=9), DAY))


ACTS = [name for name in vars(Shop) if not name.startswith("_")]


@pytest.fixture
def _few_days(monkeypatch):
    monkeypatch.setattr(summing, "WINDOW", WINDOW)


def told(session, now, mailbox_id, *, kept):
    """All that is counted of the days that are summed, and of today."""
    zone = ZoneInfo(settings().zone)
    only = (Case.mailbox_id == mailbox_id,) if mailbox_id else ()
    scope = Scope(midnight((now - 8 * DAY).astimezone(zone).date(), zone), now, zone, only)
    if kept:
        scope = with_kept(session, scope, mailbox_id, KINDS)
    known = len(scope.kept or ())
    found = {kind.name: by_day(session, scope, kind) for kind in KINDS}
    return {
        (name, day, part): {one: number for one, number in numbers.items() if number}
        for name, days in found.items()
        for day, sums in days.items()
        for part, numbers in sums.items()
        if any(numbers.values())
    }, known


@pytest.mark.usefixtures("installation", "_few_days")
@pytest.mark.parametrize(
    ("steps", "seed"),
    [(60, 3), *(pytest.param(300, n, marks=pytest.mark.nightly) for n in range(4))],
)
def test_sums_are_what_the_rows_say_after_any_history(steps, seed):
    shop, known = Shop(random.Random(seed)), 0
    for n in range(steps):
        act = "mail_comes_late" if n < 10 else shop.chance.choice([*ACTS, "mail_comes_late"])
        with clock.at(shop.now), transaction() as session:
            getattr(shop, act)(session)
        shop.now += timedelta(minutes=4)
        if shop.chance.random() < 0.5:
            summing.keep(shop.now)
        if n % 3 == 0:
            with reading() as session:
                box = shop.chance.choice((0, 1, 2))
                found, kept = told(session, shop.now, box, kept=True)
                assert found == told(session, shop.now, box, kept=False)[0], f"step {n}: {act}"
            known += kept
    assert known > 5 * steps


@ON_POSTGRESQL
@pytest.mark.usefixtures("installation", "_few_days")
def test_a_mail_that_is_being_filed_while_its_day_is_summed_makes_the_sum_void():
    shop = Shop(random.Random(5))
    with transaction() as session:
        shop.mail_comes_late(session)
    summing.keep(shop.now)
    shop.now += summing.SETTLED
    filed, summed = threading.Event(), threading.Event()

    def file_slowly():
        with transaction() as session:
            shop.mail_comes_late(session)
            session.flush()
            filed.set()
            summed.wait(60)

    writer = threading.Thread(target=file_slowly)
    writer.start()
    filed.wait(60)
    assert summing.keep(shop.now) == WINDOW
    summed.set()
    writer.join()
    with reading() as session:
        found, known = told(session, shop.now, 0, kept=True)
        assert found == told(session, shop.now, 0, kept=False)[0]
    summing.keep(shop.now)
    with reading() as session:
        assert told(session, shop.now, 0, kept=True)[1] > known
