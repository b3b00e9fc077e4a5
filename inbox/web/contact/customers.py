"""Customers by name, address, phone or number: those who wrote of late while nothing is asked."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, request
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, selectinload

from cases import clock
from cases.case import Case, State
from cases.contact import Contact, Identifier, Kind, normalised
from cases.db import reading
from cases.language import gettext as _
from cases.language import ngettext
from cases.people.phones import PLANS, NotAPhone, e164
from cases.rows.patience import TookTooLong, brief
from cases.words import gathering
from cases.words.terms import Part, term
from inbox.web import chips, rows
from inbox.web.access import Pages, Policy, allow
from inbox.web.chips import Chip
from inbox.web.fragments import show
from inbox.web.visible import visible_to
from inbox.web.who import agent

pages = Pages("customers", __name__)
LONGEST, SHOWN, LATELY = 80, 50, 400
"""What is asked, who is shown, and the cases among which they are looked for."""
A_MOMENT = timedelta(milliseconds=300)


@dataclass(frozen=True, slots=True)
class Found:
    """One customer, as a line says them."""

    id: int
    who: str
    address: str
    at: datetime
    chips: list[Chip]


@pages.get("/contacts")
@allow(Policy.CASES)
def page() -> Response:
    """Who fits, the last who wrote first."""
    asked = request.args.get("q", "").strip()[:LONGEST]
    with reading() as session:
        latest = _latest(session, asked)
        return show(
            session,
            "contact/list.html",
            title=_("Customers"),
            found=_lines(session, latest, clock.now()),
            sought=asked,
            is_full=len(latest) == SHOWN,
        )


def _latest(session: Session, asked: str) -> dict[int, datetime]:
    """Their numbers, and when something last happened with them."""
    found: dict[int, datetime] = {}
    for which in _ways(session, asked):
        cases = select(Case.contact_id, Case.last_at).where(which, visible_to(agent()))
        newest = cases.order_by(Case.last_at.desc(), Case.id.desc()).limit(LATELY)
        try:
            with brief(session, A_MOMENT):
                for contact_id, at in session.execute(newest):
                    found.setdefault(contact_id, at)
        except TookTooLong:
            continue
    newest_first = sorted(found.items(), key=lambda one: one[1], reverse=True)
    return dict(newest_first[:SHOWN])


def _ways(session: Session, asked: str) -> Iterator[ColumnElement[bool]]:
    """Each way in which cases tell of somebody who is called so."""
    if not asked:
        yield Case.bulk.is_(False)
        return
    # With the kind, so that the index of both is used.
    named = Identifier.kind.in_(list(Kind)), Identifier.value.in_(_spellings(asked))
    yield Case.contact_id.in_(select(Identifier.contact_id).where(*named))
    sought = term(asked, part=Part.SENDER) if len(asked) > 1 else None
    if sought is not None:
        yield gathering.holds(session, sought)


def _spellings(asked: str) -> set[str]:
    """It may be an address, a customer number, or a phone with or without its country."""
    return {asked, normalised(asked), *filter(None, (_phone(asked, one) for one in PLANS))}


def _phone(asked: str, country: str) -> str:
    try:
        return e164(asked, country)
    except NotAPhone:
        return ""


def _lines(session: Session, latest: dict[int, datetime], now: datetime) -> Sequence[Found]:
    people = (
        select(Contact).where(Contact.id.in_(latest)).options(selectinload(Contact.identifiers))
    )
    by_id = {one.id: one for one in session.scalars(people)}
    waiting = select(Case.contact_id, func.count()).where(
        Case.contact_id.in_(latest), Case.state != State.CLOSED, visible_to(agent())
    )
    number = Counter(dict(session.execute(waiting.group_by(Case.contact_id)).all()))
    holds = rows.holds_of(session, set(latest))
    return [
        _line(
            one, at, number[one.id], chips.long_truce([h for h in holds[one.id] if h.holds_at(now)])
        )
        for contact_id, at in latest.items()
        if (one := by_id.get(contact_id)) is not None
    ]


def _line(contact: Contact, at: datetime, number: int, truce: Chip | None) -> Found:
    said = ngettext("{number} open case", "{number} open cases", number)
    marks = (
        Chip("mails", said) if number else None,
        truce,
    )
    addresses = [one.original for one in contact.identifiers if one.kind is Kind.ADDRESS]
    return Found(
        contact.id,
        rows.called(contact),
        ", ".join(addresses[:3]),
        at,
        [one for one in marks if one],
    )
