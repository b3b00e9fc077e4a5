"""A shop's week for screens: customers, bots and agents, in Spanish and English, in many states."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import answers
from bot.outbox import OutgoingMail
from bot.outbox import State as Sent
from cases import Agent, Case, Mailbox, Message, Mode, Role, clock
from cases.case import take
from cases.db import reading, transaction
from classifiers.labels import Guess, Labels, Sentiment, Text
from inbox import spool
from inbox.intake import pipeline, tagging
from tests.seeded_mails import Written, mails

PASSWORD = "una clave de prueba"
ADMIN, ANA, LUIS, BEA = (
    "admin@tienda.test",
    "ana@tienda.test",
    "luis@tienda.test",
    "bea@tienda.test",
)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8cf500f0003860180345a7a4c0000000049454e44ae426082"
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in."""

    address: str
    name: str
    role: Role
    team: str = ""
    language: str = "es"
    active: bool = True


PEOPLE = (
    Person(ADMIN, "Carmen Admin", Role.ADMIN),
    Person(ANA, "Ana Belén Fernández-Villaverde", Role.AGENT, "tienda"),
    Person(LUIS, "Luis Ortega", Role.AGENT, "mayoristas"),
    Person(BEA, "Bea Soto", Role.SUPERVISOR),
    Person("mar@tienda.test", "Mar Keting", Role.MARKETING),
    Person("aud@tienda.test", "Aurora Auditora", Role.AUDITOR),
    Person("ex@tienda.test", "Eva Exempleada", Role.AGENT, active=False),
    Person("john@tienda.test", "John O’Neill", Role.AGENT, language="en"),
)


def seed() -> None:
    """Fill an empty installation."""
    with transaction() as session:
        hashed = _people(session)
        boxes = _mailboxes(session)
    assert hashed
    now = clock.now()
    for written in mails():
        _live(written, boxes, now)
    _a_broken_mail(boxes["tienda"], now)


def _people(session: Session) -> str:
    """All with the same password, hashed once: hashing takes long on purpose."""
    first = Agent(address="", name="", created_at=clock.now())
    first.set_password(PASSWORD)
    for one in PEOPLE:
        session.add(
            Agent(
                address=one.address,
                name=one.name,
                role=one.role,
                team=one.team,
                language=one.language,
                active=one.active,
                password_hash=first.password_hash,
                created_at=clock.now(),
            )
        )
    return first.password_hash


def _mailboxes(session: Session) -> dict[str, int]:
    boxes = {
        team: Mailbox(
            address=address,
            name=name,
            team=team,
            imap_host="imap.tienda.test",
            imap_user=address,
            mode=Mode.SEND,
            created_at=clock.now() - timedelta(days=30),
            last_ok_at=clock.now(),
        )
        for team, address, name in (
            ("tienda", "soporte@tienda.test", "Soporte de La Tienda"),
            ("mayoristas", "mayoristas@tienda.test", "Mayoristas"),
        )
    }
    boxes["mayoristas"].failing_since = clock.now() - timedelta(hours=3)
    boxes["mayoristas"].last_error = "The server refused the password. Run: tregua mailbox test"
    session.add_all(boxes.values())
    session.flush()
    return {team: box.id for team, box in boxes.items()}


_uids = iter(range(1, 10_000))


def _live(written: Written, boxes: dict[str, int], now: datetime) -> None:
    """Let the mail arrive, be filed and tagged, and agents do what they did."""
    at = now - timedelta(hours=written.hours_ago)
    uid = next(_uids)
    with clock.at(at):
        _arrive(boxes[written.team], uid, raw(written, uid, at), at)
        with reading() as session:
            message = session.scalars(select(Message).order_by(Message.id.desc()).limit(1)).one()
            number, case_id = message.id, message.case_id
        if written.type:
            _tag(number, written)
        if number % 3:
            _deliver()
    for minutes, what in _steps(written):
        with clock.at(min(at + timedelta(minutes=minutes), now)):
            _act(case_id, what)


def _arrive(box: int, uid: int, content: bytes, at: datetime) -> None:
    with transaction() as session:
        spool.put(
            session, spool.Place(box, "INBOX"), 1, [spool.Fetched(uid, content, at, len(content))]
        )
    pipeline.file_waiting()


def raw(written: Written, uid: int, at: datetime) -> bytes:
    """The mail as bytes."""
    mail = EmailMessage()
    mail["From"] = formataddr((written.name, written.address))
    mail["To"] = "soporte@tienda.test" if written.team == "tienda" else "mayoristas@tienda.test"
    mail["Subject"] = written.subject
    mail["Message-ID"] = f"<seed-{uid}@cliente.test>"
    mail["Date"] = format_datetime(at)
    for name, value in written.headers.items():
        mail[name] = value
    if written.follows:
        mail["In-Reply-To"] = _id_of(written.follows)
    mail.set_content(written.text)
    if written.html:
        mail.add_alternative(written.html, subtype="html")
        mail.get_payload()[1].add_related(PIXEL, "image", "png", cid="<logo@tienda>")
    for name, content in written.files.items():
        mail.add_attachment(content.encode(), "application", "pdf", filename=name)
    return mail.as_bytes()


def _id_of(subject: str) -> str:
    with reading() as session:
        found = session.scalars(
            select(Message.rfc_id).where(Message.subject == subject).order_by(Message.id)
        ).first()
    return f"<{found}>"


def _tag(number: int, written: Written) -> None:
    others = ("fulfil.delivery", "money.billing", "info.question")
    guesses = [Guess(written.type, written.p), *(Guess(c, (1 - written.p) / 3) for c in others)]
    labels = Labels(
        id=str(number),
        language=written.language,
        type=written.type,
        secondary=None,
        probability=written.p,
        top3=tuple({g.type: g for g in reversed(guesses)}.values())[::-1][:3],
        complaint=0.9 if written.anger else 0.2,
        negative=0.8 if written.anger else 0.1,
        sentiment=Sentiment(written.mood),
        anger=written.anger,
        urgency=written.urgency,
        signals=(),
        evidence=(),
        needs_review=written.p < 0.5,
        model="seed",
    )
    tagging.tag([Text(str(number), written.subject, written.text)], [labels])


def _deliver() -> None:
    """What waits in the outbox leaves."""
    with transaction() as session:
        for mail in session.scalars(select(OutgoingMail).where(OutgoingMail.state == Sent.PENDING)):
            mail.state, mail.settled_at, mail.receipt = Sent.ACCEPTED, clock.now(), "250 ok"


def _steps(written: Written) -> Iterator[tuple[float, str]]:
    for step in written.then:
        minutes, _, what = step.partition(" ")
        yield float(minutes), what


def _act(case_id: int, what: str) -> None:
    verb, _, more = what.partition(":")
    with transaction() as session:
        case = take(session, case_id)
        agent = session.scalars(select(Agent).where(Agent.address == ANA)).one()
        _do(session, case, agent, verb, more)
    if verb == "answer":
        _deliver()


def _do(session: Session, case: Case, agent: Agent, verb: str, more: str) -> None:
    at = clock.now()
    if verb == "answer":
        answers.send(session, case, agent, answers.Answer(more), at=at)
    elif verb == "assign":
        chosen = session.scalars(select(Agent).where(Agent.address == more)).one()
        case.assign(chosen.id, by=agent.address, at=at)
    elif verb == "close" and case.is_open:
        case.close(by=agent.address, at=at)
    elif verb == "read":
        case.unread = False


def _a_broken_mail(box: int, now: datetime) -> None:
    """One that waits on the page of problems."""
    content = b"From: Roto <roto@cliente.test>\r\nSubject: Adjunto enorme\r\n\r\n\x00\x00"
    with transaction() as session:
        spool.put(
            session, spool.Place(box, "INBOX"), 1, [spool.Fetched(99_999, content, now, 48_000_000)]
        )
        row = session.scalars(select(spool.RawMail).order_by(spool.RawMail.id.desc())).first()
        assert row is not None
        spool.settle(session, [row.id], spool.Fate.FAILED, "it took longer than 20 seconds to read")
