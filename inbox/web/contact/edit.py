"""A customer's data, changed by hand: names, addresses, worth and risk, language and hours."""

from collections.abc import Callable

from flask import Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from cases import clock, language
from cases.contact import Contact, Kind
from cases.db import FILING, reading, transaction
from cases.language import gettext as _
from cases.people import belongings, customs, worth
from cases.people.belongings import LastOne, RefusalStands
from cases.people.customs import NotUsable
from cases.people.identifiers import NotAnIdentifier, SomebodyElses, give
from cases.people.worth import Flags, NoSuchScore
from inbox.web import notices
from inbox.web.access import Pages, Policy, allow
from inbox.web.fragments import show
from inbox.web.rows import called
from inbox.web.visible import the_contact

pages = Pages("contact_edit", __name__)
FIELDS = ("name", "tier", "value", "nps", "language", "country", "zone", "quiet_hours")
MOST_WORTH, LONGEST, MOST_NAMES = 1e9, 200, 50


@pages.get("/contacts/<int:contact_id>/edit")
@allow(Policy.CASES)
def page(contact_id: int) -> Response:
    """The form, as they are known now."""
    with reading() as session:
        contact = the_contact(session, contact_id)
        return _page(session, contact, _typed_of(contact))


def _typed_of(contact: Contact) -> dict[str, str]:
    plain = {name: str(getattr(contact, name, "") or "") for name in FIELDS}
    nps = "" if contact.nps is None else str(contact.nps)
    value = f"{contact.lifetime_value:.2f}" if contact.lifetime_value else ""
    flags = {name: "yes" for name in ("vip", "influencer") if getattr(contact, name)}
    return plain | {"nps": nps, "value": value} | flags


def _page(
    session: Session,
    contact: Contact,
    typed: dict[str, str],
    refusal: str = "",
    status: int = 200,
) -> Response:
    return show(
        session,
        "contact/edit.html",
        title=_("Edit {name}", name=called(contact)),
        status=status,
        contact=contact,
        typed=typed,
        refusal=refusal,
        kinds=[(kind, kind_name(kind)) for kind in Kind],
        kind_name=kind_name,
        languages=language.LANGUAGES,
        first=contact.address,
        notice=notices.from_address(),
    )


def kind_name(kind: Kind) -> str:
    """What an identifier is, in words."""
    return {
        Kind.ADDRESS: _("E-mail address"),
        Kind.PHONE: _("Telephone"),
        Kind.CUSTOMER_ID: _("Customer number"),
    }[kind]


@pages.post("/contacts/<int:contact_id>/edit")
@allow(Policy.CASES)
def save(contact_id: int) -> AnyResponse:
    """Keep all of it, or say what is wrong and keep nothing."""
    names = (*FIELDS, "vip", "influencer")
    typed = {name: request.form.get(name, "").strip()[:LONGEST] for name in names}
    with transaction(lock=FILING) as session:
        contact = the_contact(session, contact_id)
        refusal = _wrong(typed)
        if refusal:
            return _page(session, contact, typed, refusal, 422)
        _describe(session, contact, typed)
    return _done(contact_id)


def _wrong(typed: dict[str, str]) -> str:
    """Before anything is changed: numbers are numbers, and choices can be used."""
    trial = Contact(country="", zone="", quiet_hours="", language="")
    checks: tuple[tuple[Callable[[], object], str], ...] = (
        (lambda: customs.live_in(trial, typed["country"]), _("A country has two letters, as ES.")),
        (lambda: customs.choose_zone(trial, typed["zone"]), _("A zone is written Europe/Madrid.")),
        (
            lambda: customs.choose_quiet(trial, typed["quiet_hours"]),
            _("Quiet hours are written 22:00-08:00."),
        ),
        (lambda: worth.recommends(trial, _score(typed["nps"])), _("A score is from 0 to 10.")),
        (lambda: _amount(typed["value"]), _("The value is an amount such as 1250.50.")),
    )
    for check, said in checks:
        try:
            check()
        except (NotUsable, NoSuchScore, ValueError):
            return said
    if typed["language"] not in ("", *language.LANGUAGES):
        return _("Choose one of the list.")
    return ""


def _score(text: str) -> int | None:
    if not text:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 3 else -1


def _amount(text: str) -> float:
    found = float(text.replace(",", ".")) if text else 0.0
    if not 0 <= found <= MOST_WORTH:
        raise ValueError(text)
    return found


def _describe(session: Session, contact: Contact, typed: dict[str, str]) -> None:
    for name in ("name", "tier", "language"):
        setattr(contact, name, typed[name])
    customs.choose_zone(contact, typed["zone"])
    customs.choose_quiet(contact, typed["quiet_hours"])
    if typed["country"].upper() != contact.country:
        customs.live_in(contact, typed["country"])
    worth.recommends(contact, _score(typed["nps"]))
    contact.lifetime_value = _amount(typed["value"])
    flags = Flags(vip=bool(typed["vip"]), influencer=bool(typed["influencer"]))
    worth.flag(session, contact, flags, at=clock.now())


def _done(contact_id: int) -> AnyResponse:
    return redirect(url_for("contact_edit.page", contact_id=contact_id, done="saved.1"), 303)


@pages.post("/contacts/<int:contact_id>/names")
@allow(Policy.CASES)
def add(contact_id: int) -> AnyResponse:
    """They are known by that too."""
    kind, text = request.form.get("kind", ""), request.form.get("text", "")[:400]
    if kind not in frozenset(Kind):
        abort(422)
    with transaction(lock=FILING) as session:
        contact = the_contact(session, contact_id)
        typed = _typed_of(contact)
        if len(contact.identifiers) >= MOST_NAMES:
            return _page(session, contact, typed, _("That are enough. Take one away first."), 422)
        try:
            give(session, contact, Kind(kind), text)
        except SomebodyElses:
            said = _("It belongs to somebody else. Perhaps they are one person: see Data quality.")
            return _page(session, contact, typed, said, 409)
        except NotAnIdentifier:
            return _page(session, contact, typed, _("This cannot be right."), 422)
    return _done(contact_id)


@pages.post("/contacts/<int:contact_id>/names/<int:identifier_id>")
@allow(Policy.CASES)
def change(contact_id: int, identifier_id: int) -> AnyResponse:
    """Take it away, or write to that address first."""
    with transaction(lock=FILING) as session:
        contact = the_contact(session, contact_id)
        try:
            if request.form.get("do") == "first":
                belongings.put_first(contact, identifier_id)
            else:
                belongings.take_away(session, contact, identifier_id)
        except LookupError:
            abort(404)
        except LastOne:
            said = _("It is the last one: without it nobody would know who they are.")
            return _page(session, contact, _typed_of(contact), said, 409)
        except RefusalStands:
            said = _("They refused mail or it bounces: without it that would be forgotten.")
            return _page(session, contact, _typed_of(contact), said, 409)
    return _done(contact_id)
