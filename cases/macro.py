"""Ready answers in two languages: text with places to fill in, and what is done beside sending."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.db import Base

LONGEST, MOST = 20_000, 300
# Logic-less on purpose: a name, and what is said where nothing is known.
PLACE = re.compile(r"\{\{[ \t]{0,8}([\w.]{1,60})[ \t]{0,8}(?:\|([^{}|\n]{0,80}))?\}\}")


class Then(StrEnum):
    """What becomes of the case once the answer is sent."""

    NOTHING = ""
    CLOSE = "close"
    WAIT = "wait"


class Macro(Base):
    """A ready answer. An empty team is everybody's."""

    __tablename__ = "macro"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    text_es: Mapped[str] = mapped_column(default="")
    text_en: Mapped[str] = mapped_column(default="")
    team: Mapped[str] = mapped_column(default="")
    then: Mapped[Then] = mapped_column(default=Then.NOTHING)
    type: Mapped[str] = mapped_column(default="")
    """The leaf of the taxonomy that the case gets, or ""."""
    snooze: Mapped[str] = mapped_column(default="")
    """How long the case is laid aside then: the name of a preset, or ""."""
    used: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]

    def text(self, language: str) -> str:
        """In the customer's language if it is written in that, else in the other."""
        first, second = self.text_es, self.text_en
        if language == "en":
            first, second = second, first
        return first or second


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its places filled in, and those that nobody knows."""

    text: str
    missing: tuple[str, ...] = ()


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Put the values in. What is missing stays as it is, so that nobody overlooks it."""
    missing: list[str] = []

    def said(place: re.Match[str]) -> str:
        known = values.get(place[1].lower(), "") or (place[2] or "").strip()
        if not known:
            missing.append(place[1])
        return known or place[0]

    return Filled(PLACE.sub(said, text), tuple(dict.fromkeys(missing)))


def unfilled(text: str) -> tuple[str, ...]:
    """The places in a text that nobody has filled in."""
    return tuple(dict.fromkeys(place[1] for place in PLACE.finditer(text)))


def usable_by(team: str) -> ColumnElement[bool]:
    """The macros of a team and of everybody; who has no team uses all."""
    living = Macro.retired_at.is_(None)
    return living & or_(Macro.team == "", Macro.team == team) if team else living


def look_for(session: Session, team: str, words: str, limit: int = 40) -> Sequence[Macro]:
    """The macros that have all those words in name or text, the most used first."""
    query = select(Macro).where(usable_by(team))
    for word in words.lower().split()[:6]:
        like = "%" + word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        within = (Macro.name.ilike(like, "\\"), Macro.text_es.ilike(like, "\\"))
        query = query.where(or_(*within, Macro.text_en.ilike(like, "\\")))
    return session.scalars(query.order_by(Macro.used.desc(), Macro.name).limit(limit)).all()
