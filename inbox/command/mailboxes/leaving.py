"""`tregua mailbox leave`: an account is read no more, and is as it was before us."""

import time

import click

from cases.db import reading, transaction
from cases.language import gettext as _
from cases.language import say_number
from inbox.command.mailboxes.finding import account, found, note, outside
from inbox.intake.imap import Connection

A_ROUND = 2.0
"""A reader that was in the middle of something marks what it stored, and then sees the pause."""


@click.command("leave", help=_("Read it no more, and take away the marks on its mails."))
@click.argument("address")
@click.option("--wait", type=float, default=A_ROUND, hidden=True)
def leave(address: str, wait: float) -> None:
    known = account(address)
    with transaction() as session:
        box = found(session, address)
        box.paused = True
        note(session, "paused", box, paused=True)
    with reading() as session:
        folders = [name for name, _role in found(session, address).watched()]
    time.sleep(wait)
    with outside(), Connection(known) as connection:
        marks = 0
        for folder in folders:
            connection.open(folder)
            marks += connection.unmark()
    click.echo(
        _(
            "{address} is as it was: {number} marks are gone.",
            address=address,
            number=say_number(marks),
        )
    )
    click.echo(_("What was read stays here: cases, people and exclusions."))
