"""What the commands about mailboxes share: finding one, reading a date, saying failures."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases.db import reading
from cases.language import gettext as _
from cases.mailbox import Mailbox
from cases.mailbox.xoauth import GrantLost, ProviderAway
from cases.retelling import retold
from inbox.command import noting
from inbox.intake.accounts import account_of
from inbox.intake.imap import Account, ImapFailure


def find(session: Session, address: str) -> Mailbox | None:
    """The mailbox of that address, if there is one."""
    return session.scalars(select(Mailbox).where(Mailbox.address == address.lower())).first()


def found(session: Session, address: str) -> Mailbox:
    """The mailbox of that address, or a sentence that there is none."""
    box = find(session, address)
    if box is None:
        raise click.UsageError(_("There is no mailbox {address}.", address=address))
    return box


def note(session: Session, what: str, box: Mailbox, **data: object) -> None:
    """In the audit log, by the mailbox's address."""
    noting.note(session, f"mailbox.{what}", box.address, **data)


def number_of(address: str) -> int:
    """The mailbox's number."""
    with reading() as session:
        return found(session, address).id


def account(address: str) -> Account:
    """How to sign in to it."""
    with outside():
        known = account_of(number_of(address))
    if known is None:
        raise click.ClickException(_("{address} is paused.", address=address))
    return known


@contextmanager
def outside() -> Iterator[None]:
    """What the server refuses is said in its sentence."""
    try:
        yield
    except (ImapFailure, GrantLost, ProviderAway) as failure:
        raise click.ClickException(retold(str(failure))) from failure


def a_day(_ctx: click.Context, _parameter: click.Parameter, said: str) -> datetime:
    """A date such as 2026-11-01."""
    try:
        return datetime.fromisoformat(said).replace(tzinfo=UTC)
    except ValueError as wrong:
        raise click.BadParameter(_("write a date such as 2026-11-01")) from wrong
