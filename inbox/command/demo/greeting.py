"""What the demo says at its beginning and at the end of its day: how to look and take part."""

import click

from cases.language import gettext as _
from inbox.command.demo import checking
from inbox.command.demo.acting import wait_for
from inbox.command.demo.place import Place
from inbox.command.demo.playing import Playing
from inbox.command.demo.script import cast
from inbox.embedded.processes import LOOPBACK

WEB_SECONDS = 90.0


def greet(playing: Playing) -> None:
    """Runs beside the demo: the address as soon as the pages answer, and what to do after."""
    if wait_for(playing.web_answers, playing.stopping, WEB_SECONDS):
        click.echo("\n".join(_welcome(playing)))
    elif not playing.stopping.is_set():
        click.echo(_("The pages do not answer at {url}.", url=playing.url), err=True)
        click.echo(playing.logs(), err=True)
    if checking.is_over(playing, playing.stopping):
        click.echo("\n".join(_take_part(playing.place)))


def _welcome(playing: Playing) -> list[str]:
    place = playing.place
    lucia, nora = cast().staff[0].address, cast().staff[-1].address
    token = place.token
    return [
        "",
        click.style(_("The inbox: {url}", url=playing.url), bold=True),
        _("  sign in as {address} · {password}", address=lucia, password=place.passwords[lucia]),
        _("  as marketing: {address} · {password}", address=nora, password=place.passwords[nora]),
        _("Whom marketing must not write to now:"),
        f"  curl -H 'Authorization: Bearer {token}' {playing.url}/v1/exclusions",
        _("Ctrl-C ends the demo; the next start goes on where it stopped."),
        "",
    ]


def _take_part(place: Place) -> list[str]:
    shop = cast().shop.address
    lines = [
        "",
        click.style(_("The day is over, and the shop stays open. Write to it:"), bold=True),
        "  ./tregua demo send --from ana@cliente.example "
        + _('"The grinder squeaks. What can I do?"'),
        "  ./tregua demo read ana@cliente.example",
        _(
            "or with any mail program: IMAP {host}:{imap}, SMTP {host}:{smtp}, no encryption.",
            host=LOOPBACK,
            imap=place.imap_port,
            smtp=place.smtp_port,
        ),
        _("  the shop is {address}; mailboxes of customers and their passwords:", address=shop),
    ]
    boxes = [one.address for one in cast().customers.values()]
    return [*lines, *(f"  {address:<34} {place.passwords[address]}" for address in boxes), ""]
