"""Whether a value is one of many, said with one parameter.

`IN` has a mark for each value, so that the statement is another one for each number of them: it is
written, sent and planned anew. With one parameter it stays the same, and the server knows it.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Boolean, Dialect, Text, bindparam
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine


class _Many(TypeDecorator[list[Any]]):
    """Values of one type: an array, or its JSON where there are none."""

    impl = Text
    cache_ok = True

    def __init__(self, each: TypeEngine[Any]) -> None:
        super().__init__()
        self.each = each

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(self.each))
        return dialect.type_descriptor(Text())

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        one = self.each.dialect_impl(dialect).bind_processor(dialect)
        if dialect.name == "postgresql":
            return (lambda values: [*map(one, values)]) if one is not None else None
        return lambda values: json.dumps([*map(one, values)] if one is not None else values)


class _Among(FunctionElement[bool]):
    """The column, and the values."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: object = None) -> Any:
        """As it is: SQLite would be asked whether it is 1, and then it uses no index."""
        return self


def among(column: Any, values: Iterable[Any]) -> _Among:
    """Whether what stands in the column is one of the values."""
    return _Among(column, bindparam(None, [*values], type_=_Many(column.type), unique=True))


@compiles(_Among, "postgresql")
def _in_array(element: _Among, compiler: SQLCompiler, **said: Any) -> str:
    column, values = (compiler.process(one, **said) for one in element.clauses)
    return f"{column} = ANY ({values})"


@compiles(_Among)
def _in_json(element: _Among, compiler: SQLCompiler, **said: Any) -> str:
    column, values = (compiler.process(one, **said) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608  no value is in it
