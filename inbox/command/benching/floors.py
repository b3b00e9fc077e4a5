"""What the single stages can do alone: the floors that a bench's rate is compared with."""

import time
from collections.abc import Callable, Sequence

from sqlalchemy import insert

from cases import clock
from cases.case import Case, State
from cases.contact import Contact
from cases.db import transaction
from cases.mail import Origin
from cases.message import Direction, Message
from inbox.command.benching.servers import MailHost
from inbox.intake.imap import Connection
from inbox.intake.jail import parse_safely
from inbox.intake.knowing import who_is_who
from inbox.spool import BATCH
from inbox.spool.rows import RawContent

LARGEST = 25 * 2**20


def per_second(number: int, work: Callable[[], object]) -> float:
    """How often a second."""
    began = time.perf_counter()
    work()
    return number / (time.perf_counter() - began)


def fetched(host: MailHost, last: int) -> tuple[list[bytes], float]:
    """The newest mails of the mailbox, and the rate of fetching them alone."""
    contents: list[bytes] = []
    with Connection(host.account) as connection:
        uids = connection.new_uids(0)[-last:]

        def fetch() -> None:
            for batch in connection.batches(uids):
                contents.extend(mail.content for mail in connection.fetch(batch, LARGEST))

        rate = per_second(len(uids), fetch)
    return contents, rate


def parsing(contents: Sequence[bytes]) -> float:
    """Mails a second that the jail opens, one child as in the worker."""
    known = who_is_who()
    list(parse_safely(enumerate(contents[:10]), known))
    return per_second(
        len(contents), lambda: sum(1 for _ in parse_safely(enumerate(contents), known))
    )


def inserting(contents: Sequence[bytes]) -> float:
    """Raw mail, contact, case and message written in batches, each batch durable."""

    def write() -> None:
        for start in range(0, len(contents), BATCH):
            _write(contents[start : start + BATCH], start)

    return per_second(len(contents), write)


def _write(batch: Sequence[bytes], start: int) -> None:
    now, mark = clock.now(), time.time_ns()
    with transaction() as session:
        session.execute(
            insert(RawContent),
            [{"sha256": f"{mark}-{n}", "content": one} for n, one in enumerate(batch)],
        )
        contacts = session.scalars(
            insert(Contact).returning(Contact.id, sort_by_parameter_order=True),
            [{"name": f"Cliente {start + n}", "created_at": now} for n in range(len(batch))],
        ).all()
        cases = session.scalars(
            insert(Case).returning(Case.id, sort_by_parameter_order=True),
            [_case(contact, now) for contact in contacts],
        ).all()
        session.execute(insert(Message), [_message(case, now) for case in cases])


def _case(contact_id: int, now: object) -> dict[str, object]:
    return {
        "subject": "Pedido",
        "contact_id": contact_id,
        "state": State.CLOSED,
        "opened_at": now,
        "last_at": now,
    }


def _message(case_id: int, now: object) -> dict[str, object]:
    return {
        "case_id": case_id,
        "direction": Direction.IN,
        "origin": Origin.CUSTOMER,
        "text": "Hice el pedido hace dos semanas y todavía no ha llegado nada.",
        "arrived_at": now,
    }
