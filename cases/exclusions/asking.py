"""May we write to them now? Looks identifiers up in the feed; many at once as fast as one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.contact import Kind
from cases.exclusions.matrix import AS_SHIPPED, Action, CampaignClass, Changes
from cases.exclusions.policies import in_force
from cases.exclusions.rows import FeedEntry
from cases.exclusions.spans import Span, ending, spans, standing
from cases.rows.among import among

CHUNK = 10_000
MANY = 20_000


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


def judge(
    holds: Sequence[dict[str, Any]],
    question: Question,
    now: datetime,
    changes: Changes = AS_SHIPPED,
) -> Verdict:
    """What those exclusions mean for a mail at that instant."""
    found = spans(holds, question.campaign_class, question.topic, changes)
    if len(found) == 1:
        # Most people are held for one thing alone, and there may be a hundred thousand of them.
        alone = found[0]
        return Verdict(alone.action, alone.until, alone) if alone.holds_at(now) else FREE
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
    changes = in_force(session).changes
    for value, holds in held(session, kind, values):
        verdict = judge(holds, question, now, changes)
        if not verdict.allowed:
            verdicts[value] = verdict
        elif any(span.starts_at > now for span in spans(holds, *_words(question), changes)):
            soon.append(value)
    return verdicts, soon


def _words(question: Question) -> tuple[CampaignClass, str]:
    return question.campaign_class, question.topic


def held(session: Session, kind: Kind, values: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """The entries of the feed among those (normalised) identifiers."""
    query = select(FeedEntry.value, FeedEntry.holds).where(FeedEntry.kind == kind)
    if len(values) > MANY and _is_shorter(session, len(values)):
        # To read who is held at all costs less than to look for each of so many.
        names = session.scalars(select(FeedEntry.value).where(FeedEntry.kind == kind))
        values = list(set(values).intersection(names))
    for chunk in batches(values, CHUNK):
        rows = session.execute(query.where(among(FeedEntry.value, chunk)))
        yield from (tuple(row) for row in rows)


def _is_shorter(session: Session, count: int) -> bool:
    """Whether the feed is shorter than a list of that length."""
    beyond = select(FeedEntry.seq).order_by(FeedEntry.seq).offset(count).limit(1)
    return session.scalar(beyond) is None


def batches(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    """The values in pieces of that size."""
    for n in range(0, len(values), size):
        yield values[n : n + size]
