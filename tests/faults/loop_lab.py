"""A lab of hostile responders: a simulated day in which every mail of ours may be answered."""

import email
import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage, Message
from email.utils import format_datetime
from itertools import count

from sqlalchemy import func, select

from bot.delivery import claiming, recording
from bot.outbox import OutgoingMail, State
from cases import Mailbox, Mode, clock
from cases.db import reading, transaction
from inbox import spool
from inbox.intake import pipeline
from inbox.intake.knowing import who_is_who
from inbox.intake.opening import open_mail
from tests.builders import MORNING

OURS = "soporte@tienda.example"
DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)
Answers = Callable[[Message, datetime], Iterable[bytes]]
"""A responder: one of our mails as it arrives there, and what it sends back."""


def a_mailbox(address: str = OURS) -> int:
    """A mailbox that sends by itself."""
    with transaction() as session:
        box = Mailbox(
            address=address,
            name="Tienda",
            imap_host="x",
            imap_user="x",
            mode=Mode.SEND,
            created_at=MORNING - DAY,
        )
        session.add(box)
        session.flush()
        return box.id


def a_mail(sender: str, subject: str, text: str, at: datetime, **headers: str) -> bytes:
    """A mail to us without any mark of a machine, unless the test adds one."""
    mail = EmailMessage()
    said = {
        "From": sender,
        "To": OURS,
        "Subject": subject,
        "Message-ID": f"<{next(_numbers)}@peer.example>",
        "Date": format_datetime(at),
    }
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in said.items():
        mail[name] = value
    mail.set_content(text)
    return mail.as_bytes()


_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Left:
    """A mail of ours that went out."""

    at: datetime
    recipient: str
    content: bytes

    @property
    def domain(self) -> str:
        return self.recipient.rpartition("@")[2]


@dataclass
class Lab:
    """One installation, a clock, and somebody who answers."""

    answers: Answers
    mailbox_id: int = field(default_factory=a_mailbox)
    left: list[Left] = field(default_factory=list)
    sent_to_us: int = 0
    _coming: list[tuple[datetime, int, bytes]] = field(default_factory=list)

    def send(self, content: bytes, at: datetime) -> None:
        """Somebody sends us a mail at that instant."""
        heapq.heappush(self._coming, (at, next(_numbers), content))

    def run(self, until: datetime = MORNING + DAY) -> None:
        """Let the time pass."""
        while self._coming and self._coming[0][0] <= until:
            at, batch = self._coming[0][0], []
            while self._coming and self._coming[0][0] <= at and len(batch) < 100:
                batch.append(heapq.heappop(self._coming)[2])
            self.step(batch, at)

    def step(self, batch: list[bytes], at: datetime) -> None:
        """Those mails arrive; what we say to them leaves, and is answered a second later."""
        with clock.at(at):
            self._receive(batch, at)
            while mails := claiming.claim(claiming.due()):
                for mail in mails:
                    self._deliver(mail, at)

    def _receive(self, batch: list[bytes], at: datetime) -> None:
        first = self.sent_to_us + 1
        self.sent_to_us += len(batch)
        with transaction() as session:
            fetched = [
                spool.Fetched(first + n, content, at, len(content))
                for n, content in enumerate(batch)
            ]
            spool.put(session, spool.Place(self.mailbox_id, "INBOX"), 1, fetched)
        known = who_is_who()
        while taken := spool.take():
            pipeline.ingest([(one, open_mail(one.content, known)) for one in taken])

    def _deliver(self, mail: OutgoingMail, at: datetime) -> None:
        recording.record(mail, State.DATA_SENT)
        recording.record(mail, State.ACCEPTED, "250 ok")
        self.left.append(Left(at, mail.recipient, mail.content))
        message = as_message(mail.content)
        for answer in self.answers(message, at):
            self.send(answer, at + SECOND)

    def most_to_one_address(self) -> int:
        """The most mails that one address got within the day."""
        addresses = [one.recipient for one in self.left]
        return max((addresses.count(one) for one in set(addresses)), default=0)

    def most_to_one_domain_in_an_hour(self) -> int:
        """The most mails that one domain got within any hour."""
        hour = timedelta(hours=1)
        return max(
            (
                sum(
                    other.domain == one.domain and one.at <= other.at < one.at + hour
                    for other in self.left
                )
                for one in self.left
            ),
            default=0,
        )

    def stored(self) -> int:
        """The mails that are in the spool and filed."""
        with reading() as session:
            filed = spool.RawMail.fate.in_((spool.Fate.FILED, spool.Fate.DAMAGED))
            return session.scalar(select(func.count()).where(filed)) or 0


def as_message(content: bytes) -> Message:
    """One of our mails as it arrives at the other side."""
    return email.message_from_bytes(content)
