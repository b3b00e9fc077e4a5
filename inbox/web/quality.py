"""Data quality: figures, who may be one person, and addresses to repair."""

from flask import Response, abort, redirect, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import clock
from cases.contact import Contact, Identifier
from cases.db import FILING, reading, transaction
from cases.language import gettext as _
from cases.people import merging, quality, suggesting
from cases.people.identifiers import NotAnIdentifier, SomebodyElses
from cases.people.merging import AlreadyMerged, ContactMerge, NotMerged, SamePerson
from cases.people.suggesting import Because
from inbox.web.access import Pages, Policy, allow
from inbox.web.fragments import show
from inbox.web.ids import whole
from inbox.web.rows import called
from inbox.web.who import agent

pages = Pages("quality", __name__)
SHOWN = 50


@pages.get("/quality")
@allow(Policy.ADMIN)
def page() -> Response:
    """How well we know people. For admins alone, since it shows people of every team."""
    with reading() as session:
        return _page(session, "")


def _page(session: Session, refusal: str, status: int = 200) -> Response:
    pairs = suggesting.suggestions(session, SHOWN)
    ids = {one for pair in pairs for one in (pair.into_id, pair.contact_id)}
    people = {one.id: one for one in session.scalars(select(Contact).where(Contact.id.in_(ids)))}
    figures, broken = quality.looked_at(session, SHOWN)
    standing = select(ContactMerge).where(ContactMerge.undone_at.is_(None))
    return show(
        session,
        "quality/page.html",
        title=_("Data quality"),
        status=status,
        figures=figures,
        pairs=[(people[one.into_id], people[one.contact_id], said(one.because)) for one in pairs],
        broken=broken,
        merged=session.scalars(standing.order_by(ContactMerge.id.desc()).limit(10)).all(),
        called=called,
        refusal=refusal,
    )


def said(because: Because) -> str:
    """The reason of a pair in words."""
    return {
        Because.SAME_MAILBOX: _("their addresses lead to the same mailbox"),
        Because.NAME_AND_PHONE: _("same name and telephone"),
        Because.NAME_AND_LOCAL_PART: _("same name, and alike addresses"),
        Because.LOCAL_PART: _("alike addresses"),
    }[because]


def _number(name: str) -> int:
    found = whole(request.form.get(name, ""))
    return abort(422) if found is None else found


@pages.post("/quality/pairs")
@allow(Policy.ADMIN)
def decide() -> AnyResponse:
    """They are one person, or two."""
    into, other, now = _number("into"), _number("other"), clock.now()
    with transaction(lock=FILING) as session:
        if session.get(Contact, into) is None or session.get(Contact, other) is None:
            abort(404)
        if request.form.get("one") != "yes":
            suggesting.keep_apart(session, into, other, by=agent().address, at=now)
        else:
            try:
                merging.merge(session, other, into, by=agent().address, at=now)
            except (AlreadyMerged, SamePerson):
                return _page(session, _refused(), 409)
    return redirect(url_for("quality.page"), 303)


def _refused() -> str:
    return _("They cannot be merged: somebody changed them meanwhile.")


@pages.post("/quality/undo")
@allow(Policy.ADMIN)
def undo() -> AnyResponse:
    """They are two people after all."""
    with transaction(lock=FILING) as session:
        try:
            merging.undo(session, _number("contact"), by=agent().address, at=clock.now())
        except NotMerged:
            return _page(session, _refused(), 409)
    return redirect(url_for("quality.page"), 303)


@pages.post("/quality/addresses")
@allow(Policy.ADMIN)
def correct() -> AnyResponse:
    """An address was written wrong."""
    number, typed = _number("identifier"), request.form.get("address", "")
    with transaction(lock=FILING) as session:
        if session.get(Identifier, number) is None:
            abort(404)
        try:
            quality.correct(session, number, typed, at=clock.now())
        except NotAnIdentifier:
            return _page(session, _("This address cannot be right."), 422)
        except SomebodyElses:
            words = _("The address belongs to somebody else. Perhaps they are one person.")
            return _page(session, words, 409)
    return redirect(url_for("quality.page"), 303)
