"""Example data: an invented week in a mailbox of its own, filed like any mail, and taken away.

The mailbox is paused and in shadow mode: nobody reads it, and no bot writes from it.
"""

import secrets
import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bot import queues
from cases.case import Case
from cases.contact import Identifier
from cases.mailbox import Mailbox, Mode
from cases.message import Message
from inbox.spool.rows import Fetched, Place, RawMail
from inbox.spool.storing import put

ADDRESS, NAME = "ayuda@tienda.example", "Tienda de ejemplo"
JOB = "inbox.intake.jobs.file_waiting"
_HERE = Path(__file__).resolve().parent


class LoadedAlready(Exception):
    """The example is there; it would stand twice."""


class HoldsRealMail(Exception):
    """A case of the example holds mail of a real mailbox; the text is its number."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail of the week."""

    hours_ago: float
    sender: str
    subject: str
    text: str
    follows: str = ""
    """Subject of the mail it answers."""


@cache
def week() -> tuple[Letter, ...]:
    """The mails, the oldest first."""
    found = tomllib.loads((_folder() / "week.toml").read_text("utf-8"))["mail"]
    letters = (Letter(sender=one.pop("from"), **one) for one in found)
    return tuple(sorted(letters, key=lambda one: -one.hours_ago))


def _folder() -> Path:
    beside = _HERE.parents[1] / "templates" / "example"
    return beside if beside.exists() else _HERE.parent / "templates" / "example"


def mailbox(session: Session) -> Mailbox | None:
    """The mailbox of the example, if it is loaded."""
    return session.scalars(select(Mailbox).where(Mailbox.address == ADDRESS)).one_or_none()


def load(session: Session, *, at: datetime) -> int:
    """Put the week into the spool; the filing of every mail does the rest. Raises LoadedAlready."""
    if mailbox(session) is not None:
        raise LoadedAlready(ADDRESS)
    box = Mailbox(
        address=ADDRESS,
        name=NAME,
        imap_host="mail.example",
        imap_user=ADDRESS,
        mode=Mode.SHADOW,
        paused=True,
        created_at=at - timedelta(days=8),
    )
    session.add(box)
    session.flush()
    # Of this loading alone: a week that is taken away and loaded again is another one.
    mark = secrets.token_hex(6)
    mails = [_fetched(uid, one, mark, at) for uid, one in enumerate(week(), start=1)]
    stored = put(session, Place(box.id, "INBOX"), 1, mails)
    queues.wake(session, queues.FILE, JOB)
    return stored


def _fetched(uid: int, letter: Letter, mark: str, now: datetime) -> Fetched:
    at = now - timedelta(hours=letter.hours_ago)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = letter.sender, ADDRESS, letter.subject
    mail["Message-ID"] = _id(mark, uid)
    if letter.follows:
        before = [one.subject for one in week()].index(letter.follows)
        mail["In-Reply-To"] = _id(mark, before + 1)
    mail["Date"] = format_datetime(at)
    mail.set_content(letter.text.strip() + "\n")
    content = mail.as_bytes()
    return Fetched(uid, content, at, len(content))


def _id(mark: str, uid: int) -> str:
    return f"<{mark}.{uid}@customer.example>"


def people() -> frozenset[str]:
    """The addresses of the customers in it; nobody real can have them."""
    return frozenset(parseaddr(one.sender)[1] for one in week())


def case_ids(session: Session, box: Mailbox) -> list[int]:
    """The cases of the example; raises HoldsRealMail."""
    found = list(session.scalars(select(Case.id).where(Case.mailbox_id == box.id)))
    real = select(RawMail.id).where(RawMail.mailbox_id != box.id, RawMail.id == Message.raw_id)
    strange = select(Message.case_id).where(Message.case_id.in_(found), exists(real))
    mixed = session.scalars(strange.limit(1)).first()
    if mixed is not None:
        raise HoldsRealMail(str(mixed))
    return found


def contact_ids(session: Session, gone: list[int]) -> list[int]:
    """The customers of the example who have no other cases than those."""
    theirs = select(Identifier.contact_id).where(Identifier.value.in_(people()))
    others = exists().where(Case.contact_id == Identifier.contact_id, Case.id.not_in(gone))
    return sorted(set(session.scalars(theirs.where(~others))))
