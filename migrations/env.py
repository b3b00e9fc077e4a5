"""Runs the migrations on the database of the settings; knows all owners of tables."""

from alembic import context

import bot.outbox  # noqa: F401  owns tables
import inbox.api
import inbox.spool
import inbox.tokens  # noqa: F401  owns a table
from cases.db import Base, engine


def run() -> None:
    """Upgrade in one transaction: a half-done migration leaves nothing behind."""
    with engine().connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
