"""What a batch of mails may refer to, looked up in a few queries before the first is filed."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from cases import signing
from cases.case import Case, Participant, State
from cases.contact import Contact, Identifier, Kind, normalised
from cases.filing.likeness import likeness
from cases.filing.tokens import subject_tokens
from cases.mail import Mail
from cases.message import KnownId, Message

# First ids and newest ids of a mail with absurdly many references.
OLDEST, NEWEST = 4, 40


@dataclass
class Shelf:
    """Everything that is known about the ids, addresses and cases of one batch."""

    ids: dict[str, list[KnownId]] = field(default_factory=lambda: defaultdict(list))
    cases: dict[int, Case] = field(default_factory=dict)
    parties: dict[Case, set[str]] = field(default_factory=lambda: defaultdict(set))
    contacts: dict[str, Contact] = field(default_factory=dict)
    alike: dict[str, Message] = field(default_factory=dict)
    newest: dict[Contact, Case] = field(default_factory=dict)
    """The contact's newest case that a person opened, an open one first."""

    def case(self, case_id: int) -> Case | None:
        """The case, or the one it was merged into."""
        case = self.cases.get(case_id)
        while case is not None and case.merged_into_id is not None:
            case = self.cases.get(case.merged_into_id)
        return case

    def knows(self, case: Case, address: str) -> bool:
        """Whether that address takes part in the case."""
        return normalised(address) in self.parties[case]

    def remember(self, known: KnownId) -> None:
        """Let later mails of the batch find it."""
        self.ids[known.rfc_id].append(known)


def references(mail: Mail) -> tuple[str, ...]:
    """The ids a mail answers, the nearest first, without doubles and in a bounded number."""
    older = mail.references
    if len(older) > OLDEST + NEWEST:
        older = older[:OLDEST] + older[-NEWEST:]
    return tuple(dict.fromkeys((*mail.in_reply_to[:NEWEST], *reversed(older))))


def fetch(session: Session, mails: Iterable[Mail]) -> Shelf:
    """The shelf for that batch."""
    batch = list(mails)
    shelf = Shelf()
    _fetch_ids(session, shelf, batch)
    _fetch_contacts(session, shelf, batch)
    _fetch_cases(session, shelf, _case_ids(shelf, batch))
    _fetch_alike(session, shelf, batch)
    return shelf


def _fetch_ids(session: Session, shelf: Shelf, batch: list[Mail]) -> None:
    wanted = {id_ for mail in batch for id_ in _all_ids(mail)}
    rows = session.scalars(select(KnownId).where(KnownId.rfc_id.in_(wanted)).order_by(KnownId.id))
    for known in rows:
        shelf.remember(known)


def _all_ids(mail: Mail) -> Iterator[str]:
    if mail.message_id:
        yield mail.message_id
    yield from references(mail)
    if mail.bounce is not None and mail.bounce.original_message_id:
        yield mail.bounce.original_message_id


def addresses(mail: Mail) -> tuple[str, ...]:
    """Whose contact the mail may belong to: its sender, its customer, its first recipient."""
    found = (
        mail.sender.address,
        mail.speaker.customer or "",
        *(one.address for one in mail.to[:1]),
    )
    return tuple(normalised(one) for one in found if one)


def _fetch_contacts(session: Session, shelf: Shelf, batch: list[Mail]) -> None:
    wanted = {address for mail in batch for address in addresses(mail)}
    rows = session.scalars(
        select(Identifier)
        .options(selectinload(Identifier.contact))
        .where(Identifier.kind == Kind.ADDRESS, Identifier.value.in_(wanted))
    )
    shelf.contacts = {row.value: row.contact for row in rows}


def _case_ids(shelf: Shelf, batch: list[Mail]) -> set[int]:
    signed = {case_id for mail in batch for case_id in _signed_cases(mail)}
    told = {number for mail in batch for number in subject_tokens(mail.subject)}
    known = {row.case_id for rows in shelf.ids.values() for row in rows}
    return signed | told | known


def _signed_cases(mail: Mail) -> Iterator[int]:
    ids = (signing.case_of_message_id(id_) for id_ in _all_ids(mail))
    tags = (signing.case_of_plus_address(address) for address in recipients(mail))
    yield from (case_id for case_id in (*ids, *tags) if case_id is not None)


def recipients(mail: Mail) -> tuple[str, ...]:
    """Every address the mail names as its goal."""
    named = (one.address for one in (*mail.to[:200], *mail.cc[:200]))
    return (*named, *mail.delivered_to[:50])


def _fetch_cases(session: Session, shelf: Shelf, wanted: set[int]) -> None:
    wanted |= _of_customers(session, shelf)
    while missing := wanted - shelf.cases.keys():
        found = session.scalars(
            select(Case).where(Case.id.in_(missing)).order_by(Case.id).with_for_update()
        ).all()
        shelf.cases |= {case.id: case for case in found}
        wanted = {case.merged_into_id for case in found if case.merged_into_id is not None}
    _fetch_parties(session, shelf)
    _note_newest(shelf)


def _of_customers(session: Session, shelf: Shelf) -> set[int]:
    # Only who is spoken of by a bot needs it, but the query is the same for all.
    contacts = {contact.id for contact in shelf.contacts.values()}
    return set(
        session.scalars(
            select(Case.id).where(Case.contact_id.in_(contacts), Case.state != State.CLOSED)
        )
    )


def _fetch_parties(session: Session, shelf: Shelf) -> None:
    for party in session.scalars(
        select(Participant).where(Participant.case_id.in_(shelf.cases.keys()))
    ):
        shelf.parties[shelf.cases[party.case_id]].add(party.address)


def _note_newest(shelf: Shelf) -> None:
    by_id = {contact.id: contact for contact in shelf.contacts.values()}
    for case in sorted(shelf.cases.values(), key=lambda case: (case.is_open, case.id)):
        if not case.bulk and case.merged_into_id is None and case.contact_id in by_id:
            shelf.newest[by_id[case.contact_id]] = case


def _fetch_alike(session: Session, shelf: Shelf, batch: list[Mail]) -> None:
    wanted = {likeness(mail) for mail in batch}
    rows = session.scalars(select(Message).where(Message.likeness.in_(wanted)))
    shelf.alike = {row.likeness: row for row in rows}
