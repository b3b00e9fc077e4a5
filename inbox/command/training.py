"""`tregua train`, `evaluate` and `model`: making models, judging them, choosing one."""

import json
import time
from pathlib import Path

import click

from cases.correcting.training_words import reason
from cases.language import gettext as _
from cases.settings import settings
from classifiers import evaluate as worth
from classifiers import versions
from classifiers.classify import model as load
from classifiers.examples import CORPUS
from classifiers.train import train as build
from inbox.command.learning import FOLDER, MODEL_FOLDER, speak_of_its_tree
from inbox.intake import nightly, retraining


@click.command(help=_("Learn anew from the corpus and the corrections; used if it is not worse."))
@click.option("--out", type=FOLDER, help=_("Write it to this folder, from the corpus alone."))
@click.option("--corpus", type=FOLDER, default=CORPUS, help=_("Folder of the texts to learn from."))
def train(out: Path | None, corpus: Path) -> None:
    if not any(corpus.glob("*/*.jsonl")):
        raise click.UsageError(_("There are no texts in {folder}.", folder=corpus))
    if out is None:
        _retrain(corpus)
        return
    began = time.monotonic()
    about = build(out, corpus=corpus, say=click.echo)
    for name, value in about.items():
        click.echo(f"{name}: {value}")
    took = f"{time.monotonic() - began:.1f}"
    click.echo(_("{folder} written in {seconds} s", folder=out, seconds=took))


class _Busy(click.ClickException):
    """Somebody else does it, so nothing failed."""

    exit_code = nightly.BUSY


def _retrain(corpus: Path) -> None:
    try:
        outcome = retraining.retrain(corpus=corpus, say=click.echo)
    except retraining.AlreadyTraining as busy:
        raise _Busy(_("Another process trains just now.")) from busy
    for name in ("version", "taught", "exam", "seconds"):
        click.echo(f"{name}: {outcome.told[name]}")
    click.echo(reason(outcome.verdict.reason))


@click.command(help=_("Show what the model is worth on texts it has not learned from."))
@MODEL_FOLDER
@click.option("--json", "as_json", is_flag=True, help=_("Figures as one JSON object."))
def evaluate(folder: Path, as_json: bool) -> None:
    speak_of_its_tree(folder)
    asked = load(folder)
    figures = worth.evaluate(asked)
    retraining.note(asked, folder)
    click.echo(json.dumps(figures) if as_json else "\n".join(worth.lines(figures)))


@click.group(help=_("The models that were trained here, and which of them is used."))
def model() -> None:
    pass


@model.command("list", help=_("Show them, the newest first."))
@click.option("--json", "as_json", is_flag=True, help=_("One JSON object instead of lines."))
def show(as_json: bool) -> None:
    found = versions.listed(settings().data)
    if as_json:
        told = [
            {"name": one.name, "in_use": one.in_use, "version": one.about.get("version", "")}
            for one in found
        ]
        click.echo(json.dumps({"models": told, "latest": versions.latest(settings().data)}))
        return
    for one in found:
        sign = "*" if one.in_use else " "
        shares = " · ".join(f"{name} {one.about[name]}" for name in SHOWN if name in one.about)
        click.echo(f"{sign} {one.name}  {one.about.get('version', '')}  {shares}")


SHOWN = ("texts", "strict", "lenient", "coverage", "threshold")


@model.command("use", help=_("Use that one from now on; workers notice by themselves."))
@click.argument("name")
def choose(name: str) -> None:
    try:
        versions.use(settings().data, name)
    except versions.NoSuchVersion as wrong:
        raise click.ClickException(
            _("There is no model {name}. See: tregua model list", name=name)
        ) from wrong
    click.echo(_("{name} is used now.", name=name))


@model.command("back", help=_("Use what was used before."))
def back() -> None:
    try:
        name = versions.back(settings().data)
    except (versions.NothingBefore, versions.NoSuchVersion) as wrong:
        raise click.ClickException(_("No model was used before this one.")) from wrong
    click.echo(_("{name} is used now.", name=name))
