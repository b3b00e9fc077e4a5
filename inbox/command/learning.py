"""`tregua train`, `evaluate` and `classify`: the classifiers from the command line."""

import json
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from cases.language import gettext as _
from classifiers import evaluate as worth
from classifiers import train as training
from classifiers.classify import MODEL, model
from classifiers.examples import CORPUS
from classifiers.labels import Labels, Text

FOLDER = click.Path(file_okay=False, path_type=Path)
MODEL_FOLDER = click.option(
    "--model", "folder", type=FOLDER, default=MODEL, help=_("Folder of the model.")
)


class BadLine(ValueError):
    """A line of the input is not a JSON object with a text."""


@click.command(help=_("Build the classifier anew from the corpus."))
@click.option("--out", type=FOLDER, default=MODEL, help=_("Folder to write the model to."))
@click.option("--corpus", type=FOLDER, default=CORPUS, help=_("Folder of the texts to learn from."))
def train(out: Path, corpus: Path) -> None:
    began = time.monotonic()
    about = training.train(out, corpus=corpus, say=click.echo)
    for name, value in about.items():
        click.echo(f"{name}: {value}")
    took = f"{time.monotonic() - began:.1f}"
    click.echo(_("{folder} written in {seconds} s", folder=out, seconds=took))


@click.command(help=_("Show what the model is worth on texts it has not learned from."))
@MODEL_FOLDER
@click.option("--json", "as_json", is_flag=True, help=_("Figures as one JSON object."))
def evaluate(folder: Path, as_json: bool) -> None:
    figures = worth.evaluate(model(folder))
    click.echo(json.dumps(figures) if as_json else "\n".join(worth.lines(figures)))


@click.command(
    help=_("Label the texts of standard input: {line} a line.", line='{"id", "subject", "body"}')
)
@click.option("--jsonl", is_flag=True, required=True, help=_("One JSON object a line, in and out."))
@MODEL_FOLDER
def classify(jsonl: bool, folder: Path) -> None:
    source = _Lines(sys.stdin.buffer)
    for labels in model(folder).classify(source):
        click.echo(json.dumps(written(labels)))
    if source.bad:
        sys.exit(1)


def written(labels: Labels) -> dict[str, Any]:
    """One line of the output."""
    return {
        "id": labels.id,
        "lang": labels.language,
        "type": labels.type,
        "secondary": labels.secondary,
        "p": round(labels.probability, 4),
        "top3": [{"type": one.type, "p": round(one.probability, 4)} for one in labels.top3],
        "p_complaint": round(labels.complaint, 4),
        "p_negative": round(labels.negative, 4),
        "sentiment": labels.sentiment,
        "anger": round(labels.anger, 2),
        "urgency": round(labels.urgency, 2),
        "signals": list(labels.signals),
        "needs_review": labels.needs_review,
        "model": labels.model,
    }


class _Lines:
    """The texts of a stream, as they come; a bad line is named and passed over."""

    def __init__(self, stream: Iterable[bytes]) -> None:
        self.stream = stream
        self.bad = 0

    def __iter__(self) -> Iterator[Text]:
        for number, line in enumerate(self.stream, start=1):
            if not line.strip():
                continue
            try:
                yield parsed(line)
            except BadLine as error:
                self.bad += 1
                click.echo(_("line {number}: {reason}", number=number, reason=error), err=True)


def parsed(line: bytes) -> Text:
    """A text from one line of the input."""
    try:
        fields = json.loads(line.decode(errors="replace"))
    except (ValueError, RecursionError) as error:
        raise BadLine(_("not JSON ({reason})", reason=error)) from error
    if not isinstance(fields, dict):
        raise BadLine(_("not a JSON object"))
    parts = (fields.get("subject"), fields.get("body"))
    if any(part is not None and not isinstance(part, str) for part in parts):
        raise BadLine(_("subject and body must be text"))
    identity = fields.get("id", "")
    return Text("" if identity is None else str(identity), *(part or "" for part in parts))
