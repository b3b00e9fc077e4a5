"""How long each mailbox keeps what was written to it; what would go is shown before it goes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Response, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import audit, clock
from cases.audit import Entry
from cases.db import reading, transaction
from cases.language import gettext as _
from cases.mailbox import Mailbox
from cases.retention import Step, count_due, days
from inbox.web import conflicts, notices, paging
from inbox.web.access import Pages, Policy, allow
from inbox.web.conflicts import Late
from inbox.web.fragments import show
from inbox.web.who import agent

pages = Pages("retention", __name__, url_prefix="/admin/retention")
LONGEST, MOST_RUNS = 36_500, 20


@dataclass(frozen=True, slots=True)
class Row:
    """One mailbox in the form: what is typed for each step, what is wrong, what would go."""

    box: Mailbox
    typed: dict[Step, str]
    wrong: dict[Step, str]
    due: dict[Step, int]


@pages.get("")
@allow(Policy.OPERATIONS)
def page() -> Response:
    """What is kept how long; with days in the address, what these would mean."""
    with reading() as session:
        return _page(session, _rows(session, request.args), looks=bool(request.args.get("look")))


@pages.post("")
@allow(Policy.ADMIN)
def save() -> AnyResponse:
    """Keep it so long. Who would erase something has to have seen how much."""
    with transaction(lock=conflicts.LOCK) as session:
        rows = _rows(session, request.form)
        saver = conflicts.by_audit(session, "retention.changed")
        if late := conflicts.late(_kept(rows), request.form, saver):
            return _page(session, rows, late=late)
        if any(row.wrong for row in rows):
            return _page(session, rows, status=422)
        going = _going(rows)
        if going and request.form.get("going") != str(going):
            return _page(session, rows, looks=True, status=422)
        for row in rows:
            _change(session, row)
    return redirect(url_for("retention.page", done="saved.1"), 303)


def _rows(session: Session, said: Mapping[str, str]) -> list[Row]:
    boxes = session.scalars(select(Mailbox).order_by(Mailbox.address)).all()
    return [_row(session, box, said) for box in boxes]


def _row(session: Session, box: Mailbox, said: Mapping[str, str]) -> Row:
    typed = {step: said.get(f"{step}-{box.id}", _shown(days(box, step))).strip() for step in Step}
    wrong = {step: _("Write a number of days, or nothing.") for step in Step if _bad(typed[step])}
    now = clock.now()
    due = {
        step: count_due(session, box.id, step, int(typed[step]), now)
        for step in Step
        if typed[step] and step not in wrong
    }
    return Row(box, typed, wrong, due)


def _shown(kept: int | None) -> str:
    return "" if kept is None else str(kept)


def _bad(typed: str) -> bool:
    if not typed:
        return False
    plain = typed.isascii() and typed.isdigit() and len(typed) <= 5
    return not plain or not 0 < int(typed) <= LONGEST


def _kept(rows: Sequence[Row]) -> dict[str, str]:
    return {f"{step}-{row.box.id}": _shown(days(row.box, step)) for row in rows for step in Step}


def _going(rows: Sequence[Row]) -> int:
    return sum(sum(row.due.values()) for row in rows)


def _change(session: Session, row: Row) -> None:
    new = {step: int(row.typed[step]) if row.typed[step] else None for step in Step}
    if all(days(row.box, step) == new[step] for step in Step):
        return
    row.box.words_days, row.box.names_days = new[Step.WORDS], new[Step.NAMES]
    kept = {f"{step}_days": new[step] or "" for step in Step}
    who = agent().address
    audit.note(session, by=who, what="retention.changed", about=row.box.address, **kept)


def _labels(rows: Sequence[Row]) -> dict[str, str]:
    boxes = [row.box for row in rows]
    return {f"{one}-{box.id}": f"{box.address}: {_named(one)}" for box in boxes for one in Step}


def _named(step: Step) -> str:
    return _("Words and files: days") if step is Step.WORDS else _("Names and addresses: days")


def _page(
    session: Session,
    rows: list[Row],
    *,
    looks: bool = False,
    status: int = 200,
    late: Late | None = None,
) -> Response:
    gone = Entry.what.in_([f"retention.{step}" for step in Step])
    order, at = (Entry.number.desc(),), url_for("retention.page")
    went, kept = select(Entry).where(gone), _kept(rows)
    return show(
        session,
        "admin/retention.html",
        title=_("How long it is kept"),
        status=409 if late else status,
        rows=rows,
        going=_going(rows),
        asked=looks,
        labels=_labels(rows),
        runs=paging.page(session, went, order, lambda row: row[0], at=at, shown=MOST_RUNS),
        notice=notices.from_address(),
        **conflicts.shown(kept, late),
    )
