"""`tregua user`: who may sign in, for the day on which nobody can do it on the page."""

import secrets

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import clock, language
from cases.agent import SHORTEST_PASSWORD, Agent, Role, is_last_admin
from cases.db import reading, transaction
from cases.language import gettext as _
from cases.settings import settings
from inbox.command import noting
from inbox.command.addresses import ADDRESS
from inbox.web.signin import sessions

_password = click.option(
    "--password", default=None, help=_("One that you chose; without it, one is made and shown.")
)


@click.group(help=_("The people who may sign in."))
def user() -> None:
    pass


@user.command("add", help=_("Let somebody sign in; makes a password and shows it once."))
@click.argument("address", type=ADDRESS)
@click.option("--name", default="", help=_("Shown to customers as the sender of answers."))
@click.option("--role", type=click.Choice([role.value for role in Role]), default="agent")
@click.option(
    "--language",
    "speaks",
    type=click.Choice(language.LANGUAGES),
    default=lambda: settings().language,
    help=_("Of their pages."),
)
@_password
def add(address: str, name: str, role: str, speaks: str, password: str | None) -> None:
    chosen = _chosen(password)
    with transaction() as session:
        known = session.scalars(select(Agent).where(Agent.address == address)).first()
        if known is not None:
            raise click.UsageError(_say_known(known))
        session.add(an_agent(address, name, Role(role), speaks, chosen))
        noting.note(session, "user.added", address, role=role)
    click.echo(_("{address} may sign in.", address=address))
    _show(password, chosen)


def _say_known(known: Agent) -> str:
    if known.active:
        return _("{address} may sign in already.", address=known.address)
    return _(
        "{address} was stopped. Let them in again: tregua user start {address}",
        address=known.address,
    )


def an_agent(address: str, name: str, role: Role, speaks: str, password: str) -> Agent:
    """A new agent, not yet in a session."""
    agent = Agent(
        address=address,
        name=name or address.partition("@")[0].capitalize(),
        role=role,
        language=speaks,
        created_at=clock.now(),
    )
    agent.set_password(password)
    return agent


@user.command("password", help=_("Another password for somebody; they are signed out everywhere."))
@click.argument("address", type=ADDRESS)
@_password
def change_password(address: str, password: str | None) -> None:
    chosen = _chosen(password)
    with transaction() as session:
        agent = _found(session, address)
        agent.set_password(chosen)
        sessions.end_all(session, agent.id)
        noting.note(session, "user.password", address)
    click.echo(_("{address} has another password.", address=address))
    _show(password, chosen)


@user.command("list", help=_("Who may sign in."))
def list_users() -> None:
    with reading() as session:
        for agent in session.scalars(select(Agent).order_by(Agent.address)):
            state = "" if agent.active else _(" (may not sign in)")
            click.echo(f"{agent.address}  {agent.role.value}{state}")


@user.command("stop", help=_("Let somebody no longer sign in, from this moment."))
@click.argument("address", type=ADDRESS)
def stop(address: str) -> None:
    with transaction() as session:
        agent = _found(session, address)
        if is_last_admin(session, agent):
            wrong = _("Somebody must run the installation: make another administrator.")
            raise click.UsageError(wrong)
        agent.active = False
        sessions.end_all(session, agent.id)
        noting.note(session, "user.stopped", address)
    click.echo(_("{address} may no longer sign in.", address=address))


@user.command("start", help=_("Let somebody who was stopped sign in again."))
@click.argument("address", type=ADDRESS)
def start(address: str) -> None:
    with transaction() as session:
        _found(session, address).active = True
        noting.note(session, "user.let_in", address)
    click.echo(_("{address} may sign in.", address=address))


def _found(session: Session, address: str) -> Agent:
    agent = session.scalars(select(Agent).where(Agent.address == address)).first()
    if agent is None:
        raise click.UsageError(_("Nobody has the address {address}.", address=address))
    return agent


def _chosen(password: str | None) -> str:
    """The password that was told, or one that is made; too short a one is refused."""
    chosen = password if password is not None else secrets.token_urlsafe(12)
    if len(chosen) < SHORTEST_PASSWORD:
        raise click.UsageError(_("A password needs at least {n} characters.", n=SHORTEST_PASSWORD))
    return chosen


def _show(told: str | None, chosen: str) -> None:
    if told is None:
        click.echo(_("Password: {password} (shown only now)", password=chosen))
