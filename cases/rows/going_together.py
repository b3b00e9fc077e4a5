"""Which columns go together: PostgreSQL takes each by itself unless it is told.

Hardly any case has no assignee, and few are open; yet a third of the open ones have none. Without
knowing that, a list of them is made by reading all open cases there are. It is looked at when the
database looks at its tables anyway, so that writing a case costs nothing more.
"""

from typing import Any

from sqlalchemy import Connection, MetaData, inspect, text

_NAME = "cases_standing"
_IS_THERE = text("SELECT 1 FROM pg_statistic_ext WHERE stxname = :name")
_TOLD = (
    f"CREATE STATISTICS {_NAME} (mcv) ON state, assignee_id, snoozed_at FROM cases",
    "ANALYZE cases",
)


def follow(_metadata: MetaData, connection: Connection, **_more: Any) -> None:
    """Called after tables were made or changed."""
    if connection.dialect.name != "postgresql" or not inspect(connection).has_table("cases"):
        return
    if connection.scalar(_IS_THERE, {"name": _NAME}) is None:
        for statement in _TOLD:
            connection.execute(text(statement))
