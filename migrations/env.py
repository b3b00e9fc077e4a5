"""Runs the migrations on the database of the settings; knows all owners of tables."""

from alembic import context

import inbox.api
import inbox.spool
import inbox.tokens
import inbox.web.guesses
import inbox.web.sessions  # noqa: F401  these own tables
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
