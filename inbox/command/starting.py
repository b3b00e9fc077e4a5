"""What a command looks at before it begins: the tables, the port, who works; and where it logs."""

import logging
import socket

import click
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bot.signs import SILENCE, WorkerSign
from cases import clock
from cases.language import gettext as _
from cases.retelling import reason_of
from cases.settings import LINE, settings
from inbox import revision


def log_to_stderr() -> None:
    """What a process of ours has to tell, in the detail that was chosen."""
    logging.basicConfig(level=settings().log, format=LINE)


def need_tables() -> None:
    """Refuse to start where the tables are not those of this version."""
    if not revision.is_current():
        raise click.ClickException(_("The tables are not those of this version. Run: tregua init"))


def somebody_works(session: Session) -> bool:
    """Whether a worker or the poller of that database gave a sign of life of late."""
    of_late = exists().where(WorkerSign.seen_at >= clock.now() - SILENCE)
    return bool(session.scalar(select(of_late)))


def need_port(host: str, port: int, setting: str) -> None:
    """Say in a sentence that the port cannot be had; a server's own words come late and long."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        socket.create_server((host, port), family=family).close()
    except OSError as taken:
        raise click.ClickException(
            _(
                "Nothing can listen on {host}:{port} ({reason})."
                " Stop who does, or choose another: {setting}.",
                host=host,
                port=port,
                reason=reason_of(taken),
                setting=setting,
            )
        ) from taken
