"""`tregua contacts`, `orders` and `topics`: what the shop knows, in and out as CSV."""

import io
from collections.abc import Callable
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from cases import clock
from cases.consent import Topic
from cases.consent import topics as all_topics
from cases.db import FILING, reading, transaction
from cases.language import gettext as _
from cases.language import say_number
from cases.people import files
from cases.people.files import Outcome, Row, Wrong
from cases.retelling import retold

AT_ONCE = 500
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(help=_("The people we talk with."))
def contacts() -> None:
    pass


@contacts.command("import", help=_("Take people from a CSV; an empty cell changes nothing."))
@click.argument("file", type=FILE)
def import_contacts(file: Path) -> None:
    _import(file, partial(files.take_contact, at=clock.now()))


@contacts.command("export", help=_("Write all people to a CSV."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_contacts(file: Path) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as out, reading() as session:
        count = files.write_contacts(session, out)
    click.echo(_("{number} people written.", number=say_number(count)))


@click.group(help=_("What customers bought."))
def orders() -> None:
    pass


@orders.command(
    "import", help=_("Take orders from a CSV; what is told again is brought up to date.")
)
@click.argument("file", type=FILE)
def import_orders(file: Path) -> None:
    _import(file, partial(files.take_order, at=clock.now(), by="import"))


def _import(path: Path, act: Callable[[Session, Row], None]) -> None:
    """Line by line, some hundred at a time, so that mail is not held up meanwhile."""
    whole = Outcome()
    try:
        with io.TextIOWrapper(path.open("rb"), "utf-8-sig", errors="replace", newline="") as file:
            lines = files.rows(file)
            while some := list(islice(lines, AT_ONCE)):
                with transaction(lock=FILING) as session:
                    outcome = files.take(session, some, act)
                whole.taken += outcome.taken
                whole.refused += outcome.refused
    except Wrong as wrong:
        raise click.ClickException(retold(str(wrong))) from wrong
    click.echo(_("{number} lines taken.", number=say_number(whole.taken)))
    for number, why in whole.refused[:50]:
        said = _("Line {number} was not taken: {why}", number=number, why=retold(why))
        click.echo(said, err=True)
    if whole.refused:
        raise click.exceptions.Exit(1)


@click.group(help=_("What the shop writes about, which people can want or not."))
def topics() -> None:
    pass


@topics.command("set", help=_("Add a topic, or name it anew."))
@click.argument("code")
@click.option("--es", required=True, help=_("Its name in Spanish."))
@click.option("--en", required=True, help=_("Its name in English."))
def set_topic(code: str, es: str, en: str) -> None:
    with transaction() as session:
        session.merge(Topic(code=code[:100], name_es=es, name_en=en, retired_at=None))


@topics.command("list", help=_("All topics."))
def list_topics() -> None:
    with reading() as session:
        for one in all_topics(session):
            click.echo(f"{one.code}\t{one.name_es}\t{one.name_en}")


@topics.command("retire", help=_("Offer a topic no longer; what people refused stays refused."))
@click.argument("code")
def retire(code: str) -> None:
    with transaction() as session:
        topic: Any = session.get(Topic, code)
        if topic is None:
            raise click.ClickException(_("There is no such topic."))
        topic.retired_at = clock.now()
