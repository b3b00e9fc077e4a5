"""A mail that came late shows that two cases are one: an answer to it had opened the other."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from cases.case import Case
from cases.db import write_rows
from cases.filing.arrival import Arrival, Belief
from cases.filing.ids import answered, kept
from cases.filing.rules import is_seen
from cases.filing.shelf import Shelf
from cases.mail import Origin
from cases.merging import merge


def unite(session: Session, arrival: Arrival, case: Case, known: Shelf, belief: Belief) -> Case:
    """Merge the cases that the mail in this case belongs to as well; gives the one that is left.

    The merge can be undone as any other.
    """
    for other in dict.fromkeys(_others(arrival, case, known, belief)):
        if other is case or other.merged_into_id is not None:
            continue
        write_rows(session)
        newer, older = (case, other) if other.id < case.id else (other, case)
        case = merge(session, newer, older, by="filing", at=arrival.at)
        _rearrange(newer, older, known)
    return case


def _others(arrival: Arrival, case: Case, known: Shelf, belief: Belief) -> Iterator[Case]:
    mail = arrival.mail
    for row in known.ids.get(kept(mail.message_id), ()):
        other = known.followed(row.case)
        if other is not case and not is_seen(row) and _one_matter(arrival, case, other, belief):
            yield other
    if belief.trust_all:
        for rfc_id in answered(mail):
            yield from (known.followed(row.case) for row in known.ids.get(rfc_id, ()))


def _one_matter(arrival: Arrival, case: Case, other: Case, belief: Belief) -> bool:
    """Both are open cases of one person, and neither was opened apart from the other on purpose."""
    if belief.trust_all:
        return True
    if arrival.mail.origin is not Origin.CUSTOMER or arrival.history:
        return False
    apart = case.linked_to is other or other.linked_to is case
    return case.contact is other.contact and case.is_open and other.is_open and not apart


def _rearrange(newer: Case, older: Case, known: Shelf) -> None:
    """What later mails of the batch ask for."""
    known.cases |= {newer.id: newer, older.id: older}
    known.parties[older] = {**known.parties[newer], **known.parties[older]}
    for contact, case in known.newest.items():
        if case is newer:
            known.newest[contact] = older
