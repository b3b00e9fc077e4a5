"""Contacts and orders as CSV: in, line by line with the reason for each refusal, and out, guarded.

A cell that begins like a formula would run in a spreadsheet, so it goes out behind an
apostrophe, and comes back in without it.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from cases.contact import Contact, Identifier, Kind
from cases.order import Told, key_of, put
from cases.people import customs, worth
from cases.people.identifiers import SomebodyElses, give, matched, meet_as

CONTACT_COLUMNS = (
    *("address", "phone", "customer_id", "name", "language", "country", "zone", "quiet_hours"),
    *("tier", "lifetime_value", "nps", "vip", "influencer"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
LONGEST_CELL, AT_ONCE = 20_000, 500
Row = Mapping[str, str]
_YES = frozenset({"1", "yes", "true", "si", "sí", "x"})


class Wrong(ValueError):
    """A line cannot be taken; the text says why."""


@dataclass
class Outcome:
    """What became of a file."""

    taken: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    """Number of the line, and why."""


def guarded(cell: object) -> str:
    """The cell as a spreadsheet may open it."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def plain(cell: str | None) -> str:
    """A cell without the apostrophe that guarded it."""
    text = (cell or "").strip()[:LONGEST_CELL]
    return text[1:] if text.startswith("'") and text[1:2] in FORMULA else text


def rows(file: IO[str]) -> Iterator[tuple[int, Row]]:
    """The lines of a CSV with a heading, whatever separates its cells. Raises Wrong."""
    heading = file.readline()
    separator = max(",;\t", key=heading.count)
    names = [
        plain(one).lower().lstrip("\ufeff")
        for one in next(csv.reader([heading], delimiter=separator), [])
    ]
    if not any(names):
        raise Wrong("the first line must name the columns")
    try:
        for number, cells in enumerate(csv.reader(file, delimiter=separator), 2):
            if any(cells):
                yield number, dict(zip(names, map(plain, cells), strict=False))
    except csv.Error as wrong:
        raise Wrong(str(wrong)) from wrong


def take(
    session: Session, lines: Iterable[tuple[int, Row]], act: Callable[[Session, Row], None]
) -> Outcome:
    """Take line by line; a line that cannot be taken is named and stops nothing."""
    outcome = Outcome()
    for number, row in lines:
        try:
            act(session, row)
        except (Wrong, ValueError) as wrong:
            outcome.refused.append((number, str(wrong)))
        except SomebodyElses as wrong:
            outcome.refused.append((number, f"{wrong}: perhaps the same person"))
        else:
            outcome.taken += 1
    return outcome


def take_contact(session: Session, row: Row, *, at: datetime) -> None:
    """One person. An empty cell changes nothing. Raises Wrong, SomebodyElses, ValueError."""
    country = row.get("country", "").upper()
    names = [
        (kind, matched(kind, row[kind.value], country)) for kind in Kind if row.get(kind.value)
    ]
    if not names:
        raise Wrong("it needs an address, a phone or a customer_id")
    _check(row)
    contact = meet_as(session, names, name=row.get("name", ""), at=at)
    for kind, value in names:
        give(session, contact, kind, value)
    _describe(session, contact, row, at)


def _check(row: Row) -> None:
    """Before anything is changed: numbers are numbers, and choices can be used."""
    trial = Contact(country="", zone="", quiet_hours="", language="")
    customs.live_in(trial, row.get("country", ""))
    customs.choose_zone(trial, row.get("zone", ""))
    customs.choose_quiet(trial, row.get("quiet_hours", ""))
    worth.recommends(trial, _whole(row.get("nps", "")))
    _amount(row.get("lifetime_value", ""))
    if row.get("language", "") not in ("", "es", "en"):
        raise Wrong("a language is es or en")


def _describe(session: Session, contact: Contact, row: Row, at: datetime) -> None:
    for name in ("name", "language", "tier"):
        if row.get(name):
            setattr(contact, name, row[name][:200])
    if row.get("country"):
        customs.live_in(contact, row["country"])
    if row.get("zone"):
        customs.choose_zone(contact, row["zone"])
    if row.get("quiet_hours"):
        customs.choose_quiet(contact, row["quiet_hours"])
    if row.get("nps"):
        worth.recommends(contact, _whole(row["nps"]))
    if row.get("lifetime_value"):
        contact.lifetime_value = float(_amount(row["lifetime_value"]) or 0)
    if row.get("vip") or row.get("influencer"):
        flags = {
            name: row[name].lower() in _YES if row.get(name) else bool(getattr(contact, name))
            for name in ("vip", "influencer")
        }
        worth.flag(session, contact, worth.Flags(**flags), at=at)


def take_order(session: Session, row: Row, *, at: datetime, by: str) -> None:
    """One purchase; several lines of one number add their items. Raises Wrong, NoNumber."""
    amount = _amount(row.get("amount", ""))
    told: dict[str, Any] = {
        name: _instant(row.get(name, ""))
        for name in ("placed_at", "promised_at", "shipped_at", "delivered_at")
    }
    told |= {name: row.get(name, "")[:200] or None for name in ("state", "tracking")}
    key_of(row.get("number", ""))
    told["currency"] = row.get("currency", "").upper()[:3] or None
    told["cents"] = None if amount is None else round(amount * 100)
    told["items"] = _items(row.get("items", ""))
    told["contact_id"] = _buyer(session, row, at)
    put(session, Told(row["number"], **told), by=by, at=at)


def _buyer(session: Session, row: Row, at: datetime) -> int | None:
    names = [
        (kind, matched(kind, row[kind.value], row.get("country", "")))
        for kind in Kind
        if row.get(kind.value)
    ]
    return meet_as(session, names, name=row.get("name", ""), at=at).id if names else None


def _items(text: str) -> tuple[dict[str, Any], ...] | None:
    """ "2 x Lamp | 1 x Cable" as items."""
    found = []
    for part in filter(None, map(str.strip, text.split("|")[:100])):
        count, cross, name = part.partition(" x ")
        counted = cross and count.strip().isdecimal() and len(count) < 6
        found.append(
            {
                "name": (name if counted else part).strip()[:200],
                "quantity": int(count) if counted else 1,
            }
        )
    return tuple(found) or None


def _whole(text: str) -> int | None:
    if text and not (text.isascii() and text.isdecimal() and len(text) < 4):
        raise Wrong("a score is a whole number")
    return int(text) if text else None


def _amount(text: str) -> Decimal | None:
    """Money as people write it: 1.234,56 and 1,234.56."""
    if not text:
        return None
    bare = text.replace(" ", "").replace("\u00a0", "")[:30]
    decimal = max(bare.rfind(","), bare.rfind("."))
    if decimal >= 0 and len(bare) - decimal - 1 != 3:
        whole, cents = bare[:decimal], bare[decimal + 1 :]
        bare = f"{whole.replace(',', '').replace('.', '')}.{cents}"
    else:
        bare = bare.replace(",", "").replace(".", "")
    try:
        found = Decimal(bare)
    except InvalidOperation as wrong:
        raise Wrong("an amount is written as 1234.56") from wrong
    if not found.is_finite() or abs(found) > 10**9:
        raise Wrong("an amount is written as 1234.56")
    return found


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError as wrong:
        raise Wrong("a date is written as 2026-03-10 or 2026-03-10T09:00:00+01:00") from wrong
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found


def write_contacts(session: Session, file: IO[str]) -> int:
    """All people, one a line; how many."""
    out = csv.writer(file, lineterminator="\r\n")
    out.writerow(CONTACT_COLUMNS)
    last, count = 0, 0
    while people := _next(session, last):
        for contact in people:
            out.writerow([guarded(cell) for cell in _cells(contact)])
        last, count = people[-1].id, count + len(people)
        session.expunge_all()
    return count


def _next(session: Session, after: int) -> list[Contact]:
    wanted = select(Contact).where(Contact.id > after, Contact.merged_into_id.is_(None))
    loaded = wanted.options(selectinload(Contact.identifiers)).order_by(Contact.id)
    return list(session.scalars(loaded.limit(AT_ONCE)))


def _cells(contact: Contact) -> list[object]:
    first: dict[Kind, Identifier] = {}
    for one in contact.identifiers:
        first.setdefault(one.kind, one)
    names = [
        first[kind].value if kind in first else ""
        for kind in (Kind.ADDRESS, Kind.PHONE, Kind.CUSTOMER_ID)
    ]
    flags = ["yes" if getattr(contact, name) else "" for name in ("vip", "influencer")]
    middle = [getattr(contact, name) for name in CONTACT_COLUMNS[3:11]]
    return [*names, *middle, *flags]
