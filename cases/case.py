"""A case: one matter of one customer, from the first mail until it is closed."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session, relationship

from cases import sla
from cases.contact import Contact
from cases.db import Base, write_at_end
from cases.history import Event, What
from cases.mailbox import Mailbox
from cases.outcome import Outcome

if TYPE_CHECKING:
    from cases.agent import Agent
    from cases.message import Message


class State(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    WAITING = "waiting"
    """For the customer; clocks pause."""
    CLOSED = "closed"


class Part(StrEnum):
    """What somebody is in a case."""

    CUSTOMER = "customer"
    COPIED = "copied"
    """In copy of a participant's mail: may write here, gets nothing by itself."""
    NEWCOMER = "newcomer"
    """Came with one of our signed ids: visible, gets nothing until an agent agrees."""
    CONFIRMED = "confirmed"


class AlreadyClosed(Exception):
    """The case was closed before, so it cannot be closed again."""


class NotClosed(Exception):
    """The case is open, so there is nothing to reopen."""


# Those of nobody are many of those that are open: the lists of all open ones lead to them.
_GIVEN = text("state != 'closed' AND assignee_id IS NOT NULL")
_OPEN, _BULK, _ASIDE = text("state != 'closed'"), text("bulk"), text("snoozed_at IS NOT NULL")
_CLOSED = text("closed_at IS NOT NULL")


class Case(Base):
    """One matter of one customer."""

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_open_due", "due_at", postgresql_where=_OPEN, sqlite_where=_OPEN),
        Index("ix_cases_look_at", "look_at"),
        Index("ix_cases_opened_at", "opened_at"),
        Index("ix_cases_closed_at", "closed_at", postgresql_where=_CLOSED, sqlite_where=_CLOSED),
        Index("ix_cases_contact_state", "contact_id", "state"),
        Index("ix_cases_last_at", "last_at", "id"),
        Index(
            "ix_cases_open_assignee",
            *("assignee_id", "due_at"),
            postgresql_where=_GIVEN,
            sqlite_where=_GIVEN,
        ),
        Index("ix_cases_open_last_at", "last_at", "id", postgresql_where=_OPEN, sqlite_where=_OPEN),
        Index("ix_cases_bulk", "last_at", "id", postgresql_where=_BULK, sqlite_where=_BULK),
        Index("ix_cases_aside", "snoozed_until", postgresql_where=_ASIDE, sqlite_where=_ASIDE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id"))
    mailbox_id: Mapped[int | None] = mapped_column(ForeignKey("mailbox.id"), index=True)
    state: Mapped[State] = mapped_column(default=State.OPEN)
    bulk: Mapped[bool] = mapped_column(default=False)
    """Opened by mail that no person wrote: closed from the start, promises nothing."""
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    language: Mapped[str] = mapped_column(default="")
    unread: Mapped[bool] = mapped_column(default=True)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    last_at: Mapped[datetime]
    """When somebody last wrote."""
    snippet: Mapped[str] = mapped_column(default="")

    waiting_since: Mapped[datetime | None]
    """Arrival of the customer's oldest unanswered mail; chasing does not reset it."""
    answered_at: Mapped[datetime | None]
    """When a person first answered."""
    due_at: Mapped[datetime | None]
    """Until when we owe something, most often an answer; empty while nothing is owed."""
    answer_due_at: Mapped[datetime | None]
    resolve_due_at: Mapped[datetime | None]
    inform_due_at: Mapped[datetime | None]
    call_due_at: Mapped[datetime | None]
    look_at: Mapped[datetime | None]
    """When the next promise of this case is to be warned of, or is broken."""
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("sla_policy.id"))
    """The version that was promised; later ones do not change it."""
    breached_at: Mapped[datetime | None]
    """The instant of the first broken promise in this case."""

    snoozed_at: Mapped[datetime | None]
    """Since when it is laid aside; what was promised is still owed."""
    snoozed_until: Mapped[datetime | None]
    """When it comes back; None with `snoozed_at` means when somebody writes."""

    type: Mapped[str] = mapped_column(default="")
    """Leaf of the taxonomy; empty until tagged."""
    type_by: Mapped[str] = mapped_column(default="")
    """Agent who corrected it; empty while only the classifier says so."""
    complaint: Mapped[bool | None]
    """None until tagged: then it counts as a complaint."""
    sentiment: Mapped[str] = mapped_column(default="")
    anger: Mapped[float] = mapped_column(default=0.0)
    urgency: Mapped[float] = mapped_column(default=0.0)
    outcome: Mapped[Outcome | None]
    """How it ended, if whoever closed it said so."""
    needs_review: Mapped[bool] = mapped_column(default=False)
    labels: Mapped[dict[str, Any]] = mapped_column(default=dict)
    course: Mapped[dict[str, Any] | None]
    """How the mood began, how bad it got, how it is now; None before the first mail is tagged."""

    satisfaction: Mapped[int | None]
    """What the customer said of it, from 1 to 5; None while they said nothing."""
    provisional: Mapped[bool] = mapped_column(default=False)
    """No trusted server vouched for the sender so far: the matter may be made up."""
    linked_to_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    """An older case that this one follows."""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    words_gone_at: Mapped[datetime | None]
    names_gone_at: Mapped[datetime | None]
    """When the mailbox's time was over and the words, and later the names, were erased."""
    version: Mapped[int] = mapped_column(default=0)

    contact: Mapped[Contact] = relationship()
    linked_to: Mapped["Case | None"] = relationship(
        remote_side="Case.id", foreign_keys="Case.linked_to_id"
    )
    mailbox: Mapped[Mailbox | None] = relationship()
    assignee: Mapped["Agent | None"] = relationship(viewonly=True)
    messages: Mapped[list["Message"]] = relationship(
        back_populates="case", order_by="Message.arrived_at, Message.id"
    )
    participants: Mapped[list["Participant"]] = relationship(back_populates="case")
    events: Mapped[list[Event]] = relationship(back_populates="case", order_by="Event.id")

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        for name, first in (
            *(("state", State.OPEN), ("bulk", False)),
            *(("provisional", False), ("version", 0)),
        ):
            if getattr(self, name) is None:
                setattr(self, name, first)

    @property
    def is_open(self) -> bool:
        return self.state is not State.CLOSED

    def close(self, *, by: str, at: datetime, outcome: Outcome | None = None) -> None:
        """The matter is settled; the customer may reopen it by writing again."""
        if not self.is_open:
            raise AlreadyClosed(f"case {self.id} was closed before")
        self.state, self.closed_at, self.outcome = State.CLOSED, at, outcome
        self.snoozed_at = self.snoozed_until = None
        self.happened(What.CLOSED, by=by, at=at)

    def reopen(self, *, by: str, at: datetime) -> None:
        """It is not settled after all."""
        if self.is_open:
            raise NotClosed(f"case {self.id} is open")
        self.state, self.closed_at, self.outcome = State.OPEN, None, None
        self.happened(What.REOPENED, by=by, at=at)

    def merge_into(self, other: "Case", *, by: str, at: datetime, **data: object) -> None:
        """This is the same matter as the other: what comes for it goes there from now on."""
        self.merged_into_id = other.id
        if self.is_open:
            self.close(by=by, at=at)
        self.happened(What.MERGED, by=by, at=at, into=other.id, **data)

    def assign(self, agent_id: int | None, *, by: str, at: datetime) -> None:
        """Make it somebody's, or nobody's."""
        was, self.assignee_id = self.assignee_id, agent_id
        self.happened(What.ASSIGNED, by=by, at=at, agent_id=agent_id, was=was)

    def wait_for_customer(self, *, by: str, at: datetime) -> None:
        """We can do nothing before they write again, so the clocks stand. Raises AlreadyClosed."""
        if not self.is_open:
            raise AlreadyClosed(f"case {self.id} is closed")
        self.state = State.WAITING
        self.happened(What.WAITING, by=by, at=at)

    def go_on(self, *, by: str, at: datetime) -> None:
        """It waits for the customer no longer: the clocks run."""
        if self.state is State.WAITING:
            self.state = State.OPEN
            self.happened(What.RESUMED, by=by, at=at)

    def answered(self, *, by: str, at: datetime) -> None:
        """A person answered: what was owed is met, late or in time."""
        self.last_at, self.unread = at, False
        self.happened(What.ANSWERED, by=by, at=at)

    def unanswered(self, *, by: str, at: datetime) -> None:
        """The answer was taken back before it left: what was owed is owed again."""
        self.happened(What.UNDONE, by=by, at=at)

    def owe(self, since: datetime | None, *, by: str, at: datetime) -> None:
        """Messages came from another case or went there: this is the oldest one unanswered now."""
        since_words = since.isoformat() if since is not None else None
        self.happened(What.OWED, by=by, at=at, since=since_words, open=self.is_open)

    def informed(self, *, by: str, at: datetime) -> None:
        """The customer was told how things stand; what they asked is still to be answered."""
        self.happened(What.INFORMED, by=by, at=at)

    def promise_call(self, *, by: str, at: datetime, until: datetime | None = None) -> None:
        """We call the customer back by that instant, or within the time we promise."""
        self.happened(What.CALL_PROMISED, by=by, at=at, until=until and until.isoformat())

    def called(self, *, by: str, at: datetime) -> None:
        """The call that was promised was made."""
        self.happened(What.CALLED, by=by, at=at)

    def may_reopen(self, at: datetime, days: int) -> bool:
        """Whether a mail of that instant still belongs to this closed case."""
        return self.closed_at is not None and at - self.closed_at <= timedelta(days=days)

    def happened(self, what: What, *, by: str, at: datetime, **data: object) -> None:
        """Add a row to the history, and let the exclusions of the contact be looked at again."""
        self.version = (self.version or 0) + 1
        event = Event(case=self, what=what, by=by, at=at, data=data)
        if (session := object_session(self)) is not None:
            session.add(event)
            sla.remember(session, self, event)
        sla.follow(self, event)
        note(self)

    def happened_besides(
        self, session: Session, what: What, *, by: str, at: datetime, **data: object
    ) -> None:
        """Add a row that moves no clock and nobody reads before the transaction ends."""
        self.version = (self.version or 0) + 1
        row = {"case_id": self, "what": what, "by": by, "at": at, "data": data}
        write_at_end(session, Event, row)


class Participant(Base):
    """An address that takes part in a case."""

    __tablename__ = "participant"
    __table_args__ = (UniqueConstraint("case_id", "address"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    address: Mapped[str] = mapped_column(index=True)
    part: Mapped[Part]
    case: Mapped[Case] = relationship(back_populates="participants")


class CaseTag(Base):
    """A tag of a case, so that cases are found by it; the case keeps them too."""

    __tablename__ = "case_tag"

    key: Mapped[str] = mapped_column(primary_key=True)
    """The tag without accents: by it two of them are the same."""
    case_id: Mapped[int] = mapped_column(
        ForeignKey("cases.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    tag: Mapped[str]


def take(session: Session, case_id: int) -> Case:
    """The case, locked until the end of the transaction, as it is now; raises NoResultFound.

    Every verb starts from here, so that two people and the intake never overwrite one another.
    """
    return session.get_one(Case, case_id, with_for_update=True, populate_existing=True)


def note(case: Case) -> None:
    """Have the exclusions of this case's contact recomputed at the end of the transaction."""
    session = object_session(case)
    if session is not None:
        session.info.setdefault("noted", set()).add(case)
