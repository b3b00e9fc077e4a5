"""The box an agent writes in: what stands in it, whom it goes to, what is to be said about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from bot.answers import Mode
from bot.answers.precautions import Doubt
from bot.composing import signature
from cases import macro, unsent
from cases.case import Case
from cases.macro import Macro
from cases.message import Message
from cases.unsent import Unsent, UnsentFile, Written
from inbox.web.box import ready, recipients
from inbox.web.box.recipients import Customary
from inbox.web.casefile import CaseFile
from inbox.web.ids import a_number
from inbox.web.who import agent

NOTE = unsent.NOTE
MODES = (*(mode.value for mode in Mode), NOTE)


@dataclass(frozen=True, slots=True)
class Said:
    """What is said about a text that was not sent: a refusal, what came meanwhile, doubts."""

    refused: str = ""
    field: str = "text"
    """The field that the refusal is about."""
    stale: Sequence[Message] = ()
    doubts: Sequence[Doubt] = ()
    other: Unsent | None = None
    """The text of another window, where both are shown."""


@dataclass(frozen=True, slots=True)
class Box:
    """All that the box shows."""

    written: Written
    customary: Customary
    version: int = 0
    saved_at: datetime | None = None
    files: Sequence[UnsentFile] = ()
    macro: Macro | None = None
    missing: tuple[str, ...] = ()
    """Places of a ready answer that nobody has filled in yet."""
    said: Said = field(default_factory=Said)
    signature: str = ""
    """What will stand below an answer."""
    lends: Message | None = None
    """The newest mail with files, which can go along when it is passed on."""


def typed() -> Written:
    """What the form says."""
    form = request.form
    mode = form.get("mode", Mode.REPLY.value)
    return Written(
        text=form.get("text", "").replace("\r\n", "\n").strip(),
        mode=mode if mode in MODES else Mode.REPLY.value,
        to=form.get("to", "").strip()[: recipients.LONGEST],
        cc=form.get("cc", "").strip()[: recipients.LONGEST],
        bcc=form.get("bcc", "").strip()[: recipients.LONGEST],
        seen=form.get("seen", 0, type=a_number),
        macro_id=form.get("macro", None, type=a_number),
        aside=form.get("aside", "").replace("\r\n", "\n").strip(),
        aside_mode=form.get("aside_mode", ""),
    )


def of(session: Session, file: CaseFile, written: Written | None = None, **said: Any) -> Box:
    """The box for that case: with what is half written there, or with `written` instead."""
    row = file.unsent
    stands = written or _kept(row)
    chosen = _chosen(session, stands)
    if written is None and "macro" in request.args and request.method == "GET":
        stands, chosen = _with_macro(session, file.case, stands)
    messages = [entry.message for entry in file.entries if entry.message is not None]
    ours = [file.case.mailbox.address] if file.case.mailbox else []
    return Box(
        written=stands,
        customary=recipients.customary(file.case.contact.address, messages, ours),
        version=row.version if row is not None else 0,
        saved_at=row.saved_at if row is not None and not row.written.is_empty else None,
        files=row.files if row is not None and row.saved_at else (),
        macro=chosen,
        missing=macro.unfilled(stands.text),
        said=Said(**said),
        signature=signature.of(file.case, agent()),
        lends=next((one for one in reversed(messages) if one.attachments and one.raw_id), None),
    )


def _kept(row: Unsent | None) -> Written:
    """What is half written; where nothing is left of it, it matters no more that it was a note."""
    if row is None or (row.written.is_empty and not row.files):
        return Written("")
    return row.written


def _chosen(session: Session, stands: Written) -> Macro | None:
    return session.get(Macro, stands.macro_id) if stands.macro_id else None


def _with_macro(session: Session, case: Case, stands: Written) -> tuple[Written, Macro | None]:
    """The ready answer of the address behind what stands there: for pages without scripts."""
    found = ready.usable(session, request.args.get("macro", 0, type=a_number))
    if found is None:
        return stands, None
    text = ready.filled(session, case, found).text
    joined = f"{stands.text.rstrip()}\n\n{text}" if stands.text.strip() else text
    return replace(stands, text=joined, seen=0, macro_id=found.id), found
