"""What a mail does to the case it is put into, by who speaks in it."""

from datetime import datetime

from sqlalchemy.orm import object_session

from cases import snoozing
from cases.case import Case, State
from cases.contact import Contact, Identifier, Kind, normalised
from cases.exclusions import learnt
from cases.filing.arrival import Arrival
from cases.filing.thanks import thanks_only
from cases.history import What
from cases.mail import Bounce, Origin
from cases.message import Message

REOPEN_DAYS = 14
SUBJECT = 500


def joins(case: Case, arrival: Arrival) -> bool:
    """Whether a mail that points to the case still belongs to it.

    A person who writes long after the end has a new matter; thanks and machines have none.
    """
    if case.is_open or not _reopens(arrival):
        return True
    days = arrival.mailbox.reopen_days if arrival.mailbox else REOPEN_DAYS
    return case.bulk or case.may_reopen(arrival.at, days)


def _reopens(arrival: Arrival) -> bool:
    return arrival.mail.origin is Origin.CUSTOMER and not thanks_only(arrival.mail.own_words)


def new_case(arrival: Arrival, contact: Contact) -> Case:
    """A case for that mail: open for a person's matter, closed from the start for all else."""
    person = _is_matter(arrival)
    at = arrival.at
    return Case(
        subject=arrival.mail.subject[:SUBJECT],
        contact=contact,
        mailbox=arrival.mailbox,
        state=State.OPEN if person and not arrival.history else State.CLOSED,
        closed_at=None if person and not arrival.history else at,
        bulk=not person,
        language=contact.language,
        opened_at=at,
        last_at=at,
    )


def _is_matter(arrival: Arrival) -> bool:
    """A person's mail, or an agent's who hands one on, opens work."""
    mail = arrival.mail
    handed_on = mail.origin is Origin.AGENT and mail.speaker.customer is not None
    return mail.origin is Origin.CUSTOMER or handed_on


def tell(case: Case, message: Message, arrival: Arrival, *, proven: bool) -> None:
    """Let the case know what came; `proven` if it bears a signature that only we can have made."""
    case.last_at = max(case.last_at, arrival.at)
    if arrival.history and not case.version:
        # Old mail comes in with the newest first, so a matter may have begun before we knew. What
        # was closed from the start was no talk of ours, and nothing follows from its end.
        case.opened_at = min(case.opened_at, arrival.at)
        case.closed_at = case.opened_at if case.closed_at else None
    if arrival.history or message.quarantined:
        return
    what = What.OPENED if not case.version and not case.bulk else What.MESSAGE_RECEIVED
    said = {"origin": message.origin.value, "rule": message.rule, "owes": _owes(case, arrival)}
    case.happened(what, by="", at=arrival.at, **said)
    if arrival.mail.origin is Origin.CUSTOMER:
        _customer_wrote(case, arrival)
    elif arrival.mail.origin is Origin.AGENT:
        _agent_wrote(case, arrival)
    elif arrival.mail.origin is Origin.BOUNCE:
        _failed(case, arrival, proven)


def _owes(case: Case, arrival: Arrival) -> bool:
    """Whether the mail is one that a person of ours must answer."""
    mail = arrival.mail
    if mail.origin is Origin.CUSTOMER:
        return case.is_open or _reopens(arrival)
    handed_on = mail.origin is Origin.AGENT and mail.speaker.customer is not None
    return handed_on and case.is_open


def _customer_wrote(case: Case, arrival: Arrival) -> None:
    if not case.is_open:
        if not _reopens(arrival):
            return
        _open_again(case, arrival.at)
    snoozing.wake(case, by="", at=arrival.at)
    case.state = State.OPEN
    case.unread = True


def _open_again(case: Case, at: datetime) -> None:
    if case.bulk:
        # Somebody answered a machine's mail: now it is a person's matter.
        case.bulk, case.opened_at = False, at
    case.reopen(by="customer", at=at)


def _agent_wrote(case: Case, arrival: Arrival) -> None:
    handed_on = arrival.mail.speaker.customer is not None
    if handed_on and case.is_open:
        case.state = State.OPEN
    elif not handed_on and not case.bulk:
        case.answered(by=arrival.mail.sender.address, at=arrival.at)


def _failed(case: Case, arrival: Arrival, proven: bool) -> None:
    """The customer does not know our answer, so the case comes back to the agent's list."""
    bounce = arrival.mail.bounce
    case.unread = case.unread or not case.bulk
    if bounce is None:
        return
    case.happened(What.BOUNCED, by="", at=arrival.at, recipients=list(bounce.recipients))
    # Anybody can write a bounce; who names our signed id or came to it has had our mail.
    if proven:
        failed = frozenset(map(normalised, bounce.recipients))
        for identifier in case.contact.identifiers:
            if identifier.kind is Kind.ADDRESS and identifier.value in failed:
                _came_back(identifier, bounce, arrival)


def _came_back(identifier: Identifier, bounce: Bounce, arrival: Arrival) -> None:
    if bounce.address_dead:
        identifier.bounced_at = arrival.at
        return
    session = object_session(identifier)
    of = bounce.original_message_id or arrival.mail.message_id
    if session is not None and of:
        learnt.came_back(session, identifier, of, arrival.at)
