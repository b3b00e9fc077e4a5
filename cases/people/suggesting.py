"""Who may be the same person: pairs with their reason, for people to decide."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import combinations

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.contact import Contact, Identifier, Kind
from cases.db import Base
from cases.people.domains import likely_meant

LOOKED_AT = 50_000
"""The newest contacts; a page must not look through millions."""
MOST_OF_ONE_KEY = 6
"""A name that so many people bear tells nothing."""
_WORD = re.compile(r"[^\W\d_]{2,}")
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
    rows = session.execute(
        select(newest.c.id, newest.c.name, Identifier.kind, Identifier.value).join(
            Identifier, Identifier.contact_id == newest.c.id
        )
    )
    names: dict[int, str] = {}
    values: dict[tuple[int, Kind], list[str]] = defaultdict(list)
    for id_, name, kind, value in rows:
        names[id_] = name
        values[id_, kind].append(value)
    return [
        Known(id_, name, tuple(values[id_, Kind.ADDRESS]), tuple(values[id_, Kind.PHONE]))
        for id_, name in sorted(names.items())
    ]


def pairs(people: Sequence[Known]) -> list[Suggestion]:
    """All pairs among them, each once with its surest reason."""
    found: dict[tuple[int, int], Because] = {}
    for because, keys_of in KEYS:
        alike: dict[str, set[int]] = defaultdict(set)
        for one in people:
            for key in keys_of(one):
                alike[key].add(one.id)
        for ids in alike.values():
            if 1 < len(ids) <= MOST_OF_ONE_KEY:
                for pair in combinations(sorted(ids), 2):
                    found.setdefault(pair, because)
    order = list(Because)
    ranked = sorted(found.items(), key=lambda each: (order.index(each[1]), each[0]))
    return [Suggestion(pair[0], pair[1], because) for pair, because in ranked]


def _same_mailbox(one: Known) -> Iterator[str]:
    for address in one.addresses:
        local, _at, domain = address.rpartition("@")
        plain, meant = local.partition("+")[0], likely_meant(domain)
        if plain:
            # Dots mean nothing at this provider, and are remembered differently each time.
            same = plain.replace(".", "") if meant in ("gmail.com", "googlemail.com") else plain
            yield f"{same}@{meant}"


def _name_and_phone(one: Known) -> Iterator[str]:
    name = folded(one.name)
    if name:
        # The last digits: one wrote the country, the other did not, or another one.
        yield from (f"{name}|{phone[-8:]}" for phone in one.phones)


def _name_and_local_part(one: Known) -> Iterator[str]:
    name = folded(one.name)
    if " " in name:
        yield from (f"{name}|{local}" for local in _locals(one))


def _local_part(one: Known) -> Iterator[str]:
    # A long local part with both name and digits or dots is hardly chosen by two people.
    for local in _locals(one):
        if len(local) >= 10 and re.search(r"[._\d-]", local):
            yield local


def _locals(one: Known) -> set[str]:
    parts = {address.rpartition("@")[0].partition("+")[0] for address in one.addresses}
    return {part for part in parts if len(part) >= 3 and part not in _ROLES}


def folded(name: str) -> str:
    """The words of a name without accents, case and order."""
    plain = unicodedata.normalize("NFKD", name[:200]).casefold()
    words = _WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign)))
    return " ".join(sorted(words))


KEYS: tuple[tuple[Because, Callable[[Known], Iterator[str]]], ...] = (
    (Because.SAME_MAILBOX, _same_mailbox),
    (Because.NAME_AND_PHONE, _name_and_phone),
    (Because.NAME_AND_LOCAL_PART, _name_and_local_part),
    (Because.LOCAL_PART, _local_part),
)
