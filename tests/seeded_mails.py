"""The mails of a shop's week, as tests/assets/week.toml has them."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

WEEK = Path(__file__).with_name("assets") / "week.toml"


@dataclass(frozen=True, slots=True)
class Written:
    """One mail, what the classifier thinks of it, and what agents then did."""

    hours_ago: float
    name: str
    address: str
    subject: str
    text: str
    language: str = "es"
    type: str = ""
    mood: str = "neutral"
    anger: float = 0.0
    urgency: float = 0.0
    p: float = 0.82
    team: str = "tienda"
    then: tuple[str, ...] = ()
    """Minutes afterwards, a verb, and what it needs: "30 answer:Hello"."""
    follows: str = ""
    """Subject of the mail it answers."""
    html: str = ""
    files: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)


def mails() -> list[Written]:
    """All of them, the oldest first."""
    found: list[dict[str, Any]] = tomllib.loads(WEEK.read_text())["mail"]
    return sorted((Written(**one) for one in found), key=lambda one: -one.hours_ago)
