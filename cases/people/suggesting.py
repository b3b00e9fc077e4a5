"""Who may be the same person: pairs with their reason, for people to decide."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations, groupby
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import String, UniqueConstraint, cast, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.contact import Contact, Identifier, Kind
from cases.db import Base
from cases.people.domains import likely_meant

LOOKED_AT = 20_000
"""The newest contacts; a page must not look through millions."""
MOST_OF_ONE_KEY = 6
"""A name that so many people bear tells nothing."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_CHOSEN = re.compile(r"[._\d-]")
_ROLES = frozenset(
    (
        *("info", "hola", "contacto", "admin", "support", "soporte"),
        *("ventas", "sales", "office", "oficina", "pedidos", "mail"),
    )
)


class Because(StrEnum):
    """Why two contacts may be one person, the surest first."""

    SAME_MAILBOX = "same mailbox"
    """Their addresses differ in a tag, or in a slip of the domain."""
    NAME_AND_PHONE = "same name and phone"
    NAME_AND_LOCAL_PART = "same name and local part"
    LOCAL_PART = "same local part"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A pair; the older row first, into which the other would go."""

    into_id: int
    contact_id: int
    because: Because


@dataclass(frozen=True, slots=True)
class Known:
    """A contact as far as pairs follow from it."""

    id: int
    name: str
    addresses: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


class TwoPeople(Base):
    """Somebody said that these two are not one person; they are not suggested again."""

    __tablename__ = "two_people"
    __table_args__ = (UniqueConstraint("one_id", "other_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    one_id: Mapped[int]
    """The smaller of both numbers."""
    other_id: Mapped[int]
    by: Mapped[str]
    at: Mapped[datetime]


def keep_apart(session: Session, one_id: int, other_id: int, *, by: str, at: datetime) -> None:
    """They are two people."""
    first, second = sorted((one_id, other_id))
    wanted = select(TwoPeople.id).where(TwoPeople.one_id == first, TwoPeople.other_id == second)
    if session.scalar(wanted) is None:
        session.add(TwoPeople(one_id=first, other_id=second, by=by, at=at))
        session.flush()


def suggestions(session: Session, at_most: int = 100) -> list[Suggestion]:
    """Pairs that may be one person, the surest first, without those that were kept apart."""
    apart = set(session.execute(select(TwoPeople.one_id, TwoPeople.other_id)))
    found = pairs(_everybody(session))
    return [one for one in found if (one.into_id, one.contact_id) not in apart][:at_most]


def _everybody(session: Session) -> list[Known]:
    newest = (
        select(Contact.id, Contact.name)
        .where(Contact.merged_into_id.is_(None))
        .order_by(Contact.id.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    # Text: to make a kind of each row takes as long as to read it.
    kind = cast(Identifier.kind, String)
    rows = session.execute(
        select(newest.c.id, newest.c.name, kind, Identifier.value)
        .join(Identifier, Identifier.contact_id == newest.c.id)
        .where(Identifier.kind.in_((Kind.ADDRESS, Kind.PHONE)))
        .order_by(newest.c.id)
    )
    return [_known(list(some)) for _id, some in groupby(map(tuple, rows), key=itemgetter(0))]


def _known(rows: Sequence[tuple[int, str, str, str]]) -> Known:
    """A contact by the rows of their addresses and telephones."""
    addresses = tuple(value for _id, _name, kind, value in rows if kind == Kind.ADDRESS)
    phones = tuple(value for _id, _name, kind, value in rows if kind == Kind.PHONE)
    return Known(rows[0][0], rows[0][1], addresses, phones)


def pairs(people: Sequence[Known]) -> list[Suggestion]:
    """All pairs among them, each once with its surest reason."""
    told = [_Told(one, folded(one.name), _locals(one)) for one in people]
    found: dict[tuple[int, int], Because] = {}
    for because, keys_of in KEYS:
        for ids in _alike((key, one.known.id) for one in told for key in keys_of(one)):
            if len(ids) <= MOST_OF_ONE_KEY:
                for pair in combinations(sorted(ids), 2):
                    found.setdefault(pair, because)
    order = list(Because)
    ranked = sorted(found.items(), key=lambda each: (order.index(each[1]), each[0]))
    return [Suggestion(pair[0], pair[1], because) for pair, because in ranked]


def _alike(keyed: Iterable[tuple[str, int]]) -> Iterable[set[int]]:
    """Those who share a key. Most share none, so a set is made for the others alone."""
    first: dict[str, int] = {}
    more: dict[str, set[int]] = {}
    for key, id_ in keyed:
        before = first.setdefault(key, id_)
        if before != id_:
            more.setdefault(key, {before}).add(id_)
    return more.values()


class _Told(NamedTuple):
    """A contact with what several keys are made of."""

    known: Known
    name: str
    locals: set[str]


def _same_mailbox(one: _Told) -> Iterator[str]:
    for address in one.known.addresses:
        local, _at, domain = address.rpartition("@")
        plain, meant = local.partition("+")[0], likely_meant(domain)
        if plain:
            # Dots mean nothing at this provider, and are remembered differently each time.
            same = plain.replace(".", "") if meant in ("gmail.com", "googlemail.com") else plain
            yield f"{same}@{meant}"


def _name_and_phone(one: _Told) -> Iterator[str]:
    if one.name:
        # The last digits: one wrote the country, the other did not, or another one.
        yield from (f"{one.name}|{phone[-8:]}" for phone in one.known.phones)


def _name_and_local_part(one: _Told) -> Iterator[str]:
    if " " in one.name:
        yield from (f"{one.name}|{local}" for local in one.locals)


def _local_part(one: _Told) -> Iterator[str]:
    # A long local part with both name and digits or dots is hardly chosen by two people.
    for local in one.locals:
        if len(local) >= 10 and _CHOSEN.search(local):
            yield local


def _locals(one: Known) -> set[str]:
    parts = (address.rpartition("@")[0].partition("+")[0] for address in one.addresses)
    return {part for part in parts if len(part) >= 3 and part not in _ROLES}


def folded(name: str) -> str:
    """The words of a name without accents, case and order."""
    plain = name[:200].casefold()
    if not plain.isascii():
        apart = unicodedata.normalize("NFKD", name[:200]).casefold()
        plain = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return " ".join(sorted(_WORD.findall(plain)))


KEYS: tuple[tuple[Because, Callable[[_Told], Iterator[str]]], ...] = (
    (Because.SAME_MAILBOX, _same_mailbox),
    (Because.NAME_AND_PHONE, _name_and_phone),
    (Because.NAME_AND_LOCAL_PART, _name_and_local_part),
    (Because.LOCAL_PART, _local_part),
)
