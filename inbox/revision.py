"""Which version the tables are of. Asked by every process as it starts, so it loads no Alembic."""

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

from cases.db import engine

_HERE = Path(__file__).resolve().parent


def folder() -> Path:
    """Where the migrations lie: beside the packages, or inside the installed one."""
    beside = _HERE.parent / "migrations"
    return beside if beside.exists() else _HERE / "migrations"


def newest() -> str:
    """The version this program works with: its files are numbered."""
    return max(path.name.partition("_")[0] for path in folder().glob("versions/[0-9]*_*.py"))


def is_current() -> bool:
    """Whether the database has the tables of this version."""
    with engine().connect() as connection:
        return fits(connection)


def fits(connection: Connection) -> bool:
    """Whether that database, which may be another one, has the tables of this version."""
    kept = table("alembic_version", column("version_num"))
    if not inspect(connection).has_table(kept.name):
        return False
    return connection.scalar(select(kept.c.version_num)) == newest()
