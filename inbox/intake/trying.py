"""Runs the trials of rules: real mails of late, or of a file, under two sets of rules at once.

    mails | parse | file in a scratch database | label | decide twice | compare

Has a name of its own since it loads the classifiers: who only files loads no models.
"""

import logging
from collections.abc import Sequence
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, make_transient

from bot import switches
from bot.rules import trials
from bot.rules.trials import Progress, Trial
from cases import clock, filing
from cases.db import reading, scratch, transaction
from cases.exclusions import changes
from cases.exclusions.rows import Exclusion
from cases.filing.arrival import Arrival
from cases.mailbox import Mailbox, Mode
from cases.message import Message
from cases.tags import as_row
from classifiers.classify import classify
from classifiers.labels import Text
from inbox.intake import circumstances
from inbox.intake.findings import Findings
from inbox.intake.knowing import who_is_who
from inbox.intake.outcomes import Seen, Side, labelled
from inbox.intake.replaying import BATCH, opened, when
from inbox.intake.trial_mails import Source, sources
from inbox.settings import settings

log = logging.getLogger(__name__)


def run_waiting() -> None:
    """Run the trials that wait, one after the other."""
    while True:
        with transaction() as session:
            trial = trials.take(session, clock.now())
        if trial is None:
            return
        try:
            _run(trial)
        except Exception as failure:
            _record(trial.id, progress=Progress.FAILED, file=None, error=type(failure).__name__)
            log.exception("trial %s failed", trial.id)


def _record(number: int, **values: Any) -> None:
    with transaction() as session:
        row = session.get_one(Trial, number)
        for name, value in values.items():
            setattr(row, name, value)


def _run(trial: Trial) -> None:
    with reading() as session:
        live = switches.load(session)
        boxes = list(session.scalars(select(Mailbox)))
        session.expunge_all()
    total, mails = sources(trial)
    _record(trial.id, total=total)
    findings = Findings(
        Side(trials.rules_of(trial.present), live), Side(trials.rules_of(trial.edited), live)
    )
    with scratch() as session:
        _copy_mailboxes(session, boxes)
        while batch := list(islice(mails, BATCH)):
            _look_at(session, batch, findings)
            _record(trial.id, done=findings.counts["mails"])
        holds = _held(session)
    findings.counts["held"] = len(holds)
    for row in findings.rows:
        row["held"] = holds.get(row.pop("contact"), [])
    found = {"counts": dict(findings.counts), "rows": findings.rows}
    _record(trial.id, progress=Progress.DONE, file=None, **found)


def _copy_mailboxes(session: Session, boxes: Sequence[Mailbox]) -> None:
    """Our mailboxes as if all of them sent: what is tried is what the rules would do."""
    for box in boxes:
        make_transient(box)
        box.mode = Mode.SEND
        session.add(box)
    session.flush()


def _look_at(session: Session, batch: Sequence[Source], findings: Findings) -> None:
    known = who_is_who()
    mails = opened(((one.n, one.content) for one in batch), known)
    arrivals = [
        Arrival(
            mail,
            one.at or when(mail),
            mailbox=session.get(Mailbox, one.mailbox_id) if one.mailbox_id else None,
        )
        for one, mail in zip(batch, mails, strict=True)
    ]
    arrivals = circumstances.consider(session, arrivals)
    believed = filing.Belief(servers_vouch=bool(settings().trusted_servers), own=known.own)
    filed = filing.file_all(session, arrivals, believed)
    labels = _labels(batch, [one.message for one in filed])
    for source, arrival, one, row in zip(batch, arrivals, filed, labels, strict=True):
        labelled(one, row)
        findings.look(source, Seen(arrival, one))
    session.flush()
    changes.follow(session)


def _labels(batch: Sequence[Source], messages: Sequence[Message]) -> list[dict[str, Any]]:
    """What the classifiers said when the mails came, or say now."""
    with reading() as session:
        wanted = [one.raw_id for one in batch if one.raw_id is not None]
        kept = select(Message.raw_id, Message.labels).where(
            Message.raw_id.in_(wanted), Message.tagged_at.is_not(None)
        )
        said: dict[int | None, dict[str, Any]] = {
            row[0]: row[1] for row in session.execute(kept) if row[1]
        }
    unsaid = [
        (n, Text(str(n), message.subject, message.new_text))
        for n, (one, message) in enumerate(zip(batch, messages, strict=True))
        if one.raw_id not in said and message.to_tag
    ]
    new = dict(
        zip((n for n, _text in unsaid), classify([text for _n, text in unsaid]), strict=True)
    )
    return [
        said[one.raw_id] if one.raw_id in said else as_row(new[n]) if n in new else {}
        for n, one in enumerate(batch)
    ]


def _held(session: Session) -> dict[int, list[str]]:
    """Contact -> why marketing would have been told to wait."""
    holds: dict[int, list[str]] = {}
    for contact_id, reason in session.execute(select(Exclusion.contact_id, Exclusion.reason)):
        holds.setdefault(contact_id, []).append(str(reason.value))
    return holds
