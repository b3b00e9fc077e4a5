"""Filing: find the case a mail belongs to, or open one, and let the case know.

    find (rules) | admit or keep apart | place (a message in a case) | tell the case

The order of the rules is in rules.py; who may join is in standing.py and people.py; what a mail
does to a case is in telling.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from cases.case import Case
from cases.db import write_rows
from cases.filing import people, rules, shelf, telling, uniting
from cases.filing.arrival import Arrival, Belief
from cases.filing.ids import answered, kept
from cases.filing.keeping import as_message, snippet_of
from cases.filing.likeness import carries, likeness
from cases.filing.rules import Match
from cases.filing.shelf import Shelf
from cases.filing.standing import vouched
from cases.mail import Mail, Origin, Trust
from cases.message import Delivery, KnownId, Message
from cases.rows import numbering

__all__ = ["Arrival", "Belief", "Filed", "file", "file_all", "file_unwritten"]

_MOST_CASES_OF_AN_ID = 20
_OF_OURS = (Origin.AGENT, Origin.OWN)


@dataclass(frozen=True, slots=True)
class Filed:
    """Where a mail went."""

    message: Message
    case: Case
    rule: str
    opened: bool = False
    """It is the first mail of a person in the case."""
    reopened: bool = False
    again: bool = False
    """The same mail came before, perhaps in another mailbox: one message, one more delivery."""


def file_all(session: Session, arrivals: Sequence[Arrival], belief: Belief) -> list[Filed]:
    """File a batch in its order."""
    filed = file_unwritten(session, arrivals, belief)
    write_rows(session)
    return filed


def file_unwritten(session: Session, arrivals: Sequence[Arrival], belief: Belief) -> list[Filed]:
    """File a batch; ids are there, and the rows are written when the caller flushes."""
    known = shelf.fetch(session, arrivals, belief) if arrivals else Shelf()
    filed = [_file(session, arrival, known, belief) for arrival in arrivals]
    numbering.settle(session)
    return filed


def file(session: Session, arrival: Arrival, belief: Belief | None = None) -> Filed:
    """File one mail."""
    return file_all(session, [arrival], belief or Belief())[0]


def _file(session: Session, arrival: Arrival, known: Shelf, belief: Belief) -> Filed:
    mark = likeness(arrival.mail)
    before = _came_before(arrival.mail, mark, known) or _copy_of(arrival.mail, known)
    if before is not None:
        return _again(session, arrival, before)
    match = rules.find(arrival, known, belief)
    filed = _place(session, arrival, match, known, belief)
    filed.message.likeness = mark
    known.alike[mark] = filed.message
    if filed.case.is_open:
        shelf.note_wording(known, filed.message)
    _learn_ids(session, filed, arrival.mail, known)
    return _united(session, arrival, filed, known, belief)


def _united(
    session: Session, arrival: Arrival, filed: Filed, known: Shelf, belief: Belief
) -> Filed:
    if filed.message.quarantined:
        return filed
    case = uniting.unite(session, arrival, filed.case, known, belief)
    return filed if case is filed.case else replace(filed, case=case)


def _came_before(mail: Mail, mark: str, known: Shelf) -> Message | None:
    """The same mail, unless it comes now with a better word for its sender than before.

    What lay in the spam and lies in the inbox now was fetched out of there by a person.
    """
    before = known.alike.get(mark)
    if before is None or not mail.message_id:
        return None
    if before.origin is Origin.SPAM and mail.origin is not Origin.SPAM:
        return None
    return None if before.trust is Trust.FAIL and mail.trust is not Trust.FAIL else before


def _copy_of(mail: Mail, known: Shelf) -> Message | None:
    """The message of ours that this mail is a copy of: from the journal, or a list we wrote to."""
    rows = known.ids.get(kept(mail.message_id), ()) if mail.origin is Origin.OWN else ()
    # Whoever got a mail of ours knows its id, so the words must be ours as well.
    ours = (row.message for row in rows if row.ours and row.message is not None)
    return next((message for message in ours if carries(mail, message)), None)


def _again(session: Session, arrival: Arrival, before: Message) -> Filed:
    mailbox_id = arrival.mailbox.id if arrival.mailbox else None
    session.add(
        Delivery(message=before, raw_id=arrival.raw_id, mailbox_id=mailbox_id, at=arrival.at)
    )
    return Filed(before, before.case, "the same mail again", again=True)


def _place(
    session: Session, arrival: Arrival, match: Match | None, known: Shelf, belief: Belief
) -> Filed:
    refusal = _refusal(arrival, match, known, belief)
    if match is None or refusal:
        return _open(session, arrival, match, refusal or "new case", known, belief)
    case = _still_open_to(arrival, match.case, known)
    if case is None:
        rule = "new case after the reopen window"
        return _open(session, arrival, match, rule, known, belief)
    match = Match(case, match.rule, match.matched, match.signed)
    people.admit(session, arrival.mail, match, known, belief)
    message = as_message(session, arrival, case, match)
    was_open, was_bulk = case.is_open, case.bulk
    telling.tell(case, message, arrival, proven=match.signed)
    if vouched(arrival.mail, belief) and arrival.mail.origin is Origin.CUSTOMER:
        case.provisional = False
    if was_bulk and not case.bulk:
        known.newest[case.contact] = case
    reopened = case.is_open and not was_open
    return Filed(message, case, match.rule, opened=was_bulk and reopened, reopened=reopened)


def _refusal(arrival: Arrival, match: Match | None, known: Shelf, belief: Belief) -> str:
    """Why a mail must not join the case it points to, or ""."""
    mail = arrival.mail
    if match is None or belief.trust_all:
        return ""
    if mail.trust is Trust.FAIL:
        return "quarantine: the sender's authentication failed"
    if match.stranger:
        return "new case: a stranger refers to a known mail"
    if mail.origin in _OF_OURS and not vouched(mail, belief):
        return "new case: nobody vouches that it is ours"
    if people.is_newcomer(mail, match, known):
        if mail.forwarded:
            return "new case: a forward by somebody who takes no part"
        if not match.case.is_open and not match.case.bulk:
            return "new case: a newcomer writes after the end"
    return ""


def _still_open_to(arrival: Arrival, case: Case, known: Shelf) -> Case | None:
    """The case, or after its reopen window the one that its customer opened then."""
    if telling.joins(case, arrival):
        return case
    for later in reversed(known.followers[case]):
        if later.contact is case.contact:
            return _still_open_to(arrival, later, known)
    return None


def _open(
    session: Session,
    arrival: Arrival,
    match: Match | None,
    rule: str,
    known: Shelf,
    belief: Belief,
) -> Filed:
    mail = arrival.mail
    contact = people.contact_of(session, arrival, known)
    case = telling.new_case(arrival, contact)
    case.snippet = snippet_of(mail)
    case.provisional = mail.origin is Origin.CUSTOMER and not vouched(mail, belief)
    session.add(case)
    if match is not None:
        case.linked_to = match.case
        if match.case.contact is contact and not match.stranger and not case.bulk:
            known.followers[match.case].append(case)
    people.settle_in(session, mail, case, known)
    message = as_message(session, arrival, case, match, rule)
    message.quarantined = rule.startswith("quarantine")
    telling.tell(case, message, arrival, proven=False)
    if not case.bulk:
        known.newest[contact] = case
    return Filed(message, case, rule, opened=not case.bulk)


def _learn_ids(session: Session, filed: Filed, mail: Mail, known: Shelf) -> None:
    """Remember the mail's own id and its references for the mails that will answer it."""
    ids = ((kept(mail.message_id), filed.message), *((ref, None) for ref in answered(mail)))
    for rfc_id, message in ids:
        rows = known.ids[rfc_id]
        here = next((row for row in rows if row.case is filed.case), None)
        if here is not None:
            if message is not None and not rules.is_seen(here):
                here.message = message
        elif rfc_id and (message is not None or _is_worth_learning(rows)):
            row = KnownId(rfc_id=rfc_id, case=filed.case, message=message)
            session.add(row)
            known.remember(row)


def _is_worth_learning(rows: Sequence[KnownId]) -> bool:
    """A reference to a mail that lies elsewhere tells nothing, and thousands would cost."""
    return len(rows) < _MOST_CASES_OF_AN_ID and not any(map(rules.is_seen, rows))
