"""`tregua mailbox`: the accounts we read, added, tested, paused."""

from datetime import UTC, datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import clock, language
from cases.db import reading, transaction
from cases.language import gettext as _
from cases.mailbox import Mailbox, Mode
from inbox.intake.imap import Account, Connection, ImapFailure
from inbox.intake.accounts import account_of

SECURITY = ("tls", "starttls", "none")


@click.group(help=_("The mailboxes that are read."))
def mailbox() -> None:
    pass


def _start(_ctx: click.Context, _parameter: click.Parameter, said: str) -> datetime | None:
    if said == "now":
        return clock.now()
    if said == "all":
        return None
    try:
        return datetime.fromisoformat(said).replace(tzinfo=UTC)
    except ValueError as wrong:
        raise click.BadParameter(_("write now, all, or a date such as 2026-11-01")) from wrong


@mailbox.command("add", help=_("Read a mailbox. Its password is asked for and kept encrypted."))
@click.argument("address")
@click.option("--host", required=True, help=_("IMAP server."))
@click.option("--port", type=int, default=993, show_default=True)
@click.option("--security", type=click.Choice(SECURITY), default="tls", show_default=True)
@click.option("--user", "account", default="", help=_("If it differs from the address."))
@click.option("--folder", default="INBOX", show_default=True)
@click.option("--name", default="", help=_("Who customers see as the sender."))
@click.option("--language", "speaks", type=click.Choice(language.LANGUAGES), default="es")
@click.option("--from", "start", default="now", callback=_start, help=_("now, all, or a date."))
@click.option("--send/--shadow", default=False, help=_("Whether automatic mail may leave."))
@click.password_option("--password", confirmation_prompt=False)
def add(address: str, password: str, start: datetime | None, send: bool, **said: str) -> None:
    box = Mailbox(
        address=address.strip().lower(),
        name=said["name"],
        language=said["speaks"],
        imap_host=said["host"],
        imap_port=said["port"],
        imap_security=said["security"],
        imap_user=said["account"] or address,
        folder=said["folder"],
        mode=Mode.SEND if send else Mode.SHADOW,
        import_from=start,
        created_at=clock.now(),
    )
    box.keep_password(password)
    with transaction() as session:
        if _find(session, box.address) is not None:
            raise click.UsageError(_("{address} is read already.", address=address))
        session.add(box)
    click.echo(
        _("{address} is read from now on. Try it: tregua mailbox test {address}", address=address)
    )


def _find(session: Session, address: str) -> Mailbox | None:
    return session.scalars(select(Mailbox).where(Mailbox.address == address.lower())).first()


def _found(session: Session, address: str) -> Mailbox:
    box = _find(session, address)
    if box is None:
        raise click.UsageError(_("There is no mailbox {address}.", address=address))
    return box


@mailbox.command("test", help=_("Sign in to a mailbox and say what is there."))
@click.argument("address")
def test(address: str) -> None:
    with reading() as session:
        box = _found(session, address)
        account = account_of(box.id)
    if account is None:
        raise click.ClickException(_("{address} is paused.", address=address))
    try:
        _report(account)
    except ImapFailure as failure:
        raise click.ClickException(str(failure)) from failure


def _report(account: Account) -> None:
    click.echo(_("Signing in to {host}…", host=f"{account.host}:{account.port}"))
    with Connection(account) as connection:
        click.echo(
            _(
                "Signed in. {n} mails in {folder}.",
                n=connection.folder.exists,
                folder=account.folder,
            )
        )
        idle = connection.can_idle()
    click.echo(
        _("New mail is noticed at once.") if idle else _("New mail is asked for each minute.")
    )


@mailbox.command("list", help=_("All mailboxes and how they fare."))
def list_all() -> None:
    with reading() as session:
        for box in session.scalars(select(Mailbox).order_by(Mailbox.address)):
            click.echo(f"{box.address}  {box.mode.value}  {_state(box)}")


def _state(box: Mailbox) -> str:
    if box.paused:
        return _("paused")
    if box.last_error:
        return box.last_error
    return box.last_ok_at.isoformat(timespec="seconds") if box.last_ok_at else _("not read yet")


@mailbox.command("pause", help=_("Stop reading a mailbox for a while; nothing is lost."))
@click.argument("address")
def pause(address: str) -> None:
    with transaction() as session:
        _found(session, address).paused = True
    click.echo(_("{address} is paused.", address=address))


@mailbox.command("resume", help=_("Read a paused mailbox again, from where it stopped."))
@click.argument("address")
def resume(address: str) -> None:
    with transaction() as session:
        _found(session, address).paused = False
    click.echo(_("{address} is read again.", address=address))


@mailbox.command("mode", help=_("Let automatic mail leave (send) or only be shown (shadow)."))
@click.argument("address")
@click.argument("mode", type=click.Choice([one.value for one in Mode]))
def change_mode(address: str, mode: str) -> None:
    with transaction() as session:
        _found(session, address).mode = Mode(mode)
    click.echo(f"{address}: {mode}")
