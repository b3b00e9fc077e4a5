"""`tregua restored`: what has to be done once when a backup was put back, before anything runs."""

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.delivery import uncertain
from cases import clock
from cases.db import transaction
from cases.exclusions import feed
from cases.language import gettext as _
from cases.mailbox import Mailbox, Mode
from inbox.command import noting
from inbox.command.mailboxes.finding import note
from inbox.command.starting import need_tables, somebody_works


@click.command(
    help=_(
        "Say that a backup was put back, before anything is started: nothing is sent twice, and"
        " whoever follows the feed begins anew."
    )
)
def restored() -> None:
    need_tables()
    with transaction() as session:
        if somebody_works(session):
            said = _("Somebody works on this database. Stop all processes, and wait two minutes.")
            raise click.ClickException(said)
        held, boxes = uncertain.doubt_all(session, clock.now()), _quieten(session)
        # What followers know may be of a future that is gone.
        feed.renew_epoch(session)
        noting.note(session, "backup.restored", held)
    click.echo(_("Mails that may have left before, and wait for proof or for people: {n}", n=held))
    for address in boxes:
        click.echo(
            _(
                "{address} answers nobody by itself, since it may have done so before. When the"
                " mail since the backup is in: tregua mailbox mode {address} send",
                address=address,
            )
        )
    click.echo(_("Now start all processes."))


def _quieten(session: Session) -> list[str]:
    """Mail that comes in a second time was perhaps acknowledged the first time."""
    boxes = session.scalars(select(Mailbox).where(Mailbox.mode == Mode.SEND)).all()
    for box in boxes:
        box.mode = Mode.SHADOW
        note(session, "changed", box, mode=Mode.SHADOW.value)
    return sorted(box.address for box in boxes)
