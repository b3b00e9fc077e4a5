"""Reports: what happened in a span of time, drawn and as numbers, for whoever runs the support."""

import csv
import io
from datetime import date, datetime
from typing import Any

from flask import Response, abort, make_response, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cases import clock, language
from cases.case import Case
from cases.db import reading
from cases.language import gettext as _
from cases.mailbox import Mailbox
from cases.reporting.scope import Scope
from cases.reporting.sums import with_kept
from classifiers import taxonomy
from inbox.web import words
from inbox.web.access import Pages, Policy, allow
from inbox.web.cells import safe
from inbox.web.fragments import show
from inbox.web.reports.card import Card
from inbox.web.reports.cards import KINDS, TABS
from inbox.web.reports.choosing import SPANS, Chosen, chosen
from inbox.web.times import today_in_shop
from inbox.web.who import agent

pages = Pages("reports", __name__, url_prefix="/reports")


@pages.get("")
@allow(Policy.OPERATIONS)
def work() -> Response:
    """Promises, volume, backlog."""
    return _tab("work")


@pages.get("/meaning")
@allow(Policy.OPERATIONS)
def meaning() -> Response:
    """Types and moods."""
    return _tab("meaning")


@pages.get("/voices")
@allow(Policy.OPERATIONS)
def voices() -> Response:
    """People and bots, who must write again, who is on truce."""
    return _tab("voices")


@pages.get("/<key>.csv")
@allow(Policy.OPERATIONS)
def table(key: str) -> Response:
    """The numbers of one card for a spreadsheet."""
    makes = {one.__name__: (tab, one) for tab, cards in TABS.items() for one in cards}
    tab, make = makes.get(key) or abort(404)
    with reading() as session:
        (mailboxes, _begun), now = _mailboxes(session), clock.now()
        said = _chosen(_choices(mailboxes))
        card = make(session, _scope(session, said, tab, now), now)
    file = make_response(_csv(card))
    file.headers["Content-Type"] = "text/csv; charset=utf-8"
    file.headers["Content-Disposition"] = f'attachment; filename="tregua-{key}.csv"'
    return file


def _csv(card: Card) -> str:
    written = io.StringIO()
    write = csv.writer(written)
    write.writerow([safe(cell) for cell in card.columns])
    write.writerows([_cell(cell) for cell in row] for row in card.rows)
    return "\ufeff" + written.getvalue()


def _cell(cell: str | int) -> str | int:
    return safe(cell) if isinstance(cell, str) else cell


def _tab(name: str) -> Response:
    with reading() as session:
        (mailboxes, begun), now = _mailboxes(session), clock.now()
        choices = _choices(mailboxes)
        said = _chosen(choices)
        scope = _scope(session, said, name, now)
        return show(
            session,
            "reports/page.html",
            title=titles()[name],
            part_of=_("Reports"),
            tabs=titles(),
            cards=[make(session, scope, now) for make in TABS[name]],
            said=said,
            first=scope.days()[0].date,
            last=scope.days()[-1].date,
            before=[day.date for day in scope.before.days()],
            oldest=_oldest(scope, begun),
            only=_only(said, **choices),
            today=today_in_shop(),
            tab=name,
            spans=SPANS,
            **choices,
        )


def _only(said: Chosen, mailboxes: dict[int, str], types: dict[str, str]) -> str:
    """Which cases are counted alone: on paper nobody sees what was chosen."""
    spoken = said.language and words.tongue(said.language)
    names = mailboxes.get(said.mailbox), types.get(said.type), spoken
    return ", ".join(filter(None, names))


def _oldest(scope: Scope, begun: datetime | None) -> date | None:
    """The day of the first case, if the span before began earlier: then it is no whole one."""
    if begun is None or begun <= scope.before.since:
        return None
    return begun.astimezone(scope.zone).date()


def _scope(session: Session, said: Chosen, tab: str, now: datetime) -> Scope:
    return with_kept(session, said.scope(agent(), now), said.sums_of(agent()), KINDS[tab])


def titles() -> dict[str, str]:
    """The pages of the reports."""
    return {
        "work": _("Work and promises"),
        "meaning": _("Types and mood"),
        "voices": _("Voices and truce"),
    }


def _choices(mailboxes: dict[int, str]) -> dict[str, Any]:
    spoken = language.current()
    return {
        "mailboxes": mailboxes,
        "types": {leaf.code: leaf.label(spoken) for leaf in taxonomy.leaves()},
    }


def _mailboxes(session: Session) -> tuple[dict[int, str], datetime | None]:
    """The mailboxes by number, and when the first case was opened: in one statement."""
    begun = select(func.min(Case.opened_at)).scalar_subquery().label("begun")
    rows = session.execute(select(Mailbox.id, Mailbox.address, begun).order_by(Mailbox.address))
    found = rows.all()
    return {row.id: row.address for row in found}, found[0].begun if found else None


def _chosen(choices: dict[str, Any]) -> Chosen:
    return chosen(request.args, choices["mailboxes"], choices["types"], today_in_shop())
