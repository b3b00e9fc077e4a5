"""`tregua demo send` and `tregua demo read`: writing to the running demo, and its replies."""

import secrets
from pathlib import Path

import click

from bot.delivery.smtp import DeliveryFailure
from cases.language import gettext as _
from cases.mail import Address
from cases.retelling import retold
from inbox.command.demo import letters, place, post
from inbox.command.demo.place import Place
from inbox.command.demo.post import Letter
from inbox.command.demo.script import cast
from inbox.intake.imap import ImapFailure

SOMEBODY = "ana@cliente.example"
DATA = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help=_("Folder of the demo, if it is another one."),
)


@click.command(help=_("Write to the shop as a customer while the demo runs."))
@click.option("--from", "sender", default=SOMEBODY, show_default=True, help=_("Who writes."))
@click.option("--subject", default="", help=_("Without one, the text's beginning."))
@click.option("--reply", is_flag=True, help=_("Answer the newest mail in that mailbox."))
@click.argument("text")
@DATA
@click.pass_context
def send(
    context: click.Context, sender: str, subject: str, reply: bool, text: str, data: Path | None
) -> None:
    running = _running(context, data)
    who = _customer(sender)
    answered = _newest(running, who.address) if reply else None
    named = subject or (f"Re: {answered.subject}" if answered else " ".join(text.split())[:60])
    references = (*answered.references, answered.message_id) if answered else ()
    id_ = f"{secrets.token_hex(8)}@{who.address.partition('@')[2]}"
    try:
        content = letters.by_hand(who, named, text, references, id_)
        post.send(who.address, [cast().shop.address], content)
    except ValueError as wrong:
        raise click.UsageError(_("This cannot be written as a mail: {why}.", why=wrong)) from wrong
    except DeliveryFailure as failure:
        raise click.ClickException(retold(str(failure))) from failure
    click.echo(_("Sent to {address}.", address=cast().shop.address))
    click.echo(_read_it_with(running, who.address))


def _read_it_with(running: Place, address: str) -> str:
    if address not in running.passwords:
        return _("{address} has no mailbox here, so a reply would be refused.", address=address)
    return _("Read the reply with: tregua demo read {address}", address=address)


def _customer(text: str) -> Address:
    known = {one.address: one for one in cast().customers.values()}
    return known.get(text.strip().lower()) or Address(text.strip())


@click.command(help=_("Print what a customer's mailbox holds while the demo runs."))
@click.argument("address", default=SOMEBODY)
@DATA
@click.pass_context
def read(context: click.Context, address: str, data: Path | None) -> None:
    running = _running(context, data)
    wanted = address.strip().lower()
    if wanted not in running.passwords:
        boxes = ", ".join(one.address for one in cast().customers.values())
        raise click.UsageError(
            _("There is no mailbox {address}. There are: {boxes}", address=wanted, boxes=boxes)
        )
    found = _mailbox(running, wanted)
    for mail in found:
        click.echo(f"\n{click.style(mail.subject, bold=True)}\n{mail.sender} · {mail.date}\n")
        click.echo(mail.text.strip())
    if not found:
        click.echo(_("Nothing has come to {address} yet.", address=wanted))


def _newest(running: Place, address: str) -> Letter:
    found = _mailbox(running, address) if address in running.passwords else []
    if not found:
        raise click.UsageError(_("Nothing has come to {address} yet.", address=address))
    return found[-1]


def _mailbox(running: Place, address: str) -> list[Letter]:
    try:
        return post.mailbox(running, address)
    except ImapFailure as failure:
        raise click.ClickException(_not_running(running.path)) from failure


def _running(context: click.Context, data: Path | None) -> Place:
    """The demo of that folder, with its settings in the environment."""
    where = data or context.obj
    found = place.found(where)
    if found is None:
        raise click.ClickException(_not_running(where))
    found.enter()
    return found


def _not_running(where: Path) -> str:
    return _("No demo runs in {folder}. Start one with: tregua demo", folder=str(where))
