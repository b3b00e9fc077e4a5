"""`tregua mailbox`: the accounts we read, added, tested, counted, paused."""

import click

from cases.db import transaction
from cases.language import gettext as _
from cases.mailbox import Mode
from inbox.command.mailboxes.adding import add
from inbox.command.mailboxes.finding import found, note
from inbox.command.mailboxes.folders import backfill, copies, folder
from inbox.command.mailboxes.granting import authorize, plus
from inbox.command.mailboxes.leaving import leave
from inbox.command.mailboxes.looking import list_all, read, test


@click.group(help=_("The mailboxes that are read."))
def mailbox() -> None:
    pass


for command in (add, test, list_all, read, folder, backfill, copies, authorize, plus, leave):
    mailbox.add_command(command)


@mailbox.command("pause", help=_("Stop reading a mailbox for a while; nothing is lost."))
@click.argument("address")
def pause(address: str) -> None:
    _pause(address, paused=True)
    click.echo(_("{address} is paused.", address=address))


@mailbox.command("resume", help=_("Read a paused mailbox again, from where it stopped."))
@click.argument("address")
def resume(address: str) -> None:
    _pause(address, paused=False)
    click.echo(_("{address} is read again.", address=address))


def _pause(address: str, *, paused: bool) -> None:
    with transaction() as session:
        box = found(session, address)
        box.paused = paused
        note(session, "paused", box, paused=paused)


@mailbox.command("mode", help=_("Let automatic mail leave (send) or only be shown (shadow)."))
@click.argument("address")
@click.argument("mode", type=click.Choice([one.value for one in Mode]))
def change_mode(address: str, mode: str) -> None:
    with transaction() as session:
        box = found(session, address)
        box.mode = Mode(mode)
        note(session, "changed", box, mode=mode)
    click.echo(f"{address}: {mode}")
