"""What a batch of mails may refer to, looked up in a few queries before the first is filed."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from cases import mailbox, signing
from cases.case import Case, Part, Participant, State
from cases.contact import Contact, Identifier, Kind, normalised
from cases.filing.arrival import Arrival, Belief
from cases.filing.ids import answered, kept
from cases.filing.likeness import likeness, wording
from cases.filing.tokens import subject_tokens
from cases.mail import Mail, without_tag
from cases.message import Direction, KnownId, Message
from cases.rows.among import among

SENT_AGAIN = timedelta(minutes=5)
LONGEST_ADDRESS = 320
_MOST_OPEN = 500
_MOST_FOLLOWED = 5
_MOST_OF_LATE = 1000


@dataclass
class Shelf:
    """Everything that is known about the ids, addresses and cases of one batch."""

    own: frozenset[str] = frozenset()
    ids: dict[str, list[KnownId]] = field(default_factory=lambda: defaultdict(list))
    cases: dict[int, Case] = field(default_factory=dict)
    parties: dict[Case, dict[str, Part]] = field(default_factory=lambda: defaultdict(dict))
    contacts: dict[str, Contact] = field(default_factory=dict)
    alike: dict[str, Message] = field(default_factory=dict)
    newest: dict[Contact, Case] = field(default_factory=dict)
    """The contact's newest case that a person opened, an open one first."""
    followers: dict[Case, list[Case]] = field(default_factory=lambda: defaultdict(list))
    """Cases that a contact opened after the end of an older one, oldest first."""
    of_late: dict[str, Message] = field(default_factory=dict)
    """The open cases' messages of the last minutes, by their wording."""

    def case(self, case_id: int) -> Case | None:
        """The case, or the one it was merged into."""
        case = self.cases.get(case_id)
        return self.followed(case) if case is not None else None

    def followed(self, case: Case) -> Case:
        """The case, or the one it was merged into."""
        while case.merged_into_id is not None and case.merged_into_id in self.cases:
            case = self.cases[case.merged_into_id]
        return case

    def is_own(self, address: str) -> bool:
        """Whether it is an address of ours, with a tag or without."""
        return address in self.own or without_tag(address) in self.own

    def remember(self, known: KnownId) -> None:
        """Let later mails of the batch find it."""
        self.ids[known.rfc_id].append(known)


def as_matched(address: str) -> str:
    """The address as it is looked up; "" where no address can be that long."""
    value = normalised(address)
    return value if len(value) <= LONGEST_ADDRESS else ""


def fetch(session: Session, arrivals: Sequence[Arrival], belief: Belief) -> Shelf:
    """The shelf for that batch."""
    batch = [arrival.mail for arrival in arrivals]
    shelf = Shelf(own=belief.own | mailbox.ours(session))
    _fetch_ids(session, shelf, batch)
    _fetch_contacts(session, shelf, batch)
    _fetch_cases(session, shelf, _case_ids(shelf, batch) | _of_customers(session, shelf))
    _fetch_followers(session, shelf)
    _fetch_parties(session, shelf)
    _note_newest(shelf)
    _fetch_alike(session, shelf, batch)
    _fetch_of_late(session, shelf, arrivals)
    return shelf


def _fetch_ids(session: Session, shelf: Shelf, batch: list[Mail]) -> None:
    wanted = {id_ for mail in batch for id_ in _all_ids(mail)}
    rows = session.scalars(
        select(KnownId).where(among(KnownId.rfc_id, wanted)).order_by(KnownId.id)
    )
    for known in rows:
        shelf.remember(known)


def _all_ids(mail: Mail) -> Iterator[str]:
    if mail.message_id:
        yield kept(mail.message_id)
    yield from answered(mail)
    if mail.bounce is not None and mail.bounce.original_message_id:
        yield kept(mail.bounce.original_message_id)


def _addresses(mail: Mail, shelf: Shelf) -> Iterator[str]:
    """Whose contact the mail may belong to: its sender, its customer, its first recipients."""
    named = (
        mail.sender.address,
        mail.speaker.customer or "",
        *(one.address for one in (*mail.reply_to[:2], *mail.to[:5], *mail.cc[:5])),
    )
    for address in map(as_matched, named):
        if address and not shelf.is_own(address):
            yield address
            yield without_tag(address)


def _fetch_contacts(session: Session, shelf: Shelf, batch: list[Mail]) -> None:
    wanted = {address for mail in batch for address in _addresses(mail, shelf)}
    rows = session.scalars(
        select(Identifier)
        .options(joinedload(Identifier.contact).selectinload(Contact.identifiers))
        .where(Identifier.kind == Kind.ADDRESS, among(Identifier.value, wanted))
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


def _of_customers(session: Session, shelf: Shelf) -> set[int]:
    contacts = {contact.id for contact in shelf.contacts.values()}
    if not contacts:
        return set()
    open_ones = select(Case.id).where(among(Case.contact_id, contacts), Case.state != State.CLOSED)
    return set(session.scalars(open_ones.order_by(Case.id.desc()).limit(_MOST_OPEN)))


def _fetch_cases(session: Session, shelf: Shelf, wanted: set[int]) -> None:
    while missing := wanted - shelf.cases.keys():
        found = session.scalars(
            select(Case)
            .where(among(Case.id, missing))
            .order_by(Case.id)
            .with_for_update()
            .options(
                selectinload(Case.events),
                selectinload(Case.contact).selectinload(Contact.identifiers),
            )
        ).all()
        shelf.cases |= {case.id: case for case in found}
        wanted = {case.merged_into_id for case in found if case.merged_into_id is not None}


def _fetch_followers(session: Session, shelf: Shelf) -> None:
    """What their contacts opened after closed cases: there an answer to the old one goes."""
    asked: set[int] = set()
    contacts = {contact.id for contact in shelf.contacts.values()}
    for _ in range(_MOST_FOLLOWED):
        ended = {number for number, case in shelf.cases.items() if not case.is_open} - asked
        if not ended or not contacts:
            return
        later = select(Case).where(
            among(Case.linked_to_id, ended), among(Case.contact_id, contacts), Case.bulk.is_(False)
        )
        for case in session.scalars(later.order_by(Case.id).limit(_MOST_OPEN).with_for_update()):
            shelf.cases[case.id] = case
            shelf.followers[shelf.cases[case.linked_to_id or 0]].append(case)
        asked |= ended


def _fetch_parties(session: Session, shelf: Shelf) -> None:
    if not shelf.cases:
        return
    for party in session.scalars(
        select(Participant).where(among(Participant.case_id, shelf.cases))
    ):
        shelf.parties[shelf.cases[party.case_id]][party.address] = party.part


def _note_newest(shelf: Shelf) -> None:
    by_id = {contact.id: contact for contact in shelf.contacts.values()}
    for case in sorted(shelf.cases.values(), key=lambda case: (case.is_open, case.id)):
        if not case.bulk and case.merged_into_id is None and case.contact_id in by_id:
            shelf.newest[by_id[case.contact_id]] = case


def _fetch_alike(session: Session, shelf: Shelf, batch: list[Mail]) -> None:
    wanted = {likeness(mail) for mail in batch}
    rows = session.scalars(select(Message).where(among(Message.likeness, wanted)))
    shelf.alike = {row.likeness: row for row in rows}


def _fetch_of_late(session: Session, shelf: Shelf, arrivals: Sequence[Arrival]) -> None:
    """Only an open case of a sender in this batch can have got the same mail just now.

    What answers a mail is found by that, however often it is sent.
    """
    open_ones = [number for number, case in shelf.cases.items() if case.is_open]
    if not open_ones or all(one.mail.in_reply_to or one.mail.references for one in arrivals):
        return
    at = [arrival.at for arrival in arrivals]
    recent = select(Message).where(
        among(Message.case_id, open_ones),
        Message.arrived_at.between(min(at) - SENT_AGAIN, max(at)),
        Message.direction == Direction.IN,
    )
    newest_first = session.scalars(recent.order_by(Message.id.desc()).limit(_MOST_OF_LATE))
    for message in reversed(newest_first.all()):
        note_wording(shelf, message)


def note_wording(shelf: Shelf, message: Message) -> None:
    """Let the same mail be known when it is sent once more."""
    shelf.of_late[wording(message.sender, message.subject, message.text)] = message
