"""What was decided to be said or left unsaid: its reason, its inputs, the version of its rule."""

from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from bot.policy import VERSION, Decision, Reply, Situation
from cases.db import Base, write_at_end
from cases.message import Message

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class Decided(Base):
    """A decision to speak or to stay silent, with its reason, inputs and rule version."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    at: Mapped[datetime]
    reply: Mapped[bool]
    rule: Mapped[str]
    reason: Mapped[str]
    version: Mapped[str]
    inputs: Mapped[dict[str, Any]]

    message: Mapped[Message] = relationship()


@dataclass(frozen=True, slots=True)
class Why:
    """Whether to speak, which rule said so, in which version, and its reason."""

    speaks: bool
    rule: str
    reason: str
    version: str = VERSION


def note(
    session: Session, message: Message, situation: Situation, decision: Decision, *, at: datetime
) -> None:
    """Keep what the policy decided about a mail."""
    keep(session, message, _why(decision), situation, at=at)


def note_in_time(
    session: Session, message: Message, situation: Situation, decision: Decision, *, at: datetime
) -> None:
    """The same of a batch, at the end of the transaction."""
    keep_at_end(session, message.id, message.case.id, _why(decision), situation, at=at)


def _why(decision: Decision) -> Why:
    return Why(isinstance(decision, Reply), decision.rule, decision.reason)


def keep(
    session: Session, message: Message, why: Why, inputs: "DataclassInstance", *, at: datetime
) -> None:
    """Keep a decision about a message with all that it was made from."""
    session.add(Decided(message=message, **_row(message.id, message.case.id, why, inputs, at)))


def keep_at_end(
    session: Session,
    message_id: int,
    case_id: int,
    why: Why,
    inputs: "DataclassInstance",
    *,
    at: datetime,
) -> None:
    """The same at the end of the transaction, with all others in one statement."""
    write_at_end(session, Decided, _row(message_id, case_id, why, inputs, at))


def _row(
    message_id: int, case_id: int, why: Why, inputs: "DataclassInstance", at: datetime
) -> dict[str, Any]:
    return {
        "message_id": message_id,
        "case_id": case_id,
        "at": at,
        "reply": why.speaks,
        "rule": why.rule,
        "reason": why.reason[:500],
        "version": why.version,
        "inputs": as_json(inputs),
    }


def as_json(value: Any) -> Any:
    """Values as JSON can hold them: instants as text, spans in seconds."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, dict):
        return {str(key): as_json(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_json(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if is_dataclass(value):
        return {one.name: as_json(getattr(value, one.name)) for one in fields(value)}
    return value
