"""`tregua init` and `tregua user`: the database, the secret, and who may sign in."""

import secrets

import click
from sqlalchemy import select

from bot.settings import settings as bot_settings
from cases import clock, language
from cases.agent import SHORTEST_PASSWORD, Agent, Role, first_run
from cases.db import reading, transaction
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


@click.group(help=_("The people who may sign in."))
def user() -> None:
    pass


@user.command("add", help=_("Let somebody sign in; asks for a password, or makes one."))
@click.argument("address")
@click.option("--name", default="", help=_("Shown to customers as the sender of answers."))
@click.option("--role", type=click.Choice([role.value for role in Role]), default="agent")
@click.option("--language", "speaks", type=click.Choice(language.LANGUAGES), default="es")
@click.option("--password", default=None, help=_("Taken from here instead of asking."))
def add_user(address: str, name: str, role: str, speaks: str, password: str | None) -> None:
    chosen = password or secrets.token_urlsafe(12)
    check_password(chosen)
    with transaction() as session:
        known = session.scalars(select(Agent).where(Agent.address == address.lower())).first()
        if known is not None:
            raise click.UsageError(_("{address} may sign in already.", address=address))
        session.add(an_agent(address, name, Role(role), speaks, chosen))
    click.echo(_("{address} may sign in.", address=address))
    if password is None:
        click.echo(_("Password: {password} (shown only now)", password=chosen))


def check_password(password: str) -> None:
    """Refuse a password that is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise click.UsageError(_("A password needs at least {n} characters.", n=SHORTEST_PASSWORD))


def an_agent(address: str, name: str, role: Role, speaks: str, password: str) -> Agent:
    """A new agent, not yet in a session."""
    agent = Agent(
        address=address.strip().lower(),
        name=name or address.partition("@")[0].capitalize(),
        role=role,
        language=speaks,
        created_at=clock.now(),
    )
    agent.set_password(password)
    return agent


@user.command("list", help=_("Who may sign in."))
def list_users() -> None:
    with reading() as session:
        for agent in session.scalars(select(Agent).order_by(Agent.address)):
            state = "" if agent.active else _(" (may not sign in)")
            click.echo(f"{agent.address}  {agent.role.value}{state}")


@user.command("stop", help=_("Let somebody no longer sign in."))
@click.argument("address")
def stop_user(address: str) -> None:
    with transaction() as session:
        agent = session.scalars(select(Agent).where(Agent.address == address.lower())).first()
        if agent is None:
            raise click.UsageError(_("Nobody has the address {address}.", address=address))
        agent.active = False
    click.echo(_("{address} may no longer sign in.", address=address))
