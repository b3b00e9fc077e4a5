"""Five times the mail for a week: whose promises are kept, by order of arrival and by priority."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from cases.hours import parse
from cases.priority import Facts, weight

pytestmark = pytest.mark.slow

OFFICE = parse("mon-sat 09:00-21:00", "Europe/Madrid")
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NORMAL_DAY = 60
# Of the week's mails, the part that comes on each day from Monday to Sunday.
DAYS = (0.10, 0.11, 0.12, 0.15, 0.26, 0.16, 0.10)
# Name, part of the customers, hours promised, and what one of them is worth to the shop.
TIERS = (("", 0.80, 8, 1.0), ("silver", 0.15, 6, 4.0), ("gold", 0.05, 4, 12.0))


@dataclass(frozen=True)
class Mail:
    """A mail, what was promised for it, and what its customer is worth."""

    at: datetime
    due: datetime
    worth: float
    facts: Facts
    minutes: float


def mails(seed: int) -> list[Mail]:
    """A week of five times the usual mail."""
    chance = random.Random(seed)
    count = NORMAL_DAY * 7 * 5
    return sorted((a_mail(chance) for _ in range(count)), key=lambda mail: mail.at)


def a_mail(chance: random.Random) -> Mail:
    day = chance.choices(range(7), DAYS)[0]
    at = MONDAY + timedelta(days=day, hours=chance.triangular(0, 15, 3))
    place = chance.choices(range(3), [tier[1] for tier in TIERS])[0]
    name, _part, promised, worth = TIERS[place]
    due = OFFICE.due(at, promised * HOUR)
    facts = Facts(
        waiting_since=at,
        due_at=due,
        anger=chance.choice([0, 0, 0, 0.5, 1.0, 2.0]),
        urgency=chance.choice([0, 0, 0, 1.0]),
        tier=place / 2,
        tier_name=name,
        value=min(1.0, 0.4 * place + chance.random() * 0.4),
        contacts=chance.choice([1, 1, 1, 2, 3]),
    )
    return Mail(at, due, worth, facts, chance.uniform(4, 12))


Order = Callable[[Mail, datetime], float]


def first_come(mail: Mail, now: datetime) -> float:
    return -mail.at.timestamp()


def by_priority(mail: Mail, now: datetime) -> float:
    return weight(mail.facts, now)


@dataclass(frozen=True)
class Week:
    """How the week went."""

    kept: float
    lost_worth: float
    longest: timedelta


def work(arriving: list[Mail], agents: int, order: Order) -> Week:
    """Agents take the first of the queue whenever one of them is free, in opening hours."""
    free = [MONDAY] * agents
    queue: list[Mail] = []
    answered: list[tuple[Mail, datetime]] = []
    coming = iter([*arriving, None])
    following = next(coming)
    while following is not None or queue:
        agent = min(range(agents), key=free.__getitem__)
        now = OFFICE.next_open(free[agent])
        while following is not None and (following.at <= now or not queue):
            now = max(now, OFFICE.next_open(following.at))
            queue.append(following)
            following = next(coming)
        queue.sort(key=lambda mail: order(mail, now))
        mail = queue.pop()
        free[agent] = now + mail.minutes * MINUTE
        answered.append((mail, free[agent]))
    return the_week(answered)


def the_week(answered: list[tuple[Mail, datetime]]) -> Week:
    late = [mail for mail, at in answered if at > mail.due]
    return Week(
        kept=1 - len(late) / len(answered),
        lost_worth=sum(mail.worth for mail in late),
        longest=max(at - mail.at for mail, at in answered),
    )


@cache
def weeks(agents: int, seed: int) -> tuple[Week, Week]:
    arriving = mails(seed)
    return work(arriving, agents, first_come), work(arriving, agents, by_priority)


SEEDS = (1, 2)
CROWDED, ENOUGH, TOO_FEW = 4, 5, 3
"""Agents: they are busy for 97 %, 78 % and 130 % of the week."""


@pytest.mark.parametrize("agents", [CROWDED, TOO_FEW])
def test_far_less_worth_is_lost_than_in_the_order_of_arrival(agents: int) -> None:
    for seed in SEEDS:
        in_turn, by_worth = weeks(agents, seed)
        assert by_worth.lost_worth <= 0.7 * in_turn.lost_worth
        assert by_worth.kept >= in_turn.kept


def test_where_there_are_enough_agents_promises_are_kept() -> None:
    for seed in SEEDS:
        assert weeks(ENOUGH, seed)[1].kept >= 0.9


@pytest.mark.parametrize("agents", [CROWDED, ENOUGH, TOO_FEW])
def test_nobody_starves(agents: int) -> None:
    # The longest wait of all is that over Sunday, in whatever order.
    for seed in SEEDS:
        in_turn, by_worth = weeks(agents, seed)
        assert by_worth.longest <= in_turn.longest + 10 * HOUR
        assert by_worth.longest <= timedelta(days=3)
