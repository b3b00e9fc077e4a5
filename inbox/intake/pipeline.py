"""From raw mails to filed messages and queued replies.

    spool | parse | file | decide | queue        then, in its own time: | tag

Everything slow happens before the transaction; everything that must happen together happens
inside it. A batch is as large as what has come in: one mail goes at once.
"""

import gc
import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Lock

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot import outbox, queues, situation, speaking
from cases import clock, failpoints, filing
from cases.case import take
from cases.db import FILING, reading, transaction
from cases.filing.arrival import Arrival
from cases.mail import Mail
from cases.mailbox import Mailbox
from classifiers.language import detect
from inbox import spool
from inbox.intake import circumstances, damage, stubs
from inbox.intake.jail import Unreadable, parse_safely
from inbox.intake.knowing import who_is_who
from inbox.intake.roles import in_its_folder
from inbox.settings import settings
from inbox.spool import Fate, Taken

log = logging.getLogger(__name__)

Parsed = tuple[Taken, Mail | Unreadable]
SELDOM = 200_000
_working = Lock()


def file_waiting() -> int:
    """File all that waits in the spool, parsing one batch while the one before is filed."""
    # The doorbell and the sweep of one process take turns; other processes are told by leases.
    with _working, _collecting_seldom(), ThreadPoolExecutor(1) as ahead:
        filed = 0
        coming = ahead.submit(_take_and_parse)
        while batch := coming.result():
            coming = ahead.submit(_take_and_parse)
            ingest(batch)
            gc.collect(1)
            filed += len(batch)
        return filed


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """A batch makes many objects that live until its commit; looking through them all the time
    would take a quarter of the work, so they are collected after it."""
    usual = gc.get_threshold()
    gc.set_threshold(SELDOM, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _take_and_parse() -> list[Parsed]:
    taken = spool.take()
    failpoints.pass_by("taken")
    if not taken:
        return []
    by_id = {one.id: one for one in taken}
    known = who_is_who()
    parsed = [
        (by_id[raw_id], _in_its_folder(by_id[raw_id], mail))
        for raw_id, mail in parse_safely(((one.id, one.content) for one in taken), known)
    ]
    failpoints.pass_by("parsed")
    return parsed


def _in_its_folder(taken: Taken, mail: Mail | Unreadable) -> Mail | Unreadable:
    return mail if isinstance(mail, Unreadable) else in_its_folder(mail, taken.role)


def ingest(batch: Sequence[Parsed]) -> None:
    """File a batch at once; if anything in it fails, its mails one by one, to find the culprit."""
    try:
        _ingest_together(batch)
    except OperationalError:
        # The database is away. Nothing was lost: the leases run out and the mails are tried again.
        raise
    except Exception:
        log.warning("a batch of %s failed; its mails are filed one by one", len(batch))
        for one in batch:
            _ingest_alone(one)


def _ingest_alone(one: Parsed) -> None:
    taken, _mail = one
    try:
        _ingest_together([one])
    except OperationalError:
        raise
    except Exception as failure:
        log.exception("mail %s cannot be filed", taken.id)
        _put_aside(taken, f"{type(failure).__name__} while filing")


def _put_aside(taken: Taken, reason: str) -> None:
    """Count the failed try; after the last one the mail waits for people, and holds up no other."""
    try:
        _count_try(taken, reason)
    except OperationalError:
        raise
    except Exception:
        log.exception("mail %s cannot even have a stub case", taken.id)
        with transaction() as session:
            spool.settle(session, [taken.id], Fate.FAILED, "it cannot be read, nor have a case")


def _count_try(taken: Taken, reason: str) -> None:
    """After the last try a stub case stands for the mail."""
    with transaction(lock=FILING) as session:
        if taken.attempts < spool.TRIES:
            spool.release(session, taken.id, reason)
            return
        # The stub does not claim the raw mail, so that the mail itself can still be filed.
        whole = _arrival(session, taken, stubs.stub(taken.content, reason))
        filed = filing.file(session, replace(whole, raw_id=None))
        spool.settle(session, [taken.id], Fate.FAILED, reason)
        spool.stand_in(session, taken.id, filed.case.id)


def _ingest_together(batch: Sequence[Parsed]) -> None:
    now = clock.now()
    readable = [(taken, mail) for taken, mail in batch if not isinstance(mail, Unreadable)]
    with transaction(lock=FILING) as session:
        arrivals = [_arrival(session, taken, mail) for taken, mail in readable]
        arrivals = circumstances.consider(session, arrivals)
        filed = filing.file_unwritten(session, arrivals, _belief())
        outbox.prove(session, [one.message.rfc_id for one in filed if one.again])
        sent = situation.sent_of_late(session, situation.senders(arrivals), now)
        for arrival, one in zip(arrivals, filed, strict=True):
            _speak(session, arrival, one, sent)
        _settle(session, readable, filed)
        _wake(session)
        failpoints.pass_by("filed")
    failpoints.pass_by("committed")
    for taken, mail in batch:
        if isinstance(mail, Unreadable):
            _put_aside(taken, mail.reason)


def _settle(
    session: Session, readable: Sequence[tuple[Taken, Mail]], filed: Sequence[filing.Filed]
) -> None:
    """Say what became of the mails; of those that lack something, what."""
    lacking = {taken.id: damage.lacks(taken, mail) for taken, mail in readable}
    spool.settle(session, [id_ for id_, lack in lacking.items() if not lack], Fate.FILED)
    for raw_id, lack in lacking.items():
        if lack:
            spool.settle(session, [raw_id], Fate.DAMAGED, lack)
    for (taken, _mail), one in zip(readable, filed, strict=True):
        if taken.stub_case_id is not None:
            # The case that it becomes part of has to be there first.
            session.flush()
            take(session, taken.stub_case_id).merge_into(one.case, by="intake", at=clock.now())


def _belief() -> filing.Belief:
    return filing.Belief(servers_vouch=bool(settings().trusted_servers))


def _arrival(session: Session, taken: Taken, mail: Mail) -> Arrival:
    mailbox = session.get(Mailbox, taken.mailbox_id)
    return Arrival(mail, taken.arrived_at, taken.id, mailbox, taken.history)


def _speak(session: Session, arrival: Arrival, filed: filing.Filed, sent: situation.Sent) -> None:
    """Hear which language was written, and let the bot decide what it says."""
    _hear_language(arrival, filed)
    speaking.speak(session, arrival, filed, sent)


def _hear_language(arrival: Arrival, filed: filing.Filed) -> None:
    if filed.message.language or not filed.message.to_tag:
        return
    language = detect(f"{arrival.mail.subject}\n{arrival.mail.own_words[:400]}")
    filed.message.language = language
    filed.case.language = filed.case.language or language
    filed.case.contact.language = filed.case.contact.language or language


def _wake(session: Session) -> None:
    queues.wake(session, queues.SEND, "bot.jobs.deliver_due")
    queues.wake(session, queues.TAG, "inbox.intake.tagging.tag_waiting")
    queues.announce(session, "cases")


def all_is_filed() -> bool:
    """Whether nothing waits in the spool."""
    waiting = select(spool.RawMail.id).where(spool.RawMail.fate == Fate.WAITING).limit(1)
    with reading() as session:
        return session.scalars(waiting).first() is None
