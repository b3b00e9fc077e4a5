"""Two cases made one, one made two, both looked at before and undone after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Response, abort, request, url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import clock
from cases.case import Case, State, take
from cases.db import reading, transaction
from cases.language import gettext as _
from cases.merging import AlreadyMerged, NotMerged, SameCase, final, splitting
from cases.merging import merge as merge_cases
from cases.merging import undo_merge as part_cases
from cases.message import Message
from inbox.web import hx, live
from inbox.web.access import Pages, Policy, allow
from inbox.web.casefile import entries
from inbox.web.casefile.entries import Entry
from inbox.web.errors import show as show_error
from inbox.web.fragments import show
from inbox.web.ids import a_number, whole
from inbox.web.visible import the_case, visible_to
from inbox.web.who import agent

pages = Pages("joining", __name__)
SHOWN, MOST = 60, 100


@dataclass(frozen=True, slots=True)
class Card:
    """A message of the preview, and which case it is of now."""

    entry: Entry
    case_id: int
    message_id: int


@pages.get("/cases/<int:case_id>/merging")
@allow(Policy.CASES)
def merge_page(case_id: int) -> Response:
    """Choose the other case; once it is chosen, see what both will read like together."""
    into = request.args.get("into", "").strip().lstrip("#")
    with reading() as session:
        case = the_case(session, case_id)
        other = _other(session, case, into)
        return show(
            session,
            "case/merging.html",
            title=_("Merge case {number}", number=case_id),
            case=case,
            other=other,
            asked=into,
            wrong=bool(into) and other is None,
            choices=_choices(session, case),
            cards=_cards(session, [case.id, other.id]) if other is not None else [],
        )


def _other(session: Session, case: Case, into: str) -> Case | None:
    """The case of that number, or the one that it was merged into."""
    number = whole(into)
    found = session.scalars(select(Case).where(Case.id == number, visible_to(agent()))).first()
    if number is None or found is None:
        return None
    last = final(session, found)
    # What another team made of it since is no business of theirs.
    seen = select(Case.id).where(Case.id == last.id, visible_to(agent()))
    usable = last.id != case.id and case.merged_into_id is None
    return last if usable and session.scalars(seen).first() is not None else None


def _choices(session: Session, case: Case) -> Sequence[Case]:
    """The cases that it most likely belongs to: of the same person, open ones first."""
    theirs = (Case.contact_id == case.contact_id) & Case.merged_into_id.is_(None)
    query = select(Case).where(theirs, Case.id != case.id, visible_to(agent()))
    order = (Case.state == State.CLOSED, Case.last_at.desc(), Case.id.desc())
    return session.scalars(query.order_by(*order).limit(20)).all()


def _cards(session: Session, case_ids: Sequence[int]) -> list[Card]:
    """The messages of those cases in the order in which they were written."""
    query = select(Message).where(or_(*(Message.case_id == one for one in case_ids)))
    newest = query.order_by(Message.arrived_at.desc(), Message.id.desc()).limit(SHOWN)
    return [
        Card(entries.of_message(one, None, None), one.case_id, one.id)
        for one in reversed(session.scalars(newest).all())
    ]


@pages.post("/cases/<int:case_id>/merging")
@allow(Policy.CASES)
def merge(case_id: int) -> AnyResponse:
    """All that the case has goes into the other; whoever answers it later goes there too."""
    with transaction() as session:
        other = _other(session, the_case(session, case_id), request.form.get("into", ""))
        if other is None:
            return show_error(409, _("There is no such case to merge into."))
        case, into = _locked(session, case_id, other.id)
        try:
            into = merge_cases(session, case, into, by=agent().address, at=clock.now())
        except (SameCase, AlreadyMerged):
            # Somebody merged one of them in the moment before both were ours.
            return show_error(409, _("There is no such case to merge into."))
        live.announce(session)
        number = into.id
    return _to(number, f"merged.{case_id}")


def _locked(session: Session, case_id: int, other_id: int) -> tuple[Case, Case]:
    """Both, locked in the order of their numbers, so that two merges never wait in a ring."""
    cases = {one: take(session, one) for one in sorted((case_id, other_id))}
    return cases[case_id], cases[other_id]


def _to(case_id: int, notice: str) -> AnyResponse:
    return hx.lead_to(url_for("case.page", case_id=case_id, done=notice))


@pages.post("/cases/<int:case_id>/merging/undoing")
@allow(Policy.CASES)
def undo_merge(case_id: int) -> AnyResponse:
    """It stands for itself again, with its messages and what came for it since."""
    with transaction() as session:
        case = the_case(session, case_id)
        case, _into = _locked(session, case_id, case.merged_into_id or case_id)
        try:
            part_cases(session, case, by=agent().address, at=clock.now())
        except NotMerged:
            return show_error(409, _("The case is not merged into another."))
        live.announce(session)
    return _to(case_id, f"unmerged.{case_id}")


@pages.get("/cases/<int:case_id>/splitting")
@allow(Policy.CASES)
def split_page(case_id: int) -> Response:
    """Choose the messages that are another matter; once chosen, see both halves."""
    chosen = request.args.getlist("message", type=a_number)[:MOST]
    with reading() as session:
        case = the_case(session, case_id)
        cards = _cards(session, [case_id])
        leaving = [one for one in cards if one.message_id in chosen]
        return show(
            session,
            "case/splitting.html",
            title=_("Split case {number}", number=case_id),
            case=case,
            cards=cards,
            chosen=chosen,
            leaving=leaving,
            staying=[one for one in cards if one.message_id not in chosen],
            preview="preview" in request.args,
        )


@pages.post("/cases/<int:case_id>/splitting")
@allow(Policy.CASES)
def split(case_id: int) -> AnyResponse:
    """The chosen messages become a case of their own."""
    chosen = request.form.getlist("message", type=a_number)[:MOST]
    with transaction() as session:
        the_case(session, case_id)
        take(session, case_id)
        messages = session.scalars(
            select(Message)
            .where(Message.case_id == case_id, Message.id.in_(chosen))
            .order_by(Message.arrived_at, Message.id)
        ).all()
        if not messages:
            abort(422)
        number = _split_off(session, messages, clock.now())
        if not number:
            return show_error(409, _("Leave at least one message in the case."))
        live.announce(session)
    return _to(number, f"split_off.{number}")


def _split_off(session: Session, messages: Sequence[Message], at: datetime) -> int:
    """The number of the new case, or 0 where nothing would be left of the old one."""
    first, *more = messages
    try:
        made = splitting.split(session, first, by=agent().address, at=at, more=more)
    except splitting.NothingLeft:
        return 0
    return made.id


@pages.post("/cases/<int:case_id>/splitting/undoing")
@allow(Policy.CASES)
def undo_split(case_id: int) -> AnyResponse:
    """All that the case got goes back to the one it was split off."""
    with transaction() as session:
        older = splitting.split_from(session, the_case(session, case_id))
        case, _older = _locked(session, case_id, older or case_id)
        try:
            old = splitting.undo_split(session, case, by=agent().address, at=clock.now())
        except (splitting.NotSplit, AlreadyMerged):
            return show_error(409, _("The case was not split off another."))
        live.announce(session)
        number = old.id
    return _to(number, f"rejoined.{case_id}")
