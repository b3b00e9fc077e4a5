"""The feed: one row per held identifier, and its changes numbered in the order of commits."""

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, tuple_, update
from sqlalchemy.orm import Session

from cases.contact import Identifier, Kind
from cases.db import Base
from cases.exclusions.facts import Address, identifiers
from cases.exclusions.rows import TEST, Exclusion, FeedChange, FeedEntry, FeedHead
from cases.exclusions.settings import settings
from cases.rows.among import among
from cases.rows.inserting import Row, put
from cases.rows.upserting import insert_into

KEPT = timedelta(days=7)
"""How long changes are kept for those who follow; an older cursor needs a new snapshot."""
Holds = list[dict[str, Any]]
Name = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class Head:
    """Where the feed stands."""

    epoch: str
    seq: int
    pruned: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """What one identifier's exclusions are from now on; none were there means it is released."""

    kind: Kind
    value: str
    contact_id: int
    holds: Holds


@dataclass(frozen=True, slots=True)
class Standing:
    """The addresses of contacts, and their living exclusions in the order of their rows."""

    addresses: Mapping[int, Sequence[Address]]
    live: Mapping[int, Sequence[Exclusion]]


def head(session: Session) -> Head | None:
    """Where the feed stands as this session sees it; None before the first writer."""
    return _as_head(session, session.execute(_HEAD).first())


def head_or_start(session: Session) -> Head:
    """The same; before the first writer that of no epoch, which no gate and no cursor has."""
    return head(session) or Head("", 0)


_HEAD = select(FeedHead.epoch, FeedHead.seq, FeedHead.pruned, FeedHead.policy)


def _as_head(session: Session, row: Any) -> Head | None:
    if row is None:
        return None
    # Whoever asks next under which policy, in this session, need not look again.
    session.info["truce_policy"] = row.policy
    return Head(row.epoch, row.seq, row.pruned)


def steady(session: Session) -> Session:
    """Let all that this session reads be of one instant. To be called before it reads anything."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    return session


def lock(session: Session) -> Head:
    """Take the head for this transaction: from here to its commit nobody else changes the feed.

    What is read after this is what all transactions before left behind, so two writers about one
    person never overwrite each other.
    """
    found = _locked(session)
    if found is None:
        _insert_ignoring(session, FeedHead, [{"id": 1, "epoch": new_epoch(), "seq": 0}])
        found = _locked(session)
    assert found is not None  # noqa: S101  it was inserted by us or by another
    session.info["feed_taken_in"] = session.get_transaction()
    return found


def take(session: Session) -> None:
    """Lock the head, unless this transaction did so before."""
    if session.info.get("feed_taken_in") is not session.get_transaction():
        lock(session)


def _locked(session: Session) -> Head | None:
    locked = session.execute(_HEAD.where(FeedHead.id == 1).with_for_update())
    return _as_head(session, locked.first())


def new_epoch() -> str:
    """A name for a history of changes; another one makes every older cursor invalid."""
    return (TEST if settings().sandbox else "") + secrets.token_hex(8)


def renew_epoch(session: Session) -> None:
    """After a backup was restored: what followers know may be of a future that is gone."""
    lock(session)
    session.execute(update(FeedHead).values(epoch=new_epoch()))


def publish(
    session: Session, contact_ids: Collection[int], now: datetime, known: Standing | None = None
) -> int:
    """Write what changed for the identifiers of those contacts; how many did. Needs the lock."""
    changes = _changes(session, contact_ids, known or _standing(session, contact_ids))
    if changes:
        _write(session, changes, now)
    return len(changes)


def _standing(session: Session, contact_ids: Collection[int]) -> Standing:
    return Standing(identifiers(session, contact_ids), _live(session, contact_ids))


def _changes(session: Session, contact_ids: Collection[int], known: Standing) -> list[Change]:
    present = known.addresses
    owned = {(one.kind, one.value) for ones in present.values() for one in ones}
    before = _entries(session, contact_ids, owned)
    gone = sorted(set(before) - owned)
    if owners := _owners(session, gone):
        more = {*contact_ids, *owners}
        return _changes(session, more, _standing(session, more))
    changes = [
        Change(one.kind, one.value, id_, holds)
        for id_, ones in present.items()
        for one in ones
        if (holds := _holds_of(one, known.live.get(id_, ())))
        != before.get((one.kind, one.value), [])
    ]
    return [*(Change(*name, 0, []) for name in gone), *changes]


def _owners(session: Session, names: Sequence[Name]) -> set[int]:
    """Whose those identifiers are now: what left one contact is not free if another has it."""
    if not names:
        return set()
    wanted = tuple_(Identifier.kind, Identifier.value).in_(names)
    return set(session.scalars(select(Identifier.contact_id).where(wanted)))


def _entries(
    session: Session, contact_ids: Collection[int], names: Iterable[Name]
) -> dict[Name, Holds]:
    columns = (FeedEntry.kind, FeedEntry.value, FeedEntry.holds)
    found: dict[Name, Holds] = {}
    for condition in (among(FeedEntry.contact_id, contact_ids), *_named(names)):
        for kind, value, holds in session.execute(select(*columns).where(condition)):
            found[kind, value] = holds
    return found


def _named(names: Iterable[Name]) -> Iterator[ColumnElement[bool]]:
    """The entries of those names, kind by kind."""
    by_kind: dict[Kind, list[str]] = defaultdict(list)
    for kind, value in names:
        by_kind[kind].append(value)
    for kind, values in by_kind.items():
        yield (FeedEntry.kind == kind) & among(FeedEntry.value, values)


def _live(session: Session, contact_ids: Collection[int]) -> dict[int, list[Exclusion]]:
    found: dict[int, list[Exclusion]] = defaultdict(list)
    rows = session.scalars(
        select(Exclusion)
        .where(among(Exclusion.contact_id, contact_ids), Exclusion.lifted_at.is_(None))
        .order_by(Exclusion.id)
        .execution_options(populate_existing=True)
    )
    for row in rows:
        found[row.contact_id].append(row)
    return found


def _holds_of(one: Address, rows: Iterable[Exclusion]) -> Holds:
    return [as_hold(row) for row in rows if row.identifier_id in (None, one.id)]


def as_hold(row: Exclusion) -> dict[str, Any]:
    """An exclusion as the feed carries it."""
    hold: dict[str, Any] = {
        "reason": row.reason.value,
        "severity": row.severity.value,
        "starts_at": row.starts_at.isoformat(),
        "until": row.until.isoformat() if row.until else None,
    }
    if row.topics:
        hold["topics"] = row.topics
    if row.about:
        hold["about"] = row.about
    return hold


def _write(session: Session, changes: Sequence[Change], now: datetime) -> None:
    last = session.scalar(
        update(FeedHead).values(seq=FeedHead.seq + len(changes)).returning(FeedHead.seq)
    )
    assert last is not None  # noqa: S101  the caller holds its lock
    first = last - len(changes) + 1
    rows = [
        Row(seq=n, kind=one.kind, value=one.value, contact_id=one.contact_id, holds=one.holds)
        for n, one in enumerate(changes, start=first)
    ]
    put(session, {FeedChange: [Row(row, at=now) for row in rows]})
    for those in _named((one.kind, one.value) for one in changes):
        gone = delete(FeedEntry).where(those)
        session.execute(gone, execution_options={"synchronize_session": False})
    held = [row for row in rows if row["holds"]]
    if held:
        put(session, {FeedEntry: held})


def _insert_ignoring(session: Session, table: type[Base], rows: list[dict[str, Any]]) -> None:
    session.execute(insert_into(session, table).on_conflict_do_nothing(), rows)


def prune(session: Session, now: datetime) -> None:
    """Forget changes that no cursor may point to any more."""
    lock(session)
    last = session.scalar(select(func.max(FeedChange.seq)).where(FeedChange.at < now - KEPT))
    if last is not None:
        session.execute(delete(FeedChange).where(FeedChange.seq <= last))
        session.execute(update(FeedHead).values(pruned=last))
