"""May we write to them now? Looks identifiers up in the feed; many at once as fast as one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ARRAY, String, any_, bindparam, select
from sqlalchemy.orm import Session

from cases.contact import Kind
from cases.exclusions.matrix import Action, CampaignClass
from cases.exclusions.rows import FeedEntry
from cases.exclusions.spans import Span, ending, spans, standing

CHUNK = 10_000
# SQLite plans a list of values well, and a temporary table without statistics badly.
SQLITE_CHUNK = 900


@dataclass(frozen=True, slots=True)
class Question:
    """What kind of mail somebody wants to send."""

    campaign_class: CampaignClass = CampaignClass.PROMOTIONAL
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of one recipient now, and until when."""

    action: Action
    until: datetime | None = None
    span: Span | None = None
    """The one that decides; None where the recipient may be written to."""

    @property
    def allowed(self) -> bool:
        return self.action is Action.ALLOW


FREE = Verdict(Action.ALLOW)


def judge(holds: Sequence[dict[str, Any]], question: Question, now: datetime) -> Verdict:
    """What those exclusions mean for a mail at that instant."""
    found = spans(holds, question.campaign_class, question.topic)
    holding = standing(found, now)
    if not holding:
        return FREE
    first = holding[0]
    same = [span for span in found if span.action is first.action]
    return Verdict(first.action, ending(same, now), first)


def ask(
    session: Session, kind: Kind, values: Sequence[str], question: Question, now: datetime
) -> dict[str, Verdict]:
    """The verdicts of those that are held now; who is not in it may be written to."""
    return look(session, kind, values, question, now)[0]


def look(
    session: Session, kind: Kind, values: Sequence[str], question: Question, now: datetime
) -> tuple[dict[str, Verdict], list[str]]:
    """Those that are held now, and those that are not yet but will be if nothing happens."""
    verdicts, soon = {}, []
    for value, holds in held(session, kind, values):
        verdict = judge(holds, question, now)
        if not verdict.allowed:
            verdicts[value] = verdict
        elif any(span.starts_at > now for span in spans(holds, *_words(question))):
            soon.append(value)
    return verdicts, soon


def _words(question: Question) -> tuple[CampaignClass, str]:
    return question.campaign_class, question.topic


def held(session: Session, kind: Kind, values: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """The entries of the feed among those (normalised) identifiers."""
    postgres = session.get_bind().dialect.name == "postgresql"
    for chunk in _batched(values, CHUNK if postgres else SQLITE_CHUNK):
        wanted = (
            FeedEntry.value == any_(bindparam("many", list(chunk), type_=ARRAY(String())))
            if postgres
            else FeedEntry.value.in_(chunk)
        )
        rows = session.execute(
            select(FeedEntry.value, FeedEntry.holds).where(FeedEntry.kind == kind, wanted)
        )
        yield from rows


def _batched(values: Sequence[str], size: int) -> Iterator[list[str]]:
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk
