"""Files that agents attach: taken from the form, or lent from the customer's newest mail."""

from datetime import datetime

from flask import request
from sqlalchemy.orm import Session

from cases import unsent
from cases.case import Case
from cases.message import Message
from cases.unsent import Unsent, Written
from inbox import content
from inbox.web import file_names
from inbox.web.who import agent


def take_files(session: Session, case: Case, written: Written, *, at: datetime) -> Unsent | None:
    """Keep the files that came with the form. Raises TooMuch."""
    sent = _sent()
    if not sent:
        return None
    row = its_row(session, case, written, at=at)
    for name, kind, found in sent:
        unsent.attach(session, row, name, kind, found)
    return row


def _sent() -> list[tuple[str, str, bytes]]:
    """Name, type and bytes of each file of the form; large ones were waiting on the disk."""
    found = []
    for one in request.files.getlist("files"):
        if one.filename:
            found.append((file_names.shown(one.filename), one.mimetype or "", one.stream.read()))
        one.close()
    return found


def its_row(session: Session, case: Case, written: Written, *, at: datetime) -> Unsent:
    """The agent's half-written text in the case, begun now if there is none."""
    row = unsent.find(session, case.id, agent().id)
    return row or unsent.keep(session, case.id, agent().id, written, at=at)


def lend(session: Session, row: Unsent, message: Message) -> None:
    """The files of a mail of the case go along too. Raises TooMuch."""
    raw = content.original(session, message.raw_id)
    for file in message.attachments if raw is not None else ():
        found = content.attachment(raw or b"", int(file["part"]), int(file["size"]))
        if found is not None and not file.get("inline"):
            unsent.attach(session, row, str(file["name"]), str(file["type"]), found)
