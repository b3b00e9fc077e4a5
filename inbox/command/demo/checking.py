"""`tregua demo --check`: the day without a browser, and one line of figures at its end."""

import json
import threading
import time
from dataclasses import asdict

import click

from cases.language import gettext as _
from inbox.command.demo import settled
from inbox.command.demo.acting import wait_for
from inbox.command.demo.playing import Playing

LONGEST = 240.0
WEB_LONGEST = 60.0


class Check:
    """Waits for the end of the day, stops the demo, and knows how it went."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.wrong = ""
        self.count: settled.Count | None = None

    def watch(self, playing: Playing) -> None:
        """Runs beside the demo."""
        stopping = playing.stopping
        if wait_for(lambda: settled.count().cases > 0, stopping, LONGEST):
            seconds = round(time.monotonic() - self._began, 1)
            click.echo(_("The first case is there after {seconds} s.", seconds=seconds))
        left = LONGEST - (time.monotonic() - self._began)
        if not wait_for(lambda: _over(playing), stopping, left):
            self.wrong = self._why(playing)
        elif not wait_for(playing.web_answers, stopping, WEB_LONGEST):
            self.wrong = _("The pages do not answer at {url}.", url=playing.url)
        else:
            self.count = settled.count()
        playing.stopping.set()

    def _why(self, playing: Playing) -> str:
        left = settled.still_open()
        return _(
            "The day was not over after {seconds} s: step {step}, {unfiled} mails not filed,"
            " {unsent} not sent, {untagged} not tagged.",
            seconds=round(LONGEST),
            step=playing.actor.doing,
            **asdict(left),
        )

    def verdict(self, playing: Playing) -> None:
        """Print the figures, or say what went wrong and end with 1."""
        if self.count is None:
            trouble = [*playing.trouble, self.wrong or _("It was interrupted."), playing.logs()]
            raise click.ClickException("\n".join(trouble))
        click.echo(json.dumps(asdict(self.count)))
        if self.count.failures:
            raise click.exceptions.Exit(1)


def _over(playing: Playing) -> bool:
    """Whether the whole day was played and nothing is under way any more."""
    if not playing.actor.finished.is_set() or not settled.still_open().nothing:
        return False
    count = settled.count()
    return count.replies + count.silences >= settled.due()


def is_over(playing: Playing, stopping: threading.Event) -> bool:
    """Wait for the end of the day; False if the demo ended before."""
    return wait_for(lambda: _over(playing), stopping, float("inf"))
