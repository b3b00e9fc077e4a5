"""Who asks, and how a condition is refused that means nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from cases.agent import Agent
from cases.language import gettext as _
from cases.words.gathering import Few
from inbox.web.asking import choices
from inbox.web.asking.choices import Choices
from inbox.web.asking.nodes import Field, NotUnderstood


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, when, and in which transaction."""

    session: Session
    agent: Agent
    now: datetime
    few: Few = field(default_factory=dict)
    """The cases of the rare words among what is asked."""


Holds = Callable[[Field, Asker], ColumnElement[bool]]


def refuse(field: Field, why: str) -> NotUnderstood:
    return NotUnderstood(why, field.value_at, field.end)


def one_of(field: Field, values: Choices) -> str:
    """The value that is meant; raises NotUnderstood with those there are."""
    found = choices.chosen(values, field.value)
    if found is None:
        said = choices.listed(values)
        why = _("“{value}” is not one of: {values}.", value=field.value, values=said)
        raise refuse(field, why)
    return found


def number_of(field: Field) -> int:
    text = field.value.removeprefix("#")
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise refuse(field, _("“{value}” is not a number.", value=field.value))
    return int(text)
