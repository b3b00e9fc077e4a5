"""`tregua demo`: a shop's day with everything embedded, to watch and to take part in."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from cases.language import gettext as _
from inbox.command.demo import greeting, place
from inbox.command.demo.acting import Actor
from inbox.command.demo.checking import Check
from inbox.command.demo.corresponding import read, send
from inbox.command.demo.place import Place
from inbox.command.demo.playing import Playing, play, servers
from inbox.command.run import stop_on_signals
from inbox.embedded.processes import free_port, hold
from inbox.embedded.refusals import CannotStart

FOLDER = Path(".tregua/demo")
WEB = 8080
PAUSE = 2.0
PORT = click.IntRange(0, 65535)


@click.group(
    invoke_without_command=True,
    help=_("A day of an invented shop: mail comes in, cases open, replies leave, while you watch."),
)
@click.option("--fresh", is_flag=True, help=_("Forget an earlier demo and begin anew."))
@click.option("--check", is_flag=True, help=_("No browser: play the day, print figures, end."))
@click.option("--port", type=PORT, default=None, help=_("Port of the pages; 8080 if not said."))
@click.option("--imap-port", type=PORT, default=None, help=_("Port of the IMAP server."))
@click.option("--smtp-port", type=PORT, default=None, help=_("Port of the SMTP server."))
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help=_("Folder of the demo; .tregua/demo if not said."),
)
@click.pass_context
def demo(
    context: click.Context,
    fresh: bool,
    check: bool,
    port: int | None,
    imap_port: int | None,
    smtp_port: int | None,
    data: Path | None,
) -> None:
    context.obj = data or FOLDER
    if context.invoked_subcommand is not None:
        return
    ports = (port, imap_port, smtp_port)
    with _folder(data, check=check) as folder, hold(folder):
        if fresh:
            place.clear(folder)
        _run(_settle(place.made(folder), ports, check=check), check=check)


demo.add_command(send)
demo.add_command(read)


@contextmanager
def _folder(data: Path | None, *, check: bool) -> Iterator[Path]:
    """The folder to play in: a check has one of its own that is gone afterwards."""
    if data is not None or not check:
        yield data or FOLDER
        return
    folder = Path(tempfile.mkdtemp(prefix="tregua-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _settle(
    chosen: Place, ports: tuple[int | None, int | None, int | None], *, check: bool
) -> Place:
    """The ports: as told; else any free ones for a check, and those of before for a demo."""
    web, imap, smtp = ports
    usual = 0 if check else WEB
    chosen.web_port = _free(usual if web is None else web, "--port", _("the pages"))
    chosen.imap_port = _kept(imap, chosen.imap_port or (0 if check else place.IMAP), "--imap-port")
    chosen.smtp_port = _kept(smtp, chosen.smtp_port or (0 if check else place.SMTP), "--smtp-port")
    return chosen


def _kept(told: int | None, usual: int, option: str) -> int:
    """A port that nobody asked for may be another one than usual; one that was asked for not."""
    name = option.removeprefix("--").partition("-")[0].upper()
    if told is not None:
        return _free(told, option, name)
    try:
        return free_port(usual, name=name)
    except CannotStart:
        return 0


def _free(port: int, option: str, name: str) -> int:
    try:
        return free_port(port, name=name)
    except CannotStart as taken:
        raise CannotStart(
            _(
                "{taken} For example: tregua demo {option} {port}",
                taken=taken,
                option=option,
                port=free_port(),
            )
        ) from taken


def _run(chosen: Place, *, check: bool) -> None:
    stopping = stop_on_signals()
    click.echo(_("Starting in {folder}…", folder=chosen.folder))
    with servers(chosen):
        playing = Playing(chosen, stopping, Actor(chosen, stopping, 0 if check else PAUSE))
        checked = Check()
        play(playing, beside=checked.watch if check else greeting.greet)
        if not check:
            click.echo(_("Stopping…"))
    if check:
        checked.verdict(playing)
    elif playing.trouble:
        raise click.ClickException("\n".join(playing.trouble))
    else:
        click.echo(_("The demo has ended. The next start goes on with it."))
