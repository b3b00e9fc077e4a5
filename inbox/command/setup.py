"""`tregua init`: the database, the secret, and the way in for the first administrator."""

import click

from bot.settings import settings as bot_settings
from cases import clock
from cases.agent import first_run
from cases.db import reading
from cases.language import gettext as _
from cases.settings import settings
from inbox import schema


@click.command(help=_("Make the tables, or bring them up to date. Safe to run again."))
def init() -> None:
    settings().secret()
    schema.upgrade()
    click.echo(_("The database is ready: {url}", url=_without_password(settings().database())))
    greet_the_first()


def greet_the_first() -> None:
    """While nobody may sign in, the link where the first administrator is made."""
    with reading() as session:
        if not first_run.is_empty(session):
            return
    site = bot_settings().public_url.rstrip("/")
    link = f"{site}/welcome/{first_run.token(clock.now())}"
    click.echo(_("Nobody may sign in yet. Make the first account within a day: {link}", link=link))
    click.echo(_("Or here: tregua user add ana@example.com --role admin"))


def _without_password(url: str) -> str:
    before, at, behind = url.rpartition("@")
    return f"{before.partition('://')[0]}://…@{behind}" if at else url
