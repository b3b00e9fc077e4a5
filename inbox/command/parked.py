"""`tregua parked`: the mails that wait at the SMTP gate, shown, sent or dropped by hand."""

import json
from collections.abc import Callable, Sequence

import click

from cases.db import transaction
from cases.language import gettext as _
from inbox.command.gates import look_out
from inbox.command.noting import note
from inbox.gateway.gate import Gate
from inbox.gateway.parking import Parked
from inbox.gateway.server import a_gate

Act = Callable[[Gate, Parked], bool]
SHORT = 8
"""So much of a name is enough to tell mails apart."""


@click.group(invoke_without_command=True, help=_("The mails that wait at the SMTP gate."))
@click.option("--json", "as_json", is_flag=True, help=_("One JSON object a line."))
@click.pass_context
def parked(context: click.Context, as_json: bool) -> None:
    if context.invoked_subcommand:
        return
    with a_gate(look_out()) as gate:
        for one in gate.parking.waiting():
            click.echo(json.dumps(_told(one)) if as_json else _line(one))
        if not as_json:
            _conclude(gate)


def _told(one: Parked) -> dict[str, object]:
    mail = one.mail
    return {
        "name": one.name,
        "since": one.since.isoformat(timespec="seconds"),
        "campaign_class": mail.campaign_class.value,
        "campaign": mail.campaign,
        "sender": mail.sender,
        "recipients": len(mail.recipients),
        "bytes": len(mail.content),
        "reason": one.reason,
    }


def _line(one: Parked) -> str:
    said = _told(one)
    to = _("to {n}", n=said["recipients"])
    words = (
        *(one.name[:SHORT], f"{one.since:%Y-%m-%d %H:%M}", said["campaign_class"], to),
        *(said["sender"] or "<>", said["campaign"], one.reason),
    )
    return "  ".join(str(word) for word in words if word)


def _conclude(gate: Gate) -> None:
    count = len(gate.parking)
    if not count:
        click.echo(_("No mail is parked."))
    elif gate.fresh():
        click.echo(_("Parked mails: {n}. They go within a minute if the gate runs.", n=count))
    else:
        click.echo(
            _(
                "Parked mails: {n}. They go when the feed is good again: tregua doctor",
                n=count,
            )
        )
    if damaged := gate.parking.damaged():
        click.echo(_("Files that cannot be read: {n}, in TREGUA_DATA, parked.", n=damaged))


def _choosing(command: Callable[..., None]) -> Callable[..., None]:
    """The words that say which mails, and why."""
    for add in (
        click.option("--reason", required=True, help=_("Why; it stands in the audit log.")),
        click.option("--all", "all_of_them", is_flag=True, help=_("All that wait.")),
        click.argument("names", nargs=-1),
    ):
        command = add(command)
    return command


@parked.command(
    help=_(
        "Send them now by what is known, even if the feed cannot be believed: who is on truce"
        " as far as is known still gets nothing."
    )
)
@_choosing
def release(names: tuple[str, ...], all_of_them: bool, reason: str) -> None:
    def go(gate: Gate, one: Parked) -> bool:
        return gate.release(one, believing=True)

    gone, left = _settle(names, all_of_them, "gate.released", reason, go)
    click.echo(_("Released: {n}.", n=gone))
    if left:
        raise click.ClickException(_("The relay does not take them now: {n} still wait.", n=left))


@parked.command(help=_("Send them to nobody, ever."))
@_choosing
def drop(names: tuple[str, ...], all_of_them: bool, reason: str) -> None:
    def fall(gate: Gate, one: Parked) -> bool:
        gate.drop(one, reason)
        return True

    gone, _left = _settle(names, all_of_them, "gate.dropped", reason, fall)
    click.echo(_("Dropped: {n}.", n=gone))


def _settle(
    names: Sequence[str],
    all_of_them: bool,
    what: str,
    reason: str,
    act: Callable[[Gate, Parked], bool],
) -> tuple[int, int]:
    """How many are settled, and how many still wait."""
    if bool(names) == all_of_them:
        raise click.UsageError(_("Name the mails as `tregua parked` does, or say --all."))
    with a_gate(look_out()) as gate, gate.parking.alone() as mine:
        if not mine:
            raise click.ClickException(_("The gate is sending them just now. Try again."))
        people, done = 0, []
        # One after the other: all of a campaign at once may be more than the memory holds.
        for one in gate.parking.waiting(only=_chosen(gate.parking.names(), names)):
            people += len(one.mail.recipients)
            done.append(act(gate, one))
    with transaction() as session:
        note(session, what, people, reason=reason)
    return done.count(True), done.count(False)


def _chosen(waiting: Sequence[str], names: Sequence[str]) -> set[str]:
    """The whole names of those that are meant; where none is named, all."""
    if not names:
        return set(waiting)
    found = set()
    for name in dict.fromkeys(names):
        matching = [one for one in waiting if one.startswith(name)]
        if len(matching) != 1:
            raise click.UsageError(_("There is not one parked mail {name}.", name=name))
        found.update(matching)
    return found
