"""The made shop: its customers, its seasons, and who writes what and when. Pure but for files."""

import json
import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import classifiers

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
BLACK_FRIDAY = (datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 30, tzinfo=UTC))
# First day, last day, and how much of the usual mail comes.
SEASONS = (
    (BEGINS + DAY, BEGINS + 14 * DAY, 1.6),
    (datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 3, 16, tzinfo=UTC), 2.5),
    (datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC), 0.7),
    (*BLACK_FRIDAY, 5.0),
    (datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 24, tzinfo=UTC), 1.5),
)
WEEKDAYS = (1.3, 1.15, 1.05, 1.0, 1.0, 0.8, 0.7)
HEAVY, BY_HEAVY = 0.02, 0.15
"""The part of the customers who write often, and the part of the mails that is theirs."""
ABOUT_MAIL, MEANT = 0.03, 0.15
"""The part of the mails that sounds like a refusal of advertising, and of those, that is one."""
_EXAM = Path(classifiers.__file__).with_name("corpus")


@dataclass(frozen=True, slots=True)
class Shop:
    """How large it is and how its year begins."""

    people: int = 3000
    days: int = 365
    seed: int = 7
    contacts_a_day: float = 0.0016
    """Of all customers, the part that writes on a usual day."""
    agents: int = 2


@dataclass(frozen=True, slots=True)
class Letter:
    """A text, and what is true of it, whatever the classifiers say."""

    text: str
    language: str
    complaint: bool = False
    refuses: bool = False
    """They mean: no more advertising."""


@dataclass(frozen=True, slots=True)
class Post:
    """Somebody writes at some instant."""

    at: datetime
    who: int
    letter: Letter


def address(n: int) -> str:
    """The n-th customer's."""
    return f"c{n}@correo{n % 97}.example"


def exam() -> list[Letter]:
    """What customers write, as people labelled it; of privacy and fraud a shop hears little."""
    found = []
    for language in ("es", "en"):
        for line in (_EXAM / language / "heldout.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            if row["kind"] in ("mail", "form", "chat") and not row["type"].startswith("trust."):
                found.append(Letter(row["text"], language, bool(row["complaint"])))
    return found


def about_mail() -> tuple[list[Letter], list[Letter]]:
    """What only sounds like a refusal of advertising, and what is one."""
    rows = tomllib.loads(Path(__file__).with_name("letters.toml").read_text("utf-8"))["letter"]
    every = [Letter(row["text"], row["language"], refuses=row.get("meant", False)) for row in rows]
    return [one for one in every if not one.refuses], [one for one in every if one.refuses]


def busy(day: datetime) -> float:
    """How much of the usual mail comes on that day."""
    season = next((part for begins, ends, part in SEASONS if begins <= day < ends), 1.0)
    return season * WEEKDAYS[day.weekday()]


def post(shop: Shop) -> Iterator[Post]:
    """What comes in by itself over the year, in its order."""
    chance = random.Random(shop.seed)  # noqa: S311  a game, and no secret
    letters, (sounds, means) = exam(), about_mail()
    heavy = max(1, int(shop.people * HEAVY))
    for n in range(shop.days):
        day = BEGINS + n * DAY
        usual = shop.people * shop.contacts_a_day * busy(day)
        times = sorted(chance.triangular(6, 23.9, 11) for _ in range(_poisson(chance, usual)))
        for time in times:
            who = chance.randrange(heavy if chance.random() < BY_HEAVY else shop.people)
            letter = chance.choice(letters)
            if chance.random() < ABOUT_MAIL:
                letter = chance.choice(means if chance.random() < MEANT else sounds)
            yield Post(day + time * HOUR, who, letter)


def _poisson(chance: random.Random, mean: float) -> int:
    count, waited = 0, chance.expovariate(1)
    while waited < mean:
        count, waited = count + 1, waited + chance.expovariate(1)
    return count
