"""Many new rows are written from their values, without the bookkeeping of one by one.

A flush asks every object for its history and for what it refers to, which costs more than the
writing. New ones have no history: they are written table after table, in the order of references,
and the flush goes on with what was changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Column, Dialect, Table
from sqlalchemy.orm import MANYTOONE, DeclarativeBase, Session, UOWTransaction
from sqlalchemy.orm.attributes import instance_state
from sqlalchemy.orm.mapper import Mapper

from cases.rows import numbering

MANY = 40


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the rows of one table are written."""

    statement: str
    columns: tuple[tuple[str, Any], ...]
    """What each value is called, and what makes it one of the database."""
    whole: frozenset[str]
    """What a row must say, since the database would otherwise say it."""
    place: int
    plain: bool
    """Nothing but its values is to be written with it."""


def write(session: Session, _flush: UOWTransaction, _rows: Sequence[object] | None) -> None:
    """Called before a flush, after all who look at what is new."""
    if len(session.new) < MANY:
        return
    numbering.settle(session)
    new = session.new
    dialect = session.get_bind().dialect
    shapes = {kind: _shape(kind.__mapper__, dialect) for kind in {type(one) for one in new}}
    if not all(_is_plain(one, shapes[type(one)]) for one in new):
        return
    for kind, shape in sorted(shapes.items(), key=lambda one: one[1].place):
        rows = [one for one in new if type(one) is kind]
        for one in rows:
            numbering.refer(one)
        values = [_values(one.__dict__, shape) for one in rows]
        session.connection().exec_driver_sql(shape.statement, values)
    # What a flush does with what it has written.
    session._register_persistent({instance_state(one) for one in new})


class Row(dict[str, Any]):
    """What one row says that is no object. Other rows in it, and objects, stand for their ids."""

    @property
    def id(self) -> int | None:
        """Its number, if it has one yet."""
        found: int | None = self.get("id")
        return found

    @id.setter
    def id(self, number: int) -> None:
        self["id"] = number


_OTHERS = (Row, DeclarativeBase)


def put(session: Session, rows: Mapping[type[DeclarativeBase], Sequence[Row]]) -> None:
    """Write rows table by table; whatever they leave out gets its default."""
    named = [
        (row, name, value)
        for some in rows.values()
        for row in some
        for name, value in row.items()
        if isinstance(value, _OTHERS)
    ]
    meant = {id(value) for _row, _name, value in named}
    numbered = {kind for kind, some in rows.items() if any(id(row) in meant for row in some)}
    numbering.take(session, {kind.__tablename__: rows[kind] for kind in numbered})
    for row, name, value in named:
        row[name] = getattr(value, "id")  # noqa: B009  what stands for its id has one
    dialect = session.get_bind().dialect
    shapes = {kind: _shape(kind.__mapper__, dialect, kind in numbered) for kind in rows}
    for kind, shape in sorted(shapes.items(), key=lambda one: one[1].place):
        values = [_values(numbering.whole(kind.__mapper__, row), shape) for row in rows[kind]]
        session.connection().exec_driver_sql(shape.statement, values)


def _is_plain(one: DeclarativeBase, shape: _Shape) -> bool:
    return shape.plain and one.__dict__.keys() >= shape.whole


def _values(said: Mapping[str, Any], shape: _Shape) -> tuple[Any, ...]:
    return tuple(
        [
            make(said[name]) if make is not None and name in said else said.get(name)
            for name, make in shape.columns
        ]
    )


@lru_cache(maxsize=200)
def _shape(mapper: Mapper[Any], dialect: Dialect, numbered: bool = True) -> _Shape:
    table = cast(Table, mapper.local_table)
    columns = [one for one in table.columns if numbered or one.name != "id"]
    named = [(mapper.get_property_by_column(column).key, column) for column in columns]
    quote = dialect.identifier_preparer.quote
    names = ", ".join(quote(column.name) for _name, column in named)
    marks = ", ".join(["%s" if dialect.name == "postgresql" else "?"] * len(named))
    order = mapper.registry.metadata.sorted_tables
    return _Shape(
        statement=f"INSERT INTO {table.name} ({names}) VALUES ({marks})",  # noqa: S608  our names
        columns=tuple((name, _maker(column, dialect)) for name, column in named),
        whole=frozenset(name for name, column in named if _is_owed(column)),
        place=order.index(table),
        plain=_has_no_more(mapper),
    )


def _maker(column: Column[Any], dialect: Dialect) -> Any:
    return column.type.dialect_impl(dialect).bind_processor(dialect)


def _is_owed(column: Column[Any]) -> bool:
    """Whether leaving the value out means another one than nothing."""
    said = column.default, column.server_default, column.onupdate, column.computed
    return column.primary_key or any(one is not None for one in said)


def _has_no_more(mapper: Mapper[Any]) -> bool:
    """Not of several tables, no rows between two tables, no children that die with a parent."""
    if mapper.inherits is not None or len(mapper.tables) > 1:
        return False
    return all(
        one.viewonly
        or (
            one.direction is MANYTOONE
            and not any(back.cascade.delete_orphan for back in one._reverse_property)
        )
        or (one.back_populates and one.secondary is None)
        for one in mapper.relationships
    )
