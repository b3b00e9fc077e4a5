"""All commands in one place: with their keys, and with the cases, views and people they lead to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Response, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from cases.case import Case
from cases.contact import Contact
from cases.db import reading
from cases.language import gettext as _
from cases.words import gathering, matching
from cases.words.folding import fold
from cases.words.terms import Part, term
from inbox.web import folders, hx, rows, saved, shortcuts
from inbox.web.access import Pages, Policy, allow, may
from inbox.web.fragments import piece, show
from inbox.web.ids import whole
from inbox.web.places import places
from inbox.web.visible import visible_to
from inbox.web.who import agent

pages = Pages("palette", __name__)
TEMPLATE = "commands/page.html"
LONGEST, MANY, LATELY, MOST_PEOPLE = 80, 40, 200, 5
LOOKED_INTO = 500
"""Cases in which somebody is looked for whose name everybody has."""


@dataclass(frozen=True, slots=True)
class Command:
    """One line: it leads to an address, presses a key, or opens what has a place in every page."""

    icon: str
    says: str
    group: str
    href: str = ""
    press: str = ""
    key: str = ""
    opens: str = ""


@pages.get("/commands")
@allow(Policy.SIGNED_IN)
def page() -> Response:
    """What fits the words, the nearest first."""
    asked = request.args.get("q", "").strip()[:LONGEST]
    with reading() as session:
        found = [*_named(session, asked), *_fitting(_all(session), asked), *_sought(asked)]
        if hx.asked().is_partial:
            # Without its title: the page below the window is still the same.
            return hx.answer(piece(TEMPLATE, "options", "#palette-list", commands=found[:MANY]))
        return show(session, TEMPLATE, title=_("Commands"), commands=found, words_=asked)


def _fitting(commands: Iterable[Command], asked: str) -> list[Command]:
    """Those with every word of it; those that begin so stand first."""
    words = fold(asked).split()
    fitting = [one for one in commands if all(word in fold(one.says) for word in words)]
    return sorted(fitting, key=lambda one: not fold(one.says).startswith(fold(asked)))


def _all(session: Session) -> Iterable[Command]:
    me = agent()
    if may(me, Policy.CASES):
        yield from _of_cases()
        for folder in folders.Folder:
            href = url_for("listing.folder", name=folder.value)
            key = shortcuts.LEADS.get(href, "")
            yield Command(folders.ICONS[folder], folders.name(folder), _("Lists"), href, key=key)
        for view in saved.seen_by(session, me):
            href = url_for("listing.folder", name=view.value)
            yield Command("list-filter", view.name, _("Views"), href)
    for place in places(me):
        key = shortcuts.LEADS.get(place.href, "")
        yield Command(place.icon, place.says, _("Pages"), place.href, key=key)
    theirs = _("Available or away"), _("Language"), _("Appearance"), _("Dates and times")
    for says in (*theirs, _("Width of the list")):
        yield Command("settings", says, _("My menu"), opens="#me-button")


def _of_cases() -> Iterable[Command]:
    """What can be done with the case or list that is shown: pressing its key does it."""
    lists, cases, _writing, everywhere = shortcuts.all_of_them()
    has_list, has_case = _shown()
    there = ((lists, has_list), (cases, has_case), (everywhere, True))
    for group, some in (one for one, is_there in there if is_there):
        # Two keys lead to a page, which has a line of its own.
        for one in (one for one in some if group != everywhere[0] or not one.fixed):
            key = shortcuts.key_of(agent(), one.key)
            says = one.says[:1].upper() + one.says[1:]
            yield Command("keyboard", says, group, press=one.key, key=key)


def _shown() -> tuple[bool, bool]:
    """Whether a list is there to press keys in, and a case; both where nobody said which page."""
    where = urlsplit(request.headers.get("HX-Current-URL", "/cases/1")).path
    has_case = where.removeprefix("/cases/").isdecimal()
    return has_case or where.startswith("/inbox/"), has_case


def _named(session: Session, asked: str) -> list[Command]:
    """The case of that number, and people of that name or address."""
    if not may(agent(), Policy.CASES) or not asked:
        return []
    if (number := whole(asked.removeprefix("#"))) is not None:
        known = select(Case).where(Case.id == number, visible_to(agent()))
        case = session.scalars(known).first()
        said = f"#{case.id} {case.subject}" if case else ""
        href = url_for("case.page", case_id=number)
        return [Command("mail", said, _("Cases"), href)] if case else []
    return [
        Command(
            "user", rows.called(one), _("Customers"), url_for("contact.page", contact_id=one.id)
        )
        for one in people(session, asked)
    ]


def people(session: Session, asked: str) -> Sequence[Contact]:
    """Who wrote of late and is called so."""
    sought = term(asked, part=Part.SENDER) if len(asked) > 2 else None
    if sought is None:
        return []
    visible = visible_to(agent())
    which = gathering.gathered(session, [sought]).get(sought)
    if which is None:
        newest = select(Case.id).where(visible).order_by(Case.last_at.desc())
        some = newest.limit(LOOKED_INTO).subquery()
        which = Case.id.in_(select(some.c.id)) & matching.looked_into(session, sought)
    ids = select(Case.contact_id).where(which, visible)
    lately = ids.order_by(Case.last_at.desc()).limit(LATELY).subquery()
    query = select(Contact).where(Contact.id.in_(select(lately.c.contact_id)))
    known = query.options(selectinload(Contact.identifiers))
    return session.scalars(known.limit(MOST_PEOPLE)).all()


def _sought(asked: str) -> list[Command]:
    """To search for the words themselves is always possible."""
    if not asked or not may(agent(), Policy.CASES):
        return []
    said = _("Search for “{words}”", words=asked)
    return [Command("search", said, _("Search"), url_for("search.page", q=asked))]
