"""`tregua sandbox`: the API with invented people alone, for those who connect a sending tool."""

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from cases import clock
from cases.exclusions.reasons import Reason
from cases.language import gettext as _
from inbox import schema
from inbox.api import jobs
from inbox.command.run import stop_on_signals
from inbox.command.sandbox import people, senders
from inbox.embedded.processes import LOOPBACK, free_port
from inbox.embedded.supervisor import Part, Supervisor

PORT = 8090
TURNS = 30.0
"""Seconds until who comes and goes does so."""


@click.command(
    help=_(
        "The API with invented people alone: one for each reason, a token for each weather. For"
        " whoever connects a sending tool; no real person is ever in it."
    )
)
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True)
@click.option("--host", default=LOOPBACK, show_default=True, help=_("Where it listens."))
def sandbox(port: int, host: str) -> None:
    stopping = stop_on_signals()
    with _folder() as folder:
        _enter(folder, host, free_port(port, name=_("the sandbox")))
        schema.upgrade()
        people.settle(clock.now())
        server = Part("serve", (sys.executable, "-m", "inbox", "serve"), dict(os.environ))
        with Supervisor([server], said=lambda *_about: None) as supervisor:
            _greet(f"http://{host}:{os.environ['TREGUA_WEB_PORT']}")
            turning = threading.Thread(target=_turn, args=(stopping,), daemon=True)
            turning.start()
            supervisor.watch(stopping)
            turning.join()


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder that is gone afterwards: a new start is a new epoch."""
    folder = Path(tempfile.mkdtemp(prefix="tregua-sandbox-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _enter(folder: Path, host: str, port: int) -> None:
    """Be an installation of its own: nothing of a real one is known here."""
    for name in [name for name in os.environ if name.startswith("TREGUA_")]:
        del os.environ[name]
    os.environ |= {
        "TREGUA_CONFIG": str(folder / "none.toml"),
        "TREGUA_DATA": str(folder),
        "TREGUA_SANDBOX": "true",
        "TREGUA_WEBHOOKS_TO_PRIVATE_NETWORKS": "true",
        "TREGUA_WEB_HOST": host,
        "TREGUA_WEB_PORT": str(port),
    }


def _turn(stopping: threading.Event) -> None:
    held = False
    while not stopping.wait(TURNS):
        held = not held
        people.go_on(clock.now(), held=held)
        jobs.sweep_feed()
        jobs.tell_webhooks()


def _greet(url: str) -> None:
    click.echo(_("The sandbox is open: {url}. Ctrl-C ends it.", url=url))
    what = {
        "full": _("may do all that a sender may, and sees reasons and addresses"),
        "plain": _("sees whether and until when, and no more"),
        "behind": _("mail has not been read for 5 minutes: marketing waits"),
        "stopped": _("mail has not been read for an hour: nothing of marketing is allowed"),
        "spent": _("after one address its quota is used up: 429"),
    }
    for name in senders.TOKENS:
        click.echo(f"  {senders.text(name):<22} {what[name]}")
    click.echo(
        _(
            "Held, each for the reason that the name says: {one}, {other} and so on; all others"
            " are free.",
            one=people.address(Reason.OPEN_CASE),
            other=people.address(Reason.UNSUBSCRIBED_ALL),
        )
    )
    click.echo(_("See docs/feed.md: Trying it first."))
