"""`tregua init`: the database, the secret, and the way in for the first administrator."""

import click

from bot.settings import settings as bot_settings
from cases import clock
from cases.agent import first_run
from cases.db import reading
from cases.language import gettext as _
from cases.settings import settings
from inbox import schema
from inbox.settings import settings as inbox_settings


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
    link = f"{_site()}/welcome/{first_run.token(clock.now())}"
    click.echo(_("Nobody may sign in yet. Make the first account within a day: {link}", link=link))
    click.echo(_("Or here: tregua user add ana@example.com --role admin"))


def _site() -> str:
    """Where the pages are: as was told, or else on this machine, where they are served."""
    chosen = bot_settings()
    if "public_url" in chosen.model_fields_set:
        return chosen.public_url.rstrip("/")
    return f"http://127.0.0.1:{inbox_settings().web_port}"


def _without_password(url: str) -> str:
    before, at, behind = url.rpartition("@")
    return f"{before.partition('://')[0]}://…@{behind}" if at else url
