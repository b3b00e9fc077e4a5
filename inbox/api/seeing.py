"""What a token may see of an exclusion: the time alone, its group, or its reason too."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

from flask import request
from sqlalchemy.orm import Session

from cases.contact import Kind
from cases.exclusions.asking import Question, Verdict
from cases.exclusions.counts import Counts
from cases.exclusions.matrix import Action, CampaignClass, Changes
from cases.exclusions.policies import in_force
from cases.exclusions.spans import Span, joined, spans
from cases.exclusions.spellings import Match
from inbox.api import problems
from inbox.tokens import Scope, Token

Choice = TypeVar("Choice", bound=StrEnum)


class Form(StrEnum):
    """How identifiers are written."""

    RAW = "none"
    HMAC = "hmac-sha256"
    SHA256 = "sha256"


FIELDS = frozenset({"action", "starts_at", "until", "group", "reason", "topics", "seq"})


@dataclass(frozen=True, slots=True)
class View:
    """The part of the feed that one request of one token looks at."""

    question: Question
    form: Form
    groups: bool
    reasons: bool
    key: bytes
    changes: Changes = field(default_factory=dict)
    """What the admin decided otherwise than shipped, as of the session that is read."""
    match: Match = Match.EXACT
    """Whether another spelling of a mailbox is the same person."""
    fields: frozenset[str] = FIELDS
    """What is told beside the identifier."""

    def under(self, session: Session) -> "View":
        """The same view under the policy that is in force there."""
        return replace(self, changes=in_force(session).changes)

    def digest(self) -> str:
        """Tells this view from others; an ETag and a cursor are good for one view only."""
        said = (*(self.question.campaign_class, self.question.topic, self.form),)
        less = () if self.fields == FIELDS else sorted(self.fields)
        told = (*said, self.groups, self.reasons, self.key.hex(), *less)
        return hashlib.sha256("|".join(map(str, told)).encode()).hexdigest()[:12]

    def name(self, value: str) -> str:
        """The identifier as this view writes it."""
        if self.form is Form.RAW:
            return value
        if self.form is Form.SHA256:
            return hashlib.sha256(value.encode()).hexdigest()
        return hmac.digest(self.key, value.encode(), "sha256").hex()

    @property
    def field(self) -> str:
        """The name of the field an identifier stands in."""
        return "address" if self.form is Form.RAW else "hash"

    def spans(self, holds: Sequence[dict[str, Any]]) -> tuple[Span, ...]:
        """The times that concern this view, with no more about the cause than it may see."""
        found = spans(holds, self.question.campaign_class, self.question.topic, self.changes)
        return found if self.groups else joined(tuple(map(_plain, found)))

    def tell(self, span: Span) -> dict[str, Any]:
        """One span as an answer tells it."""
        told: dict[str, Any] = {
            "action": span.action.value,
            "starts_at": say(span.starts_at),
            "until": say(span.until),
        }
        if self.groups and span.group is not None:
            told["group"] = span.group.value
        if self.reasons and span.reason is not None:
            told["reason"] = span.reason.value
        if self.fields is FIELDS:
            return told
        return {name: value for name, value in told.items() if name in self.fields}

    def verdict(self, verdict: Verdict) -> dict[str, Any]:
        """A verdict as an answer tells it: whether and until when, and more by scope alone."""
        told: dict[str, Any] = {"allowed": verdict.allowed, "until": say(verdict.until)}
        if self.groups:
            told["action"] = verdict.action.value
            told["group"] = verdict.span.group if verdict.span else None
        if self.reasons:
            told["reason"] = verdict.span.reason if verdict.span else None
        return told

    def counts(self, counts: Counts) -> dict[str, Any]:
        """How many are held: all of them together, and for what by scope alone."""
        told: dict[str, Any] = {"held": counts.held}
        if self.groups:
            told["by_group"] = dict(counts.by_group)
        if self.reasons:
            told["by_reason"] = dict(counts.by_reason)
        return told


def _plain(span: Span) -> Span:
    # Without the scope for groups nobody learns that somebody is only to be looked at.
    return Span(Action.EXCLUDE, span.starts_at, span.until)


def say(instant: datetime | None) -> str | None:
    """An instant in RFC 3339; None stays."""
    if instant is None:
        return None
    # Much faster than strftime, where a hundred thousand are said at once.
    return instant.astimezone(UTC).isoformat()[:19] + "Z"


def view_of(token: Token, question: Question, form: Form | None = None) -> View:
    """What that token sees when it asks that question."""
    if token.classes and question.campaign_class not in token.classes:
        raise problems.not_allowed()
    raw = token.may(Scope.FEED_RAW)
    chosen = form or (Form.RAW if raw else Form.HMAC)
    # A plain SHA-256 of an address is found by trying addresses, so it counts as the address.
    if chosen is not Form.HMAC and not raw:
        raise problems.not_allowed()
    reasons = token.may(Scope.FEED_REASONS)
    groups = reasons or token.may(Scope.FEED_GROUPS)
    return View(question, chosen, groups, reasons, bytes.fromhex(token.hash_key))


def asked_view(token: Token) -> View:
    """The view that the query of this request asks for."""
    form, fields = chosen("hash", Form), _asked_fields()
    return replace(view_of(token, asked_question(), form), fields=fields)


def asked_question() -> Question:
    """The kind of mail that the query of this request names; promotional where it names none."""
    named = chosen("campaign_class", CampaignClass) or CampaignClass.PROMOTIONAL
    return Question(named, request.args.get("topic", "")[:100])


def chosen(parameter: str, choices: type[Choice]) -> Choice | None:
    """What the query says there; None where it says nothing. Raises Problem."""
    said = request.args.get(parameter)
    if said is None:
        return None
    if said not in set(choices):
        raise problems.unknown_choice(parameter, choices)
    return choices(said)


def _asked_fields() -> frozenset[str]:
    """What is to be told beside the identifier; all of it, unless the query says less."""
    said = request.args.get("fields")
    if said is None:
        return FIELDS
    fields = frozenset(said[:200].split(","))
    if not fields <= FIELDS:
        raise problems.unknown_choice("fields", FIELDS)
    return fields


KINDS = {Kind.ADDRESS: "address", Kind.PHONE: "phone", Kind.CUSTOMER_ID: "customer_id"}
