"""`tregua classify`: the classifiers from the command line."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from cases import db
from cases.language import gettext as _
from cases.settings import settings
from cases.taxonomy import following
from classifiers import versions
from classifiers.classify import model
from classifiers.labels import Labels, Text
from classifiers.places import MODEL

FOLDER = click.Path(file_okay=False, path_type=Path)
MODEL_FOLDER = click.option(
    "--model",
    "folder",
    type=FOLDER,
    default=lambda: versions.current(settings().data),
    show_default=_("the one in use"),
    help=_("Folder of the model."),
)


class BadLine(ValueError):
    """A line of the input is not a JSON object with a text."""


def speak_of_its_tree(folder: Path) -> None:
    """The shipped model knows the shipped tree; any other one that of the installation."""
    if folder != MODEL and db.there_is_one():
        following.follow()


@click.command(
    help=_("Label the texts of standard input: {line} a line.", line='{"id", "subject", "body"}')
)
@click.option("--jsonl", is_flag=True, required=True, help=_("One JSON object a line, in and out."))
@MODEL_FOLDER
def classify(jsonl: bool, folder: Path) -> None:
    speak_of_its_tree(folder)
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
