"""A mailbox full of old mail, in shadow mode beside the tool in use: nothing leaves it, nobody is
held back for old mail, the newest is there first, and it can be left as it was."""

import os
import random
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

import pytest
from click.testing import CliRunner
from imapclient import IMAPClient
from sqlalchemy import func, select

from bot import jobs
from bot.outbox import OutgoingMail
from cases import Case, Exclusion, Mailbox, Message, Mode, clock
from cases.db import reading, transaction
from cases.promises import PromiseMark
from inbox.command.mailboxes import mailbox
from inbox.intake import pipeline, tagging
from inbox.intake.poller.places import EVER
from inbox.intake.poller.watching import read_once
from inbox.spool import BATCH, Fate, RawMail
from tests.running import ADDRESS, EVERYTHING, PASSWORD, Shop, a_raw_mail, running, until
from tests.servers.dovecot import Dovecot

TEXTS = (
    "No llega mi pedido y nadie contesta. Es la tercera vez.",
    "I want my money back, this is a disgrace.",
    "¿Me podéis decir el horario de la tienda?",
    "Si no me lo devolvéis iré a consumo.",
    "Do not send me any more of your offers.",
)


def old_mails(count: int, now: datetime) -> Iterator[tuple[bytes, datetime]]:
    """Years of it, the oldest first: questions, and the answers of the tool in use."""
    chance = random.Random(count)
    for n in range(count):
        at = now - timedelta(minutes=20 * (count - n), hours=2)
        thread, answer = n - n % 4, n % 4 == 3
        customer = f"c{thread % (count // 3 + 1)}@cliente{thread % 50}.test"
        mail = EmailMessage()
        mail["From"], mail["To"] = (ADDRESS, customer) if answer else (customer, ADDRESS)
        mail["Subject"] = f"{'Re: ' if n % 4 else ''}Asunto {thread}"
        mail["Date"] = format_datetime(at)
        mail["Message-ID"] = f"<old{n}@cliente.test>"
        if n % 4:
            mail["In-Reply-To"] = mail["References"] = f"<old{thread}@cliente.test>"
        mail.set_content(chance.choice(TEXTS))
        yield mail.as_bytes(), at


def lay_down(dovecot: Dovecot, count: int, now: datetime) -> None:
    """As files with their dates, as they lie in a mailbox that has been in use for years."""
    begun = list(old_mails(count, now))
    dovecot.drop(ADDRESS, [content for content, _at in begun])
    folder = dovecot.folder / "mail" / ADDRESS / "Maildir" / "new"
    names = sorted(folder.iterdir(), key=lambda path: int(path.name.split("P")[1].split(".")[0]))
    for n, (path, (_content, at)) in enumerate(zip(names, begun, strict=True)):
        os.utime(path, (at.timestamp(), at.timestamp()))
        # The server numbers them by the time in their names.
        path.rename(path.with_name(f"{1_600_000_000 + n}.M{n}P1.test"))


def flags(dovecot: Dovecot) -> dict[int, tuple[bytes, ...]]:
    """What stands on each mail in the account."""
    with IMAPClient("127.0.0.1", dovecot.imap_port, ssl=False) as client:
        client.login(ADDRESS, PASSWORD)
        client.select_folder("INBOX", readonly=True)
        found = client.fetch(client.search(["ALL"]), ["FLAGS"])
    return {uid: tuple(sorted(set(said[b"FLAGS"]) - {b"\\Recent"})) for uid, said in found.items()}


def count(what: type, *which: object) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(what).where(*which)) or 0


@pytest.fixture
def beside(shop: Shop) -> Shop:
    """A mailbox in shadow mode whose whole past is wanted."""
    with transaction() as session:
        box = session.get_one(Mailbox, shop.mailbox_id)
        box.mode, box.import_from = Mode.SHADOW, EVER
    return shop


def nothing_came_of_it(shop: Shop) -> None:
    assert shop.sink.mails == []
    assert count(OutgoingMail) == 0
    assert count(PromiseMark) == 0
    with reading() as session:
        held = [(one.reason, one.origin) for one in session.scalars(select(Exclusion))]
    assert held == []
    owing = Case.due_at.is_not(None) | Case.look_at.is_not(None) | Case.waiting_since.is_not(None)
    assert count(Case, owing) == 0


def newest_case() -> str:
    with reading() as session:
        return session.scalars(select(Case.subject).order_by(Case.last_at.desc())).first() or ""


def work() -> None:
    """All that workers do by themselves."""
    pipeline.file_waiting()
    tagging.tag_waiting()
    for job in (jobs.notice, jobs.sweep_promises, jobs.sweep_lifecycle, jobs.sweep_outbox):
        job()


def test_old_mail_is_seen_and_moves_nothing_and_the_mailbox_is_left_as_it_was(
    beside: Shop,
) -> None:
    number = BATCH + 40
    lay_down(beside.dovecot, number, clock.now())
    before = flags(beside.dovecot)
    assert read_once(beside.mailbox_id) == number
    work()
    assert (count(Message), count(Case)) == (number, number // 4)
    nothing_came_of_it(beside)
    assert newest_case().endswith(f"Asunto {number - 4}")
    with reading() as session:
        first = session.scalars(select(RawMail).order_by(RawMail.id).limit(1)).one()
        # The newest come first, and the forty that are oldest last.
        assert first.arrived_at > clock.now() - timedelta(minutes=20 * (BATCH + 1), hours=2)
    beside.customer_writes(a_raw_mail("Esto es nuevo y no llega."))
    read_once(beside.mailbox_id)
    work()
    # A new one has its clock; in shadow mode nothing leaves all the same.
    assert count(Case, Case.due_at.is_not(None)) == 1
    assert beside.sink.mails == []
    done = CliRunner().invoke(mailbox, ["leave", ADDRESS, "--wait", "0"])
    assert done.exit_code == 0, done.output
    after = flags(beside.dovecot)
    assert {uid: after[uid] for uid in before} == before
    assert set(after.values()) == {()}


@pytest.mark.nightly
@pytest.mark.timeout(9000)
@pytest.mark.slow
def test_forty_thousand_old_mails(beside: Shop) -> None:
    """Useful within twenty minutes: the newest are in the list, and all of them soon after."""
    number = int(os.environ.get("TREGUA_OLD_MAILS", "40000"))
    lay_down(beside.dovecot, number, clock.now())
    began = time.monotonic()
    with running(beside.folder, *EVERYTHING):
        until(lambda: count(Message) >= 50, seconds=1200, what="the first list")
        useful = time.monotonic() - began
        newest = newest_case()
        filed = RawMail.fate != Fate.WAITING
        until(lambda: count(RawMail, filed) >= number, seconds=7200, what="all of it")
        whole = time.monotonic() - began
        time.sleep(20)
    print(f"\nuseful after {useful:.1f} s, all {number} after {whole:.1f} s")
    assert useful < 1200
    assert newest.endswith(f"Asunto {number - 4}")
    assert count(Message) == number
    nothing_came_of_it(beside)
