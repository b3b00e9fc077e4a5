"""`tregua up`, and two of its processes one by one: serve, poll."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click

from bot import queues
from bot.settings import settings as bot_settings
from cases.language import gettext as _
from cases.settings import settings
from inbox.command.setup import greet_the_first
from inbox.command.starting import log_to_stderr, need_port, need_tables
from inbox.embedded.processes import hold
from inbox.embedded.supervisor import Part, Supervisor
from inbox.embedded.valkey import Valkey
from inbox.intake import poller
from inbox.settings import Settings
from inbox.settings import settings as inbox_settings

ADAPTIVE = "TREGUA_REDIS_URL"


@contextmanager
def redis_if_needed() -> Iterator[dict[str, str]]:
    """A private Valkey where no Redis was named; what its users must find in the environment."""
    if "redis_url" in bot_settings().model_fields_set:
        yield {}
        return
    with Valkey(settings().data / "valkey") as server:
        yield {ADAPTIVE: server.url}


def parts(environment: dict[str, str]) -> list[Part]:
    """The processes of an installation."""
    python = (sys.executable, "-m", "inbox")
    workers = [Part(f"work {name}", (*python, "work", name), environment) for name in queues.QUEUES]
    return [
        Part("serve", (*python, "serve"), environment),
        Part("poll", (*python, "poll"), environment),
        *workers,
    ]


@click.command(help=_("Run everything: web, poller and workers. Ctrl-C ends it all."))
def up() -> None:
    log_to_stderr()
    need_tables()
    stopping = stop_on_signals()
    with hold(settings().data), redis_if_needed() as environment:
        chosen = _need_place()
        supervisor = Supervisor(parts(environment), said=_said)
        with supervisor:
            click.echo(
                _("Tregua is up: http://{host}:{port}", host=chosen.web_host, port=chosen.web_port)
            )
            greet_the_first()
            supervisor.watch(stopping)
            click.echo(_("Stopping…"))


def _need_place() -> Settings:
    """The settings of the inbox, once it is known that its pages can be served there."""
    chosen = inbox_settings()
    need_port(chosen.web_host, chosen.web_port, "TREGUA_WEB_PORT")
    return chosen


def _said(part: Part, status: int, wait: float) -> None:
    click.echo(
        _(
            "{part} ended ({status}); it starts again in {seconds} s.",
            part=part.name,
            status=status,
            seconds=round(wait),
        ),
        err=True,
    )


def stop_on_signals() -> threading.Event:
    """An event that Ctrl-C and SIGTERM set."""
    stopping = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_about: stopping.set())
    return stopping


@click.command(help=_("Serve the pages and the API (gunicorn)."))
def serve() -> None:
    # The server would tell of what is wrong with them again and again, from inside.
    settings().database(), settings().secret(), bot_settings()
    chosen = _need_place()
    command = [
        *(sys.executable, "-m", "gunicorn", "wsgi:app", "--no-control-socket"),
        *("--bind", f"{chosen.web_host}:{chosen.web_port}"),
        *("--threads", str(chosen.web_threads), "--worker-class", "gthread"),
        *("--graceful-timeout", "5", "--log-level", "warning"),
    ]
    os.execv(sys.executable, command)  # noqa: S606  the command is a list made by this program


@click.command(help=_("Read all mailboxes."))
def poll() -> None:
    log_to_stderr()
    need_tables()
    poller.poll(stop_on_signals())
