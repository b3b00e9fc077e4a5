"""From the exclusions of one identifier to what a sender is told: action and time spans. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from cases.exclusions.debt import DEBT, paid_at
from cases.exclusions.matrix import AS_SHIPPED, Action, CampaignClass, Changes, Hold, action
from cases.exclusions.reasons import RULES, Group, Reason, Severity

_NOTHING: frozenset[tuple[tuple[CampaignClass, Reason], Action]] = frozenset()
_FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """Somebody is held from one instant until another; until None has no end yet."""

    action: Action
    starts_at: datetime
    until: datetime | None
    reason: Reason | None = None
    """None where spans of several reasons were joined, or none may be told."""

    @property
    def group(self) -> Group | None:
        return RULES[self.reason].group if self.reason is not None else None

    def holds_at(self, instant: datetime) -> bool:
        """Every reader applies this, so a start and an end need no job."""
        return self.starts_at <= instant and (self.until is None or instant < self.until)


def spans(
    holds: Iterable[dict[str, Any]],
    campaign_class: CampaignClass,
    topic: str = "",
    changes: Changes = AS_SHIPPED,
) -> tuple[Span, ...]:
    """The spans in which those exclusions (as the feed keeps them) concern such a mail."""
    known = frozenset(changes.items()) if changes else _NOTHING
    found = []
    for hold in holds:
        topics = tuple(hold.get("topics", ()))
        said = hold["reason"], hold["severity"], topics, hold.get("about", "")
        does, reason = _meaning(said, campaign_class, topic, known)
        if does is not Action.ALLOW:
            # Whole seconds, rounded to the safe side, are enough and are shorter to send.
            start, until = _floor(hold["starts_at"]), _ceiling(hold["until"])
            if until is not None and said[3] == DEBT:
                until = paid_at(start, until, campaign_class)
            found.append(Span(does, start, until, reason))
    return tuple(sorted(found, key=_order)) if len(found) > 1 else tuple(found)


@lru_cache(maxsize=4096)
def _meaning(
    said: tuple[str, str, tuple[str, ...], str],
    campaign_class: CampaignClass,
    topic: str,
    changes: frozenset[tuple[tuple[CampaignClass, Reason], Action]],
) -> tuple[Action, Reason]:
    """What is meant by a hold of that kind, whoever is held: the same for very many people."""
    reason, severity, topics, about = said
    hold = Hold(Reason(reason), Severity(severity), topics, about)
    return action(hold, campaign_class, topic, dict(changes)), hold.reason


def joined(found: Sequence[Span]) -> tuple[Span, ...]:
    """The same times with nothing said about reasons: overlapping spans become one."""
    done: list[Span] = []
    for span in sorted(found, key=_order):
        last = done[-1] if done else None
        if last and last.action is span.action and span.starts_at <= (last.until or _FAR):
            until = _later(last.until, span.until)
            done[-1] = Span(last.action, last.starts_at, until)
        else:
            done.append(Span(span.action, span.starts_at, span.until))
    return tuple(done)


def standing(found: Iterable[Span], now: datetime) -> tuple[Span, ...]:
    """Those that hold at that instant, the ones that exclude first."""
    return tuple(span for span in found if span.holds_at(now))


def ending(found: Sequence[Span], now: datetime) -> datetime | None:
    """Until when the person is held without a break from now on; None where no end is known."""
    end = now
    for span in sorted(found, key=lambda span: span.starts_at):
        if span.starts_at <= end:
            if span.until is None:
                return None
            end = max(end, span.until)
    return end


def _order(span: Span) -> tuple[bool, datetime, datetime]:
    return span.action is not Action.EXCLUDE, span.starts_at, span.until or _FAR


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return None if one is None or other is None else max(one, other)


def _floor(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(microsecond=0)


def _ceiling(words: str | None) -> datetime | None:
    if words is None:
        return None
    instant = datetime.fromisoformat(words)
    return instant.replace(microsecond=0) + timedelta(seconds=1) if instant.microsecond else instant
