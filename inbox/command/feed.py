"""`tregua token`: the keys of programs."""

from datetime import timedelta

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from cases import clock
from cases.db import reading, transaction
from cases.exclusions.matrix import CampaignClass
from cases.language import gettext as _
from cases.mailbox import Mailbox
from inbox import tokens
from inbox.command import noting
from inbox.command.addresses import NETWORK
from inbox.tokens import Limits, Scope, Token

SCOPES = [scope.value for scope in Scope]
CLASSES = [name.value for name in CampaignClass]


@click.group(help=_("The keys of programs that ask the API."))
def token() -> None:
    pass


@token.command("issue", help=_("Make a token. It is shown once, and never again."))
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(SCOPES),
    multiple=True,
    required=True,
    help=_("What it may do; give it several times."),
)
@click.option(
    "--class",
    "classes",
    type=click.Choice(CLASSES),
    multiple=True,
    help=_("Only for these campaign classes."),
)
@click.option(
    "--from", "networks", type=NETWORK, multiple=True, help=_("Only from this network (CIDR).")
)
@click.option("--days", type=click.IntRange(1, 3650), default=None, help=_("Ends after so long."))
@click.option(
    "--mailbox", "boxes", multiple=True, help=_("It sends for this mailbox's brand alone.")
)
@click.option("--quota", type=click.IntRange(1), default=None, help=_("Addresses a day."))
def issue(
    name: str,
    scopes: tuple[str, ...],
    classes: tuple[str, ...],
    networks: tuple[str, ...],
    boxes: tuple[str, ...],
    days: int | None,
    quota: int | None,
) -> None:
    ends = clock.now() + timedelta(days=days) if days is not None else None
    with transaction() as session:
        limits = Limits(classes, networks, ends, quota, mailboxes_of(session, boxes))
        text = tokens.issue(session, name, frozenset(map(Scope, scopes)), limits)
        session.flush()
        made = _found(session, text.split("_")[1])
        key = made.hash_key
        _note(session, "token.issued", made, scopes=made.scopes, days=days or "")
    click.echo(text)
    click.echo(_("Key of its hashes: {key}", key=key), err=True)
    click.echo(_("Keep both now: they are not shown again."), err=True)


def mailboxes_of(session: Session, addresses: tuple[str, ...]) -> tuple[int, ...]:
    wanted = {one.lower() for one in addresses}
    rows = session.execute(select(Mailbox.id, Mailbox.address).where(Mailbox.address.in_(wanted)))
    found = {row[1]: row[0] for row in rows}
    if missing := wanted - set(found):
        raise click.UsageError(_("there is no mailbox {address}", address=min(missing)))
    return tuple(sorted(found.values()))


@token.command("list", help=_("All tokens, what they may do, and when they were last used."))
def list_all() -> None:
    with reading() as session:
        for one in session.scalars(select(Token).order_by(Token.id)):
            used = one.last_used_at.date().isoformat() if one.last_used_at else _("never used")
            click.echo(f"{one.prefix}  {one.name}  {','.join(one.scopes)}  {used}{_state(one)}")


def _state(one: Token) -> str:
    if one.revoked_at is not None:
        return _("  (revoked)")
    if not one.lives(clock.now()):
        return _("  (expired)")
    return _("  (asked for more than its quota)") if one.alarmed_at is not None else ""


@token.command("revoke", help=_("Let a token work no longer, from this moment."))
@click.argument("prefix")
def revoke(prefix: str) -> None:
    with transaction() as session:
        one = _found(session, prefix)
        one.revoked_at = clock.now()
        _note(session, "token.revoked", one)
    click.echo(_("{prefix} works no longer.", prefix=prefix))


@token.command("rotate", help=_("A new secret for a token; the old one works for a week more."))
@click.argument("prefix")
def rotate(prefix: str) -> None:
    with transaction() as session:
        one = _found(session, prefix)
        text = tokens.rotate(one)
        _note(session, "token.rotated", one)
    click.echo(text)


def _note(session: Session, what: str, one: Token, **data: object) -> None:
    noting.note(session, what, f"{one.name} ({one.prefix})", **data)


def _found(session: Session, prefix: str) -> Token:
    one = session.scalars(select(Token).where(Token.prefix == prefix)).one_or_none()
    if one is None:
        raise click.UsageError(_("There is no token {prefix}.", prefix=prefix))
    return one
