"""`tregua work`: one worker, which loads nothing that its queue does not need."""

import click

from bot import queues
from bot.worker import work as serve_queue
from cases.language import gettext as _
from inbox.command.starting import log_to_stderr, need_tables


@click.command(help=_("Work on one queue: file, send or tag."))
@click.argument("queue", type=click.Choice(queues.QUEUES))
def work(queue: str) -> None:
    log_to_stderr()
    need_tables()
    serve_queue(queue)
