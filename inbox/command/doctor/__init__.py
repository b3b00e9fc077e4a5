"""`tregua doctor`: looks at every part and says what to do."""

import json
from collections import Counter
from dataclasses import asdict

import click

from cases.language import gettext as _
from inbox.command.doctor.found import Found, State
from inbox.command.doctor.looking import look

SIGNS = {State.GOOD: "✓", State.WRONG: "✗", State.UNKNOWN: "–"}
COLOURS = {State.GOOD: "green", State.WRONG: "red", State.UNKNOWN: "yellow"}


@click.command(help=_("Check every part, and say what to do. Ends with 1 if something is wrong."))
@click.option("--json", "as_json", is_flag=True, help=_("One JSON object instead of lines."))
def doctor(as_json: bool) -> None:
    found = []
    for one in look():
        found.append(one)
        if not as_json:
            click.echo(_line(one))
    wrong = sum(one.state is State.WRONG for one in found)
    if as_json:
        parts = [asdict(one) for one in found]
        click.echo(json.dumps({"ok": not wrong, "parts": parts}, ensure_ascii=False))
    else:
        click.echo(_conclusion(found))
    if wrong:
        raise click.exceptions.Exit(1)


def _conclusion(found: list[Found]) -> str:
    count = Counter(one.state for one in found)
    if count[State.WRONG]:
        return _("Something is wrong: {n}", n=count[State.WRONG])
    if count[State.UNKNOWN]:
        return _("Nothing is wrong; to be looked at: {n}", n=count[State.UNKNOWN])
    return _("All is well.")


def _line(found: Found) -> str:
    sign = click.style(SIGNS[found.state], fg=COLOURS[found.state])
    advice = f"\n    → {found.advice}" if found.advice else ""
    return f"{sign} {found.part}: {found.said}{advice}"
