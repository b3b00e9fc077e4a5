"""`tregua simulate`: what would become of the mails of an mbox; nothing is sent or kept."""

import json
from pathlib import Path

import click

from bot import rules as own_rules
from cases import filing
from cases.db import scratch
from cases.language import gettext as _
from cases.retelling import retold
from inbox.command.year.playing import play
from inbox.command.year.shop import Shop
from inbox.intake.known import BadRules, BotRule, Known, read_bot_rules
from inbox.intake.replaying import replay


@click.command(
    help=_(
        "Replay an mbox through origin, threading and policy in a scratch database, or live a"
        " made year of a shop."
    )
)
@click.option("--mbox", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--year", is_flag=True, help=_("A made year of a shop instead."))
@click.option("--days", type=click.IntRange(7, 365), default=365, help=_("Of the year."))
@click.option("--people", type=click.IntRange(100, 100_000), default=3000, help=_("On its list."))
@click.option("--seed", type=int, default=7, help=_("Another year of the same kind."))
@click.option("--own", multiple=True, help=_("An address of ours; may be repeated."))
@click.option("--authserv", multiple=True, help=_("A server whose verdicts are trusted."))
@click.option("--rules", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--trust", type=click.Choice(["all"]), help=_("all: every sender takes part."))
@click.option("--jsonl", "as_json", is_flag=True, help=_("One JSON object a mail."))
def simulate(
    mbox: Path | None,
    year: bool,
    days: int,
    people: int,
    seed: int,
    own: tuple[str, ...],
    authserv: tuple[str, ...],
    rules: Path | None,
    trust: str | None,
    as_json: bool,
) -> None:
    if year:
        _live(Shop(people=people, days=days, seed=seed))
        return
    if mbox is None:
        raise click.UsageError(_("Name an mbox with --mbox, or say --year."))
    known = _known(own, authserv, rules)
    believed = filing.Belief(trust == "all", servers_vouch=bool(authserv), own=known.own)
    with scratch() as session:
        for row in replay(session, mbox, known, believed, _own_rules(rules)):
            click.echo(json.dumps(row, ensure_ascii=False) if as_json else _as_line(row))


def _live(shop: Shop) -> None:
    figures = play(shop)
    for name, value in figures.items():
        click.echo(f"{name:<26} {value}")
    click.echo(json.dumps(figures))


def _known(own: tuple[str, ...], authserv: tuple[str, ...], rules: Path | None) -> Known:
    return Known(
        own=frozenset(address.lower() for address in own),
        authserv_ids=frozenset(server.lower() for server in authserv),
        bots=_bots(rules) if rules else (),
    )


def _bots(file: Path) -> tuple[BotRule, ...]:
    try:
        return read_bot_rules(file)
    except BadRules as wrong:
        raise click.UsageError(retold(str(wrong))) from wrong


def _own_rules(file: Path | None) -> tuple[own_rules.Rule, ...]:
    """The admin's own rules; they may stand in one file with the bots'."""
    try:
        return own_rules.read(file) if file else ()
    except own_rules.BadRule as wrong:
        raise click.UsageError(retold(str(wrong))) from wrong


def _as_line(row: dict[str, object]) -> str:
    return f"{row['n']:>5}  {row['case']:>5}  {row['decision']:<8} {row['rule']} · {row['reason']}"
