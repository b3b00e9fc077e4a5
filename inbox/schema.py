"""The tables' versions: bring a database up to date."""

from alembic import command
from alembic.config import Config

from inbox import revision


def config() -> Config:
    """Alembic's configuration, without a file of its own."""
    made = Config()
    made.set_main_option("script_location", str(revision.folder()))
    return made


def upgrade() -> None:
    """Make the tables, or change them to what this version of the program expects."""
    command.upgrade(config(), "head")


def stamp() -> None:
    """Call the tables those of this version: they were made from the models."""
    command.stamp(config(), "head")
