"""`tregua from-sqlite`: an installation that began on one machine moves to PostgreSQL."""

from pathlib import Path

import click
from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from cases import Contact, Mailbox, db
from cases.agent import Agent
from cases.db import Base
from cases.language import gettext as _
from cases.language import say_number
from cases.message import Message
from cases.reporting import watching
from cases.rows import carrying
from inbox import revision, schema
from inbox.command.noting import note
from inbox.command.starting import somebody_works


@click.command(
    help=_(
        "Bring everything from an SQLite database into the PostgreSQL database of the settings,"
        " which must be empty. The file stays as it is."
    )
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def from_sqlite(file: Path) -> None:
    if db.engine().dialect.name != "postgresql":
        raise click.ClickException(
            _("The settings name no PostgreSQL database. Set TREGUA_DATABASE_URL first.")
        )
    # It also makes all tables known, whoever owns them.
    schema.upgrade()
    with db.another(f"sqlite:///{file}") as source:
        _refuse_unfit(source)
        with db.statements() as target:
            _refuse_used(target)
            watching.let_go(target)
            carrying.carry(source, target, Base.metadata, _tell)
            watching.follow(Base.metadata, target)
    with db.transaction() as session:
        note(session, "database.moved", file.name)
    click.echo(_("All is here. Start all processes; delete the file when you have looked around."))


def _refuse_unfit(source: Connection) -> None:
    """The file must be of this version, and nobody may work on it."""
    if not revision.fits(source):
        raise click.ClickException(
            _(
                "The tables in this file are not those of this version. Run tregua init with"
                " TREGUA_DATABASE_URL=sqlite:///… that names it, and then this again."
            )
        )
    with Session(source) as session:
        if somebody_works(session):
            said = _("Somebody works on this file. Stop all processes, and wait two minutes.")
            raise click.ClickException(said)


def _refuse_used(target: Connection) -> None:
    """What somebody already works with is not written over."""
    for kept in (Mailbox, Message, Contact, Agent):
        if target.scalar(select(kept.id).limit(1)) is not None:
            raise click.ClickException(
                _(
                    "The PostgreSQL database is in use already ({table} has rows)."
                    " Make a new one and name it in TREGUA_DATABASE_URL.",
                    table=kept.__tablename__,
                )
            )


def _tell(name: str, rows: int) -> None:
    if rows:
        click.echo(f"{say_number(rows):>12}  {name}")
