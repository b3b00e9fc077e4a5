"""`tregua bench`: what this machine makes of it, beside what the single stages can do alone."""

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

from cases.language import gettext as _

Figures = Mapping[str, Any]
Bench = Callable[[int, str], Figures]

# Name -> how many mails, texts or rounds there are where nobody says.
BENCHES = {
    "ingest": 1000,
    "latency": 40,
    "classify": 960,
    "send": 500,
    "check": 100_000,
    "pages": 100_000,
    "grow": 1_000_000,
    "faults": 120,
}


def _known() -> list[str]:
    return [name for name in BENCHES if find_spec(f"inbox.command.benching.{name}")]


@click.command(
    help=_(
        "Measure this machine, with made mail and servers of its own: mails from IMAP to a"
        " case (ingest), the time until a case and its reply are there (latency), tagging"
        " (classify), sending (send), asking whom one may write to (check), what is lost"
        " when processes are killed (faults), pages with many cases (pages), and what a mail"
        " costs as the store grows (grow)."
    )
)
@click.argument("name", type=click.Choice(_known()))
@click.option("--mails", "number", type=click.IntRange(1), default=None, help=_("How many."))
@click.option(
    "--database",
    default="",
    help=_("URL of an empty database; else a PostgreSQL of its own, or SQLite."),
)
@click.option("--json", "as_json", is_flag=True, help=_("The figures as JSON on the last line."))
def bench(name: str, number: int | None, database: str, as_json: bool) -> None:
    measure: Bench = getattr(import_module(f"inbox.command.benching.{name}"), name)
    figures = measure(number or BENCHES[name], database)
    for key, value in figures.items():
        click.echo(f"{key:<26} {_said(value)}")
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False))


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        return "  ".join(f"{key} {_said(one)}" for key, one in value.items())
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
