"""The audit log: who changed what, with filters, as a file, and whether the chain holds."""

import csv
import io
import json
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Response, make_response, request, url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from cases import audit, clock
from cases.audit import Entry
from cases.db import reading
from cases.language import gettext as _
from cases.settings import settings
from inbox.web import paging
from inbox.web.access import Pages, Policy, allow
from inbox.web.cells import safe
from inbox.web.fragments import show
from inbox.web.words import audit_words

pages = Pages("audit", __name__, url_prefix="/admin/audit")
MOST = 50_000


@pages.get("")
@allow(Policy.OPERATIONS)
def page() -> Response:
    """The newest changes first, a hundred at a time."""
    with reading() as session:
        return _shown(session)


def _shown(session: Session, verdict: str = "", *, holds: bool = True) -> Response:
    order, at = (Entry.number.desc(),), url_for("audit.page")
    return show(
        session,
        "admin/audit.html",
        title=_("Audit log"),
        found=paging.page(session, _asked(), order, lambda row: row[0], at=at),
        said=audit_words,
        people=session.scalars(select(Entry.by).distinct().order_by(Entry.by).limit(200)).all(),
        typed=request.args,
        filtered=bool(paging.asked("kind", "by", "since", "until")),
        verdict=verdict,
        holds=holds,
    )


def _asked() -> Select[Entry]:
    """The changes that the filters let through."""
    said, query = request.args, select(Entry)
    if said.get("kind") in audit_words.kinds():
        query = query.where(Entry.what.startswith(f"{said['kind']}."))
    if said.get("by"):
        query = query.where(Entry.by == said["by"][:320])
    since, until = _day(said.get("since", "")), _day(said.get("until", ""))
    if since:
        query = query.where(Entry.at >= _midnight(since))
    if until:
        query = query.where(Entry.at < _midnight(until + timedelta(days=1)))
    return query


def _day(said: str) -> date | None:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return None
    return day if 1970 < day.year < 2200 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(settings().zone))


@pages.post("/verification")
@allow(Policy.OPERATIONS)
def verify() -> Response:
    """Go along the whole chain."""
    with reading() as session:
        number = audit.broken(session)
        if number is None:
            return _shown(session, _("The chain holds: no line was changed, added or taken out."))
        said = _("The chain breaks at line {number}: it was changed or taken out.", number=number)
        return _shown(session, said, holds=False)


@pages.get("/audit.csv")
@allow(Policy.OPERATIONS)
def table() -> Response:
    """The same lines for a spreadsheet, the oldest first, with their seals."""
    with reading() as session:
        lines = session.scalars(_asked().order_by(Entry.number).limit(MOST)).all()
    file = make_response(_csv(list(lines)))
    file.headers["Content-Type"] = "text/csv; charset=utf-8"
    named = f"tregua-audit-{clock.now():%Y-%m-%d}.csv"
    file.headers["Content-Disposition"] = f'attachment; filename="{named}"'
    return file


def _csv(lines: list[Entry]) -> str:
    written = io.StringIO()
    write = csv.writer(written)
    write.writerow(("number", "at", "by", "what", "about", "data", "seal"))
    for one in lines:
        data = json.dumps(one.data, ensure_ascii=False)
        cells = (str(one.number), one.at.isoformat(), one.by, one.what, one.about, data, one.seal)
        write.writerow([safe(cell) for cell in cells])
    return "\ufeff" + written.getvalue()
