"""`tregua work`: one worker, which loads nothing that its queue does not need."""

import logging
import os

import click

from bot import queues
from bot.worker import work as serve_queue
from cases.language import gettext as _
from inbox import revision


def log_to_stderr() -> None:
    """What a process of ours has to tell, in the detail that the environment asks for."""
    logging.basicConfig(
        level=os.environ.get("TREGUA_LOG", "WARNING").upper(),
        format="%(asctime)s %(name)s: %(message)s",
    )


def need_tables() -> None:
    """Refuse to start where the tables are not those of this version."""
    if not revision.is_current():
        raise click.ClickException(_("The tables are not those of this version. Run: tregua init"))


@click.command(help=_("Work on one queue: file, send or tag."))
@click.argument("queue", type=click.Choice(queues.QUEUES))
def work(queue: str) -> None:
    log_to_stderr()
    need_tables()
    serve_queue(queue)
