"""Years of a shop for a bench, with ten messages to a case: made in large statements."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from bot.outbox import OutgoingMail
from bot.outbox import State as Sent
from cases.case import Case, Part, Participant, State
from cases.contact import Contact, Identifier, Kind
from cases.db import Base, transaction
from cases.exclusions.reasons import Reason, Severity
from cases.exclusions.rows import Exclusion
from cases.history import Event, What
from cases.mail import Origin
from cases.message import Direction, Message
from cases.words.tables import NAME, WANTED
from inbox.command.benching.mails import SENTENCES

MESSAGES = 10
TOGETHER = 1000
APART = timedelta(seconds=30)
CASES_OF_ONE = 3
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Archive:
    """Cases are numbered from 1 on, each a little younger than the one before."""

    end: datetime
    most: int
    mailbox_id: int
    agents: tuple[int, ...]

    def fill(self, begin: int, end: int) -> None:
        """The cases from that number up to before the other."""
        for first in range(begin, end, TOGETHER):
            numbers = range(first, min(first + TOGETHER, end))
            with transaction() as session:
                for table, of_case in _TABLES:
                    _write(session, table, [row for n in numbers for row in of_case(self, n)])
        with transaction() as session:
            _keep_words(session)
            _count_on(session)

    def opened(self, n: int) -> datetime:
        return self.end - (self.most - n + 1) * APART

    def is_open(self, n: int) -> bool:
        return n % 20 == 0

    def address(self, n: int) -> str:
        return f"customer{self.contact(n):07d}@mail{self.contact(n) % 97}.example"

    def contact(self, n: int) -> int:
        return (n - 1) // CASES_OF_ONE + 1


def _write(session: Session, table: type[Base], rows: list[Row]) -> None:
    if rows:
        # Rows that leave out what is empty would go one by one.
        session.execute(insert(table).execution_options(render_nulls=True), rows)


def _contact(of: Archive, n: int) -> Iterator[Row]:
    if (n - 1) % CASES_OF_ONE == 0:
        number = of.contact(n)
        yield {"id": number, "name": f"Customer {number}", "created_at": of.opened(n)}


def _identifier(of: Archive, n: int) -> Iterator[Row]:
    if (n - 1) % CASES_OF_ONE == 0:
        said = {"kind": Kind.ADDRESS, "value": of.address(n), "original": of.address(n)}
        yield {"id": of.contact(n), "contact_id": of.contact(n), **said}


def _case(of: Archive, n: int) -> Iterator[Row]:
    opened, is_open = of.opened(n), of.is_open(n)
    chance = random.Random(n)  # noqa: S311  no secret
    due = of.end + timedelta(minutes=chance.randint(-600, 6000)) if is_open else None
    yield {
        "id": n,
        "subject": f"Order {n}: {chance.choice(('late', 'broken', 'invoice', 'refund'))}",
        "contact_id": of.contact(n),
        "mailbox_id": of.mailbox_id,
        "state": State.OPEN if is_open else State.CLOSED,
        "bulk": n % 19 == 0 and not is_open,
        "assignee_id": chance.choice((None, *of.agents)),
        "language": "es",
        "unread": is_open and n % 40 == 0,
        "opened_at": opened,
        "closed_at": None if is_open else opened + timedelta(days=1),
        "last_at": opened + timedelta(hours=20),
        "snippet": "Hice el pedido hace dos semanas y todavía no ha llegado nada.",
        "due_at": due,
        "answer_due_at": due,
        "type": "delivery.late",
        "complaint": True,
        "sentiment": "negative",
        "anger": 1.2,
        "urgency": 1.0,
    }


def _participant(of: Archive, n: int) -> Iterator[Row]:
    yield {"case_id": n, "address": of.address(n), "part": Part.CUSTOMER}


def _messages(of: Archive, n: int) -> Iterator[Row]:
    chance = random.Random(n)  # noqa: S311  no secret
    for k in range(MESSAGES):
        number, ours = (n - 1) * MESSAGES + k + 1, k % 2 == 1
        said = " ".join(chance.choices(SENTENCES[chance.choice(("es", "en"))], k=6)).format(n=n)
        yield {
            "id": number,
            "case_id": n,
            "direction": Direction.OUT if ours else Direction.IN,
            "origin": Origin.AGENT if ours else Origin.CUSTOMER,
            "rfc_id": f"{number}@archive.example",
            "sender": "help@shop.example" if ours else of.address(n),
            "to": [of.address(n) if ours else "help@shop.example"],
            "subject": f"Order {n}",
            "text": f"{said} ref{number}",
            "new_text": said,
            "arrived_at": of.opened(n) + timedelta(hours=2 * k),
        }


def _events(of: Archive, n: int) -> Iterator[Row]:
    opened, last = of.opened(n), of.opened(n) + timedelta(hours=20)
    for what, at in ((What.OPENED, opened), (What.ANSWERED, last), (What.CLOSED, last)):
        if what is not What.CLOSED or not of.is_open(n):
            yield {"case_id": n, "what": what, "at": at, "by": "", "noticed_at": at}


def _exclusion(of: Archive, n: int) -> Iterator[Row]:
    if of.is_open(n):
        yield {
            "contact_id": of.contact(n),
            "case_id": n,
            "reason": Reason.OPEN_CASE,
            "severity": Severity.HARD,
            "starts_at": of.opened(n),
            "origin": "case",
            "created_at": of.opened(n),
        }


def _answer(of: Archive, n: int) -> Iterator[Row]:
    if of.is_open(n):
        yield {
            "case_id": n,
            "key": f"acknowledgement:{n}",
            "automatic": True,
            "rule": "acknowledge",
            "sender": "",
            "recipient": of.address(n),
            "domain": of.address(n).rpartition("@")[2],
            "rfc_id": f"a{n}@archive.example",
            "content": b"",
            "state": Sent.ACCEPTED,
            "queued_at": of.opened(n),
            "due_at": of.opened(n),
        }


# Order is meaning: what others refer to comes first.
_TABLES: tuple[tuple[type[Base], Callable[[Archive, int], Iterator[Row]]], ...] = (
    (Contact, _contact),
    (Identifier, _identifier),
    (Case, _case),
    (Participant, _participant),
    (Message, _messages),
    (Event, _events),
    (Exclusion, _exclusion),
    (OutgoingMail, _answer),
)


# Nothing in these texts comes from outside: names of our tables.
def _keep_words(session: Session) -> None:
    """On PostgreSQL a job makes the words of a message; here the database does it by itself."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(
            text(
                f"INSERT INTO {NAME} (message_id, words) SELECT m.id, "  # noqa: S608
                "setweight(to_tsvector('simple', m.subject), 'A') || "
                "setweight(to_tsvector('simple', m.sender), 'B') || "
                "to_tsvector('simple', lower(m.text)) "
                f"FROM message m JOIN {WANTED} w ON w.message_id = m.id"
            )
        )
        session.execute(text(f"DELETE FROM {WANTED}"))  # noqa: S608


def _count_on(session: Session) -> None:
    """Rows came with their numbers, of which PostgreSQL's counters know nothing."""
    if session.get_bind().dialect.name == "postgresql":
        for table in (Contact, Identifier, Case, Message):
            name = table.__tablename__
            session.execute(
                text(f"SELECT setval('{name}_id_seq', (SELECT max(id) FROM {name}))")  # noqa: S608
            )
