"""How much the program may say by itself to one person. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.kinds import kind_of

DAY, WEEK = timedelta(days=1), timedelta(days=7)
ANSWERS_A_WEEK = 5
ANNOUNCED_A_DAY = 1


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail that somebody got from us."""

    at: datetime
    template: str
    automatic: bool
    commercial: bool = False
    rule: str = ""

    @property
    def weight(self) -> float:
        """How much it presses on who got it."""
        if self.commercial:
            return 1.0
        return 0.2 if self.automatic else 0.3


def over_rule(sent: Sequence[SentMail], name: str, most: int, now: datetime) -> str:
    """Why one more answer of that rule of an admin is too much for that person, or ""."""
    of_rule = [one for one in sent if rule_name(one.rule) == name and one.at > now - DAY]
    return "this rule wrote often enough today" if most and len(of_rule) >= most else ""


def rule_name(label: str) -> str:
    """The name in the label of a rule, as rule:late parcels@3; "" for what is none."""
    named = label.removeprefix("rule:")
    return named.rpartition("@")[0] if named != label else ""


def over(sent: Sequence[SentMail], template: str, now: datetime, a_day: int) -> str:
    """Why one more mail of that kind is too much for that address, or ""."""
    announced = kind_of(template).announced
    alike = [
        one.at for one in sent if one.automatic and kind_of(one.template).announced is announced
    ]
    today = sum(at > now - DAY for at in alike)
    if announced:
        return "this address had enough notices today" if today >= ANNOUNCED_A_DAY else ""
    if today >= a_day:
        return "this address had enough automatic answers today"
    if sum(at > now - WEEK for at in alike) >= ANSWERS_A_WEEK:
        return "this address had enough automatic answers this week"
    return ""
