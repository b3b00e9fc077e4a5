"""Every figure of the reports is what anybody counts by hand from the rows of a lively shop."""

import csv
import io
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from cases import Agent, Case, Message, clock, sla
from cases.case import State, take
from cases.db import reading, transaction
from cases.history import Event, What
from cases.mail import Origin
from cases.message import Direction
from cases.outcome import Outcome
from cases.promises import Mark, PromiseMark
from cases.reporting import summing
from cases.settings import settings
from inbox.web.reports.parts import open_time
from tests.inbox.web.conftest import Enter
from tests.seeding import ADMIN

Rows = list[list[str]]


@pytest.fixture(autouse=True)
def _lively(shop: str) -> None:
    """Cases of today, yesterday and weeks before: answered, closed, opened again, kept, broken."""
    now = clock.now()
    with transaction() as session:
        for n, number in enumerate(session.scalars(select(Case.id).order_by(Case.id))):
            case = take(session, number)
            if n % 3 == 0 and case.is_open:
                case.answered(by="ana", at=min(case.opened_at + timedelta(minutes=25 * n), now))
            if n % 4 == 0 and case.is_open:
                case.close(by="ana", at=now - timedelta(days=n), outcome=list(Outcome)[n % 2])
            if n % 8 == 0:
                case.reopen(by="", at=now)
            case.opened_at -= timedelta(days=(n % 5) * 7)
            case.sentiment = ("negative", "neutral", "positive", "")[n % 4]
    # Half is summed, half is counted.
    summing.keep(now - timedelta(hours=2))
    summing.keep(now - timedelta(hours=1))


class Hand:
    """What is in the rows, for whoever counts by hand."""

    def __init__(self, days: int) -> None:
        self.now = clock.now()
        today = self.now.astimezone(ZoneInfo(settings().zone)).date()
        self.days = {(today - timedelta(days=n)).isoformat() for n in range(days)}
        with reading() as session:
            cases = session.scalars(select(Case).where(Case.bulk.is_(False))).all()
            self.everybody = {case.id: case for case in session.scalars(select(Case))}
            self.open = [case for case in cases if case.state is not State.CLOSED]
            self.opened = [case for case in cases if self.day(case.opened_at) in self.days]
            self.closed = [case for case in cases if self.day(case.closed_at) in self.days]
            mails = session.scalars(select(Message).where(Message.withdrawn_at.is_(None)))
            self.mails = [one for one in mails if self.day(one.arrived_at) in self.days]
            marks = session.scalars(select(PromiseMark)).all()
            self.marks = [one for one in marks if self.day(one.at) in self.days]
            self.events: dict[int, list[Event]] = defaultdict(list)
            for event in session.scalars(select(Event).order_by(Event.id)):
                self.events[event.case_id].append(event)

    def day(self, at: datetime | None) -> str:
        return at.astimezone(ZoneInfo(settings().zone)).date().isoformat() if at else ""

    def from_customers(self) -> list[Message]:
        return [
            one
            for one in self.mails
            if one.direction is Direction.IN and one.origin is Origin.CUSTOMER
        ]


def the_table(enter: Enter, key: str) -> Rows:
    answer = enter(ADMIN).get(f"/reports/{key}.csv?days=28")
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))[1:]


def first(rows: Rows, place: int = 1) -> list[int]:
    return [int(row[place]) for row in rows]


def test_promises_outcomes_and_moods_are_those_of_the_rows(enter: Enter) -> None:
    hand = Hand(28)
    for place, mark in ((1, Mark.KEPT), (2, Mark.BROKEN)):
        told = Counter(first(the_table(enter, "promises"), place))
        by_target = Counter(one.target for one in hand.marks if one.mark is mark)
        assert +(told - Counter([0])) == Counter(by_target.values())
    ended = Counter(case.outcome for case in hand.closed if case.outcome)
    assert sorted(first(the_table(enter, "outcomes"))) == sorted(ended.values())
    moods = the_table(enter, "moods")
    for place, mood in enumerate(("negative", "neutral", "positive"), start=1):
        by_day = Counter(hand.day(one.opened_at) for one in hand.opened if one.sentiment == mood)
        assert {row[0]: int(row[place]) for row in moods if row[place] != "0"} == by_day


def test_first_answers_are_measured_in_opening_hours(enter: Enter) -> None:
    hand = Hand(28)
    with reading() as session:
        calendar = sla.calendar(session, hand.now)
    minutes = [
        int(calendar.elapsed(one.opened_at, one.answered_at).total_seconds() // 60)
        for one in hand.opened
        if one.answered_at is not None
    ]
    steps = [sum(one <= limit for one in minutes) for limit in (15, 60, 240, 480, 1440)]
    told = first(the_table(enter, "waits"))
    assert [sum(told[: n + 1]) for n in range(5)] == steps
    assert sum(told) == len(minutes) > 3
    half = sorted(minutes)[(len(minutes) - 1) // 2]
    assert open_time(half) in enter(ADMIN).get("/reports?days=28").text


def test_hours_and_ages_are_those_of_the_rows(enter: Enter) -> None:
    hand = Hand(28)
    here = [one.arrived_at.astimezone(ZoneInfo(settings().zone)) for one in hand.from_customers()]
    written = Counter((at.hour, at.weekday()) for at in here)
    rows = the_table(enter, "hours")
    assert {
        (hour, day): int(row[day + 1])
        for hour, row in enumerate(rows)
        for day in range(7)
        if row[day + 1] != "0"
    } == written
    ages = [(hand.now - one.opened_at).total_seconds() / 86400 for one in hand.open]
    limits = (0, 1, 3, 7, 14, 10_000)
    counted = [sum(low <= age < high for age in ages) for low, high in pairwise(limits)]
    assert first(the_table(enter, "backlog")) == counted


def test_who_spoke_first_and_who_wrote_again_are_those_of_the_rows(enter: Enter) -> None:
    hand = Hand(28)
    firsts = Counter(the_first(hand.events[case.id]) for case in hand.opened)
    again = sum(
        any(one.what is What.REOPENED for one in hand.events[case.id]) for case in hand.opened
    )
    told = first(the_table(enter, "answers"))
    assert told[:3] == [firsts[What.AUTOMATIC_REPLY], firsts[What.ANSWERED], firsts[None]]
    assert told[4] == again > 0
    wrote = Counter(hand.everybody[one.case_id].contact_id for one in hand.from_customers())
    people = Counter(min(number, 5) for number in wrote.values())
    assert first(the_table(enter, "repeats")) == [people[n] for n in range(1, 6)]


def the_first(events: list[Event]) -> What | None:
    spoken = (one.what for one in events if one.what in (What.AUTOMATIC_REPLY, What.ANSWERED))
    return next(spoken, None)


def test_what_was_before_is_counted_over_the_same_days_up_to_the_same_hour(enter: Enter) -> None:
    now = clock.now()
    with transaction() as session:
        agent = session.scalars(select(Agent)).first()
        assert agent is not None
        for case in session.scalars(select(Case)):
            case.opened_at = now - timedelta(days=7, minutes=1)
            case.bulk = False
        last = session.scalars(select(Case).order_by(Case.id.desc())).first()
        assert last is not None
        last.opened_at = now - timedelta(days=7) + timedelta(minutes=1)
        every = len(session.scalars(select(Case.id)).all())
    rows = csv.reader(io.StringIO(enter(ADMIN).get("/reports/types.csv?days=7").text))
    assert sum(int(row[2]) for row in list(rows)[1:]) == every - 1
