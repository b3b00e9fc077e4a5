"""Installations that write to each other, each with a database and a secret of its own."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import policy, replies, situation
from bot.outbox import OutgoingMail
from cases import Message
from cases.db import write_rows
from cases.filing import Arrival, Belief, Filed, file
from cases.mailbox import Mailbox, Mode
from cases.settings import settings
from inbox.intake.known import Known
from inbox.intake.opening import open_mail
from tests.builders import MORNING

_MARKS = re.compile(
    rb"(?im)^(auto-submitted|precedence|x-auto-response-suppress|x-tregua-loop|return-path):.*\r\n"
)
_THREADING = re.compile(rb"(?im)^(in-reply-to|references):.*(\r\n[ \t].*)*\r\n")


def without_marks(content: bytes, *, threading: bool = False) -> bytes:
    """A mail after a gateway that strips what tells a machine, and perhaps all that threads."""
    content = _MARKS.sub(b"", content)
    return _THREADING.sub(b"", content).replace(b"[#", b"(") if threading else content


@dataclass
class Installation:
    """One shop's program: it takes bytes and says what it would send by itself."""

    address: str
    session: Session
    monkeypatch: pytest.MonkeyPatch
    mailbox: Mailbox = field(init=False)
    decided: list[policy.Decision] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.mailbox = Mailbox(
            address=self.address,
            imap_host="mail.example",
            imap_user=self.address,
            mode=Mode.SEND,
            created_at=MORNING,
        )
        self.session.add(self.mailbox)
        self.session.flush()

    @property
    def known(self) -> Known:
        domain = self.address.rpartition("@")[2]
        return Known(own=frozenset([self.address]), own_id_domains=frozenset([domain]))

    def takes(self, content: bytes, at: datetime) -> bytes | None:
        """File the mail; the bytes of our automatic answer, or None."""
        with self._own_secret():
            mail = open_mail(content, self.known)
            arrival = Arrival(mail, at, mailbox=self.mailbox)
            filed = file(self.session, arrival, Belief())
            sent = situation.sent_of_late(self.session, [mail.sender.address], at)
            decision = policy.decide(situation.of(arrival, filed, sent, at))
            self.decided.append(decision)
            if not isinstance(decision, policy.Reply):
                return None
            return self._answer(filed, decision, at)

    def _answer(self, filed: Filed, reply: policy.Reply, at: datetime) -> bytes:
        replies.queue(self.session, filed.message, reply, at=at)
        write_rows(self.session)
        newest = select(OutgoingMail).order_by(OutgoingMail.id.desc()).limit(1)
        return self.session.scalars(newest).one().content

    def messages(self) -> list[Message]:
        return list(self.session.scalars(select(Message)))

    @contextmanager
    def _own_secret(self) -> Iterator[None]:
        with self.monkeypatch.context() as patch:
            patch.setenv("TREGUA_SECRET_KEY", f"the secret of {self.address}")
            settings.cache_clear()
            yield
        settings.cache_clear()
