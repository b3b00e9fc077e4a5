"""`tregua mailbox authorize` and `plus`: signing in without password, trying the plus-address."""

import click

from bot.delivery import plus_trial
from bot.delivery.smtp import DeliveryFailure
from cases import clock
from cases.db import reading, transaction
from cases.language import gettext as _
from cases.mailbox import xoauth
from cases.mailbox.xoauth import PROVIDERS
from cases.retelling import retold
from inbox.command.mailboxes.finding import found, note, outside


@click.command("authorize", help=_("Sign in to Gmail or Microsoft 365 in a browser (OAuth)."))
@click.argument("address")
@click.option("--provider", type=click.Choice(list(PROVIDERS)), required=True)
@click.option("--client-id", required=True, help=_("Of the application that you registered there."))
@click.option("--client-secret", prompt=True, hide_input=True, default="", show_default=False)
def authorize(address: str, provider: str, client_id: str, client_secret: str) -> None:
    with reading() as session:
        user = found(session, address).imap_user
    asked = xoauth.question(PROVIDERS[provider], client_id, user)
    click.echo(_("Open this address, agree, and copy the address you are sent to:"))
    click.echo(asked.url)
    came_back = click.prompt(_("The address you were sent to"))
    client = {"client_id": client_id, "client_secret": client_secret}
    with outside():
        grant = xoauth.granted(PROVIDERS[provider], client, asked, came_back)
    with transaction() as session:
        box = found(session, address)
        box.keep_grant(grant)
        note(session, "granted", box, provider=provider)
    click.echo(_("Granted. Try it: tregua mailbox test {address}", address=address))


@click.command("plus", help=_("Try whether mail to name+something@… arrives in the mailbox."))
@click.argument("address")
def plus(address: str) -> None:
    with transaction() as session:
        box = found(session, address)
        box.plus_works, box.plus_tried_at = False, clock.now()
    try:
        plus_trial.send(box)
    except DeliveryFailure as failure:
        raise click.ClickException(retold(str(failure))) from failure
    click.echo(_("A mail is on its way. When it arrives, replies are asked for at that address."))
