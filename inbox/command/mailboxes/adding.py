"""`tregua mailbox add`: an account to read, how much of its past, what may be changed in it."""

from datetime import datetime

import click

from cases import clock, language
from cases.db import transaction
from cases.language import gettext as _
from cases.mailbox import Mailbox, Mode
from cases.settings import settings
from inbox.command.addresses import ADDRESS
from inbox.command.mailboxes.finding import a_day, find, note
from inbox.intake.poller.places import EVER

SECURITY = ("tls", "starttls", "none")


def _start(ctx: click.Context, parameter: click.Parameter, said: str) -> datetime:
    if said in ("now", "all"):
        return clock.now() if said == "now" else EVER
    try:
        return a_day(ctx, parameter, said)
    except click.BadParameter as wrong:
        raise click.BadParameter(_("write now, all, or a date such as 2026-11-01")) from wrong


@click.command("add", help=_("Read a mailbox. Its password is asked for and kept encrypted."))
@click.argument("address", type=ADDRESS)
@click.option("--host", required=True, help=_("IMAP server."))
@click.option("--port", type=click.IntRange(1, 65535), default=993, show_default=True)
@click.option("--security", type=click.Choice(SECURITY), default="tls", show_default=True)
@click.option("--user", "account", default="", help=_("If it differs from the address."))
@click.option("--folder", default="INBOX", show_default=True)
@click.option("--name", default="", help=_("Who customers see as the sender."))
@click.option(
    "--language",
    "speaks",
    type=click.Choice(language.LANGUAGES),
    default=lambda: settings().language,
    help=_("What we write in where the customer's is not known."),
)
@click.option(
    "--from",
    "start",
    default="now",
    callback=_start,
    help=_("now, all, or a date: older mail comes in as history, without clocks and replies."),
)
@click.option("--send/--shadow", default=False, help=_("Whether automatic mail may leave."))
@click.option("--read-only", is_flag=True, help=_("Change nothing in the account."))
@click.option("--copy-sent", is_flag=True, help=_("Lay what is sent into the Sent folder too."))
@click.option(
    "--password",
    prompt=True,
    hide_input=True,
    help=_("Leave it empty where tregua mailbox authorize will follow."),
)
def add(address: str, password: str, start: datetime, **said: str) -> None:
    now = clock.now()
    box = Mailbox(
        address=address,
        name=said["name"],
        language=said["speaks"],
        imap_host=said["host"],
        imap_port=said["port"],
        imap_security=said["security"],
        imap_user=said["account"] or address,
        folder=said["folder"],
        read_only=said["read_only"],
        copy_sent=said["copy_sent"],
        mode=Mode.SEND if said["send"] else Mode.SHADOW,
        import_from=min(start, now),
        created_at=now,
    )
    if password:
        box.keep_password(password)
    with transaction() as session:
        if find(session, box.address) is not None:
            raise click.UsageError(_("{address} is read already.", address=address))
        session.add(box)
        note(session, "added", box)
    click.echo(
        _("{address} is read from now on. Try it: tregua mailbox test {address}", address=address)
    )
