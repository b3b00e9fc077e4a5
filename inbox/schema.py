"""The tables' versions: bring a database up to date, and tell whether it is."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from cases.db import engine

_HERE = Path(__file__).resolve().parent


def folder() -> Path:
    """Where the migrations lie: beside the packages, or inside the installed one."""
    beside = _HERE.parent / "migrations"
    return beside if beside.exists() else _HERE / "migrations"


def config() -> Config:
    """Alembic's configuration, without a file of its own."""
    made = Config()
    made.set_main_option("script_location", str(folder()))
    return made


def upgrade() -> None:
    """Make the tables, or change them to what this version of the program expects."""
    command.upgrade(config(), "head")


def stamp() -> None:
    """Call the tables those of this version: they were made from the models."""
    command.stamp(config(), "head")


def is_current() -> bool:
    """Whether the database has the tables of this version."""
    with engine().connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found == ScriptDirectory.from_config(config()).get_current_head()
