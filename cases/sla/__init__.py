"""What we owe and until when: each case carries the dues that follow from its history."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session, object_session

from cases.history import Event, What
from cases.hours import Calendar
from cases.sla import book as books
from cases.sla.book import Book, Scope
from cases.sla.clocks import RESPONSES, Clocks, clocks
from cases.sla.moments import Moment, moments, moves
from cases.sla.policy import Policy, Target

if TYPE_CHECKING:
    from cases.case import Case

Promise = tuple[Policy, Calendar]
_TYPING = frozenset({What.TAGGED, What.CORRECTED})
"""Events that may bring a policy of a type of its own."""


def calendar(session: Session, at: datetime) -> Calendar:
    """When the shop is open at that time, for whatever is of no one case."""
    return books.read(session).calendar(books.DEFAULT, at)


def remember(session: Session, case: "Case", event: Event) -> None:
    """Have the clocks of the case settled at the end of the transaction, if it moves one."""
    if moves(event) or event.what in _TYPING:
        session.info.setdefault("clocks_moved", {}).setdefault(case, []).append(event)


def follow(case: "Case", event: Event) -> None:
    """Let the case carry what it owes after that event.

    Within the transaction its history is taken as it was read, so that pages show it at once;
    the end of the transaction reads it afresh.
    """
    session = object_session(case)
    typed = event.what in _TYPING and session is not None and promises_by_type(session)
    if not typed and not moves(event):
        return
    told = moments(case.events)
    if not told:
        return
    book = books.kept_up(session) if session is not None else Book()
    policy, hours_of_it = (
        _better_known(case, told, book, event.at)
        if typed
        else promised(case, case.policy_id, told, book)
    )
    case.policy_id = policy.id
    owed = clocks(told, policy, hours_of_it)
    if session is not None:
        session.info.setdefault("clocks_told", {})[case] = policy, owed
    for name, value in columns(owed).items():
        setattr(case, name, value)
    case.breached_at = case.breached_at or owed.first_broken(event.at)


def promises_by_type(session: Session) -> bool:
    """Whether a type that becomes known may change what is promised."""
    return any(row.type for row in books.read(session).policies)


def promised(case: "Case", policy_id: int | None, told: list[Moment], book: Book) -> Promise:
    """The version that was promised to the case, or is now, and the calendar of that day."""
    as_of = told[0].at
    policy = book.numbered(policy_id) or book.policy(scope_of(case), as_of)
    return policy, book.calendar(policy.calendar, as_of)


def _better_known(case: "Case", told: list[Moment], book: Book, at: datetime) -> Promise:
    """A type that becomes known brings its own times, unless they would be over by then:
    nobody breaks a promise before it is made."""
    as_of = told[0].at
    policy = book.policy(scope_of(case), as_of)
    calendar = book.calendar(policy.calendar, as_of)
    due = clocks(told, policy, calendar).due_at
    if due is None or due <= at:
        return promised(case, case.policy_id, told, book)
    return policy, calendar


def scope_of(case: "Case") -> Scope:
    """What of the case decides which policy is its own."""
    mailbox_id = case.mailbox.id if case.mailbox is not None else case.mailbox_id
    tier = getattr(case.contact, "tier", "")
    return Scope(mailbox_id, case.type or "", str(tier or ""))


def columns(owed: Clocks) -> dict[str, datetime | None]:
    """The dues of a case as its row carries them."""
    return {
        "waiting_since": owed.waiting_since,
        "answered_at": owed.answered_at,
        "due_at": owed.due_at,
        "answer_due_at": owed.due_of(*RESPONSES),
        "resolve_due_at": owed.due_of(Target.RESOLUTION),
        "inform_due_at": owed.due_of(Target.KEEP_INFORMED),
        "call_due_at": owed.due_of(Target.CALL_BACK),
    }
