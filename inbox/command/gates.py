"""`tregua smtp-gate`, `postfix-policy`: the gates in the path of the mail."""

from collections.abc import Callable

import click
from sqlalchemy.exc import SQLAlchemyError

from cases import clock
from cases.db import reading
from cases.language import gettext as _
from inbox.command.feed import mailboxes_of
from inbox.command.run import stop_on_signals
from inbox.command.starting import log_to_stderr, need_port
from inbox.freshness import Lag, freshness
from inbox.gateway import policy
from inbox.gateway.gate import Gate
from inbox.gateway.server import serving
from inbox.gateway.settings import settings


@click.command(
    "smtp-gate",
    help=_(
        "Stand before the marketing relay: who is on truce gets nothing. Its port and the relay"
        " behind it are settings, TREGUA_GATE_PORT, TREGUA_GATE_RELAY_HOST and"
        " TREGUA_GATE_RELAY_PORT among them; docs/postfix.md and docs/exim.md"
        " have the lines for Postfix and Exim."
    ),
)
def smtp_gate() -> None:
    log_to_stderr()
    over, chosen, fresh = stop_on_signals(), settings(), look_out()
    need_port(chosen.gate_host, chosen.gate_port, "TREGUA_GATE_PORT")
    with serving(fresh) as gate:
        gate.look_again(over.is_set)
        _greet(gate)
        over.wait()


def _greet(gate: Gate) -> None:
    chosen = settings()
    click.echo(
        _(
            "The gate is open on {host}:{port}; what may pass goes on to {relay}.",
            host=chosen.gate_host,
            port=chosen.gate_port,
            relay=f"{chosen.gate_relay_host}:{chosen.gate_relay_port}",
        )
    )
    if not gate.fresh():
        click.echo(_("The feed cannot be believed now, so marketing is parked. See: tregua doctor"))
    if waiting := len(gate.parking):
        click.echo(_("Parked mails: {n}. See: tregua parked", n=waiting))


@click.command(
    "postfix-policy", help=_("Answer Postfix: who is on truce is refused while the mail is told.")
)
def postfix_policy() -> None:
    log_to_stderr()
    over, chosen, fresh = stop_on_signals(), settings(), look_out()
    need_port(chosen.policy_host, chosen.policy_port, "TREGUA_POLICY_PORT")
    with policy.serving(fresh):
        click.echo(_("Postfix can ask on port {port}.", port=chosen.policy_port))
        over.wait()


def look_out() -> Callable[[], bool]:
    """Looks whether the feed can be believed by the gate's brand; no database says no."""
    with reading() as session:
        own = mailboxes_of(session, tuple(settings().gate_mailboxes))

    def is_fresh() -> bool:
        try:
            with reading() as session:
                return freshness(session, clock.now()).for_mailboxes(own).lag is Lag.NONE
        except SQLAlchemyError:
            return False

    return is_fresh
