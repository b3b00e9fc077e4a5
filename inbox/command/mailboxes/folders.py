"""`tregua mailbox folder`, `backfill` and `copies`: which folders, how much past, what is kept."""

from datetime import datetime

import click

from cases import clock
from cases.db import transaction
from cases.language import gettext as _
from cases.language import ngettext
from cases.mailbox import FolderRole, Mailbox, WatchedFolder
from inbox.command.mailboxes.finding import a_day, account, found, note, number_of, outside
from inbox.intake.imap import Connection
from inbox.intake.poller.backfill import backfill as fill
from inbox.intake.poller.backfill import want
from inbox.intake.poller.catching_up import Reading, begin
from inbox.intake.poller.places import places

ROLES = [role.value for role in FolderRole]


def _since(ctx: click.Context, parameter: click.Parameter, said: str | None) -> datetime:
    return a_day(ctx, parameter, said) if said else clock.now()


@click.command("folder", help=_("Read one more folder: further mail, sent answers, or spam."))
@click.argument("address")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="inbox", show_default=True)
@click.option("--from", "start", callback=_since, help=_("A date: older mail comes in as history."))
@click.option("--remove", is_flag=True, help=_("Read it no more."))
def folder(address: str, name: str, role: str, start: datetime, remove: bool) -> None:
    with transaction() as session:
        box = found(session, address)
        box.more_folders[:] = [one for one in box.more_folders if one.name != name]
        session.flush()
        if not remove:
            box.more_folders.append(
                WatchedFolder(
                    name=name, role=FolderRole(role), import_from=start, created_at=clock.now()
                )
            )
        note(session, "changed", box, folder=name)
    said = _("{name} is read no more.", name=name) if remove else _("{name} is read.", name=name)
    click.echo(said)


@click.command("backfill", help=_("Bring in older mail as history: closed, without clocks."))
@click.argument("address")
@click.option("--from", "start", required=True, callback=a_day, help=_("A date: 2026-11-01."))
def backfill(address: str, start: datetime) -> None:
    mailbox_id, stored = number_of(address), 0
    with outside(), Connection(account(address)) as connection:
        _wish(address, start)
        for place, past in places(mailbox_id).items():
            at = Reading(place, past, connection)
            connection.open(place.folder)
            begin(at)
            with transaction() as session:
                want(session, place, start)
            for new in fill(at):
                stored += new
                click.echo(ngettext("{number} mail so far", "{number} mails so far", stored))
    click.echo(ngettext("{number} older mail came in.", "{number} older mails came in.", stored))


def _wish(address: str, start: datetime) -> None:
    """The folders want that much of their past from now on, after a renumbering too."""
    with transaction() as session:
        box = found(session, address)
        note(session, "changed", box, history_from=f"{start:%Y-%m-%d}")
        watched: tuple[Mailbox | WatchedFolder, ...] = (box, *box.more_folders)
        for one in watched:
            if one.import_from is not None:
                one.import_from = min(one.import_from, start)


@click.command("copies", help=_("Whether what is sent is laid into the Sent folder too."))
@click.argument("address")
@click.argument("switch", type=click.Choice(["on", "off"]))
@click.option("--folder", "name", default="", help=_("Its name, if the server does not tell."))
def copies(address: str, switch: str, name: str) -> None:
    with transaction() as session:
        box = found(session, address)
        box.copy_sent = switch == "on"
        box.sent_folder = name or box.sent_folder
        note(session, "changed", box, copy_sent=box.copy_sent)
    click.echo(f"{address}: {switch}")
