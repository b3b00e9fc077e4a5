"""Runs the migrations on the database of the settings; knows all owners of tables."""

from alembic import context

import bot.tables
import cases.agent.second_factor
import cases.audit
import cases.catching_up
import cases.correcting.correction
import cases.exclusions.learnt
import cases.exclusions.ours
import cases.exclusions.refading
import cases.macro
import cases.mention
import cases.merging.linking
import cases.people.scale
import cases.people.suggesting
import cases.satisfaction
import cases.taxonomy.rows
import cases.unsent
import inbox.api
import inbox.passage
import inbox.sighting
import inbox.spool
import inbox.tokens
import inbox.web.bulk
import inbox.web.console.lists.rows
import inbox.web.mail.pictures
import inbox.web.public.form_uses
import inbox.web.saved
import inbox.web.signin.guesses
import inbox.web.signin.sessions
from cases.db import Base, engine
from cases.reporting import watching
from cases.rows import going_together
from cases.words import tables

# Imported so that their tables are known; those of `cases` come with its vocabulary.
OWNERS = (
    bot.tables,
    cases.merging.linking,
    cases.macro,
    cases.mention,
    cases.people.scale,
    cases.correcting.correction,
    cases.exclusions.learnt,
    cases.exclusions.ours,
    cases.exclusions.refading,
    cases.people.suggesting,
    cases.audit,
    cases.catching_up,
    cases.satisfaction,
    cases.agent.second_factor,
    cases.taxonomy.rows,
    cases.unsent,
    inbox.api,
    inbox.passage,
    inbox.sighting,
    inbox.spool,
    inbox.tokens,
    inbox.web.console.lists.rows,
    inbox.web.bulk,
    inbox.web.public.form_uses,
    inbox.web.signin.guesses,
    inbox.web.mail.pictures,
    inbox.web.saved,
    inbox.web.signin.sessions,
)


def run() -> None:
    """Upgrade in one transaction: a half-done migration leaves nothing behind."""
    with engine().connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            include_name=tables.is_ours,
        )
        with context.begin_transaction():
            watching.let_go(connection)
            context.run_migrations()
            tables.follow(Base.metadata, connection)
            going_together.follow(Base.metadata, connection)
            watching.follow(Base.metadata, connection)
        # On SQLite each migration ends a transaction of its own, and what follows them another.
        connection.commit()


run()
