"""Other spellings of one mailbox: what stands behind a plus sign, and at Google the dots."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import chain

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from cases.contact import Kind
from cases.exclusions.asking import Question, Verdict
from cases.exclusions.deciding import Decision, decide
from cases.exclusions.feed import Head
from cases.exclusions.matrix import Action
from cases.exclusions.pressing import Planned
from cases.exclusions.rows import FeedChange, FeedEntry

GOOGLE = ("gmail.com", "googlemail.com")
MOST = 500
"""Spellings of one mailbox that are asked about, the newest ones, however many somebody made."""
_ENDLESS = datetime.max.replace(tzinfo=UTC)


class Match(StrEnum):
    """When two addresses are taken for one."""

    EXACT = "exact"
    LOOSE = "loose"


def loosely(address: str) -> str:
    """The (normalised) address without what its provider ignores when it delivers."""
    local, at, domain = address.rpartition("@")
    name = local.partition("+")[0] or local
    if domain not in GOOGLE:
        return f"{name}{at}{domain}"
    return f"{name.replace('.', '') or name}@{GOOGLE[0]}"


class Spellings:
    """Held addresses that are not written as their loose form, kept up to the newest seq."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._epoch, self._seq = "", 0
        self._known: dict[str, dict[str, None]] = {}

    def of(self, session: Session, head: Head, values: Sequence[str]) -> dict[str, list[str]]:
        """What to ask about for each of those addresses: itself, and its spellings on truce."""
        with self._lock:
            self._read_on(session, head)
            return {value: [value, *self._others(value)] for value in values}

    def _others(self, value: str) -> list[str]:
        loose = loosely(value)
        others = [loose, *list(self._known.get(loose, ()))[-MOST:]]
        return [one for one in others if one != value]

    def _read_on(self, session: Session, head: Head) -> None:
        if self._epoch != head.epoch or self._seq < head.pruned:
            self._known = {}
            self._take(session.scalars(select(FeedEntry.value).where(_may_vary(FeedEntry))), True)
        else:
            since = select(FeedChange.value, FeedChange.holds).where(FeedChange.seq > self._seq)
            for value, holds in session.execute(since.where(_may_vary(FeedChange))):
                self._take([value], bool(holds))
        self._epoch, self._seq = head.epoch, head.seq

    def _take(self, values: Iterable[str], held: bool) -> None:
        for value in values:
            loose = loosely(value)
            if loose != value and held:
                self._known.setdefault(loose, {})[value] = None
            elif loose in self._known:
                self._known[loose].pop(value, None)


def _may_vary(table: type[FeedEntry] | type[FeedChange]) -> ColumnElement[bool]:
    ends = (table.value.endswith(f"@{domain}") for domain in GOOGLE)
    return (table.kind == Kind.ADDRESS) & or_(table.value.contains("+"), *ends)


spellings = Spellings()


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom somebody asks about, and which addresses are taken for the same person."""

    kind: Kind
    values: Sequence[str]
    match: Match = Match.EXACT

    @property
    def is_loose(self) -> bool:
        return self.match is Match.LOOSE and self.kind is Kind.ADDRESS


def decide_about(
    session: Session,
    head: Head,
    asked: Asked,
    question: Question,
    now: datetime,
    *,
    weight: float | None = None,
    planned: Planned | None = None,
    reports: bool = False,
) -> Decision:
    """What becomes of them now; matched loosely, who has a spelling that is held is held."""
    of = spellings.of(session, head, asked.values) if asked.is_loose else None
    names = asked.values if of is None else list(dict.fromkeys(chain(*of.values())))
    found = decide(
        session,
        asked.kind,
        names,
        question,
        now,
        weight=weight,
        planned=planned,
        reports=reports,
    )
    return found if of is None else _told(found, of)


def _told(found: Decision, of: Mapping[str, Sequence[str]]) -> Decision:
    """The same in the spellings that were asked about."""
    verdicts = {
        value: [found.held[one] for one in ones if one in found.held] for value, ones in of.items()
    }
    held = {value: _strongest(ones) for value, ones in verdicts.items() if ones}
    later, heavy = set(found.soon), set(found.pressed)
    soon = [value for value, ones in of.items() if value not in held and later.intersection(ones)]
    pressed = tuple(value for value, ones in of.items() if heavy.intersection(ones))
    return Decision(held, pressed, soon)


def _strongest(found: Sequence[Verdict]) -> Verdict:
    """The one that excludes, if any does, and that lasts longest."""
    excluding = [one for one in found if one.action is Action.EXCLUDE] or found
    return max(excluding, key=lambda one: one.until or _ENDLESS)
