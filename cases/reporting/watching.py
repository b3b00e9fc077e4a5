"""The database notes itself in which summed day something changed, whoever changes it and however.

A trigger forgets no writer: not a batch, not a merge that is undone, not what a person's erasure
takes along. Only instants of the time that is summed are noted, so today's mail costs a look.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, MetaData, inspect, text

from cases.history import What
from cases.reporting.sums import Family

_NAME = "tregua_sums"
_ROWS = ("old", "new")
_SPOKEN = ", ".join(f"'{one}'" for one in (What.ANSWERED, What.AUTOMATIC_REPLY, What.REOPENED))
_OF_MAIL = "arrived_at, direction, origin, case_id, withdrawn_at"
_OF_CASES = (
    "opened_at, bulk, type, sentiment, mailbox_id, state, "
    "answered_at, policy_id, closed_at, outcome"
)


@dataclass(frozen=True, slots=True)
class Watch:
    """What is noted when a row of that table is written: statements over `old` and `new`."""

    table: str
    event: str
    notes: tuple[str, ...]
    columns: str = ""
    """Of an update: only where one of these differs."""
    condition: str = ""

    @property
    def name(self) -> str:
        first = self.columns.partition(",")[0]
        return "_".join(filter(None, (_NAME, self.table, self.event.lower(), first)))

    @property
    def when(self) -> str:
        """The condition under which it is noted at all."""
        names = self.columns.split(", ") if self.columns else []
        differs = " OR ".join(f"old.{name} IS DISTINCT FROM new.{name}" for name in names)
        return self.condition or differs or "true"


def _note(family: Family, instant: str, rows: str = "", where: str = "true") -> str:
    source = f"{rows}, sum_head" if rows else "sum_head"
    # What began before that time may hold in it.
    begins = "true" if family is Family.HELD else f"{instant} >= sum_head.since"
    within = f"{begins} AND {instant} < sum_head.until"
    return (
        f"INSERT INTO sum_change (family, at) SELECT '{family}', {instant} "  # noqa: S608
        f"FROM {source} WHERE {where} AND {within};"
    )


def _row(table: str, columns: str, *families: tuple[Family, str]) -> Iterator[Watch]:
    """A table whose rows count in a day: when one comes, goes, or becomes another."""
    old, new = (
        tuple(_note(family, f"{row}.{instant}") for family, instant in families) for row in _ROWS
    )
    yield Watch(table, "INSERT", new)
    yield Watch(table, "DELETE", old)
    yield Watch(table, "UPDATE", old + new, columns)


def _said(row: str) -> str:
    case = f"cases.id = {row}.case_id AND {row}.what IN ({_SPOKEN})"
    return _note(Family.OPENED, "cases.opened_at", "cases", case)


def _held(*instants: str) -> tuple[str, ...]:
    return tuple(_note(Family.HELD, instant) for instant in instants)


_MOVED = (
    _note(Family.MAIL, "message.arrived_at", "message", "message.case_id = new.id"),
    _note(Family.PROMISES, "promise_mark.at", "promise_mark", "promise_mark.case_id = new.id"),
)
WATCHES = (
    *_row("message", _OF_MAIL, (Family.MAIL, "arrived_at")),
    *_row("promise_mark", "at, mark, target, case_id", (Family.PROMISES, "at")),
    *_row("cases", _OF_CASES, (Family.OPENED, "opened_at"), (Family.CLOSED, "closed_at")),
    Watch("cases", "UPDATE", _MOVED, "contact_id, mailbox_id"),
    Watch("event", "INSERT", (_said("new"),), condition=f"new.what IN ({_SPOKEN})"),
    Watch("event", "DELETE", (_said("old"),), condition=f"old.what IN ({_SPOKEN})"),
    Watch("event", "UPDATE", (_said("old"), _said("new")), "case_id, what, at"),
    Watch("exclusion", "INSERT", _held("new.starts_at")),
    Watch("exclusion", "DELETE", _held("old.starts_at")),
    Watch("exclusion", "UPDATE", _held("old.starts_at"), "contact_id"),
    *(
        Watch("exclusion", "UPDATE", _held(f"old.{one}", f"new.{one}"), one)
        for one in ("starts_at", "until", "lifted_at")
    ),
)


def follow(_metadata: MetaData, connection: Connection, **_more: Any) -> None:
    """Called after tables were made or changed: all that is summed is watched."""
    there = set(inspect(connection).get_table_names())
    if not {"sum_head", "sum_change", *(one.table for one in WATCHES)} <= there:
        return
    for watch in WATCHES:
        for statement in _made(watch, connection.dialect.name):
            connection.execute(text(statement))


def let_go(connection: Connection) -> None:
    """Called before tables are changed: what looks at a table must not stand in its way."""
    there = set(inspect(connection).get_table_names())
    for watch in WATCHES:
        if watch.table in there:
            where = f" ON {watch.table}" if connection.dialect.name == "postgresql" else ""
            connection.execute(text(f"DROP TRIGGER IF EXISTS {watch.name}{where}"))


# Nothing in these texts comes from outside.
def _made(watch: Watch, dialect: str) -> Iterator[str]:
    event = f"UPDATE OF {watch.columns}" if watch.columns else watch.event
    notes, name = " ".join(watch.notes), watch.name
    after = f"TRIGGER {name} AFTER {event} ON {watch.table} FOR EACH ROW WHEN ({watch.when})"
    if dialect != "postgresql":
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield f"CREATE {after} BEGIN {notes} END"
        return
    yield (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {notes} RETURN NULL; END $$"
    )
    yield f"CREATE OR REPLACE {after} EXECUTE FUNCTION {name}()"
