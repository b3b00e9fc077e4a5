"""`tregua mailbox test`, `list` and `read`: how the accounts fare."""

import click
from sqlalchemy import select

from cases import clock
from cases.db import reading
from cases.language import gettext as _
from cases.language import ngettext, say_number
from cases.mailbox import Mailbox
from cases.retelling import retold
from inbox import spool
from inbox.command.mailboxes.finding import account, number_of, outside
from inbox.intake.accounts import account_of
from inbox.intake.imap import Account, Connection
from inbox.intake.poller.counts import count_folder
from inbox.intake.poller.places import places
from inbox.intake.poller.watching import read_once
from inbox.spool import DayCount, Place


@click.command("test", help=_("Sign in to a mailbox and say what is there."))
@click.argument("address")
def test(address: str) -> None:
    known = account(address)
    with outside():
        _report(known)


def _report(known: Account) -> None:
    click.echo(_("Signing in to {host}…", host=f"{known.host}:{known.port}"))
    with Connection(known) as connection:
        there = connection.folder
        click.echo(
            _("Signed in. {n} mails in {folder}.", n=say_number(there.exists), folder=known.folder)
        )
        click.echo(_say_idle(connection.can_idle()))
        if not there.takes_keyword:
            click.echo(_("Nothing is marked in the account; the cursor alone is relied on."))
        click.echo(_("Folders: {names}", names=", ".join(connection.folders())))


def _say_idle(can_idle: bool) -> str:
    return (
        _("New mail is noticed at once.") if can_idle else _("New mail is asked for each minute.")
    )


@click.command("list", help=_("All mailboxes and how they fare."))
@click.option("--counts", is_flag=True, help=_("The server's count beside ours, day by day."))
def list_all(counts: bool) -> None:
    with reading() as session:
        boxes = session.scalars(select(Mailbox).order_by(Mailbox.address)).all()
        lines = [(box.id, f"{box.address}  {box.mode.value}  {_state(box)}") for box in boxes]
    for mailbox_id, line in lines:
        click.echo(line)
        if counts:
            with outside():
                _count(mailbox_id)


def _state(box: Mailbox) -> str:
    if box.paused:
        return _("paused")
    if box.last_error:
        return retold(box.last_error)
    if box.last_ok_at is not None and box.is_silent(clock.now()):
        return _("silent since {at}", at=f"{box.heard_at:%Y-%m-%d %H:%M} UTC")
    return box.last_ok_at.isoformat(timespec="seconds") if box.last_ok_at else _("not read yet")


def _count(mailbox_id: int) -> None:
    known = account_of(mailbox_id)
    if known is None:
        return
    with Connection(known) as connection:
        for place, past in places(mailbox_id).items():
            click.echo(f"  {place.folder}{_taken_away(place)}")
            for day in count_folder(place, past, connection):
                click.echo(f"    {_line(day)}")


def _taken_away(place: Place) -> str:
    with reading() as session:
        known = spool.cursor(session, place)
    gone = known.vanished if known is not None else 0
    return " · " + _("{n} taken away before they were fetched", n=say_number(gone)) if gone else ""


def _line(day: DayCount) -> str:
    said = _(
        "{day}: {there} on the server, {here} here",
        day=day.day,
        there=say_number(day.on_server),
        here=say_number(day.stored),
    )
    return said + (" · " + _("{n} missing", n=say_number(day.missing)) if day.missing else "")


@click.command("read", help=_("Read a mailbox to its end now, and say how much was new."))
@click.argument("address")
def read(address: str) -> None:
    mailbox_id = number_of(address)
    with outside():
        new = read_once(mailbox_id)
    click.echo(ngettext("{number} new mail.", "{number} new mails.", new))
