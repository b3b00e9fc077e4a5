"""truce check, sift, load and tell: one person, a list, the load, and what the sender knows."""

import argparse
from pathlib import Path
from typing import Any

from tregua_client.client import Client
from tregua_client.command import files
from tregua_client.names import normalised
from tregua_client.refusals import NoGo, Refusal

GO, WAVES = 0, 10
LISTS = frozenset({"clicked"})
Told = tuple[int, dict[str, Any]]


def check(client: Client, chosen: argparse.Namespace) -> Told:
    """One person, now."""
    who = {chosen.by: chosen.who, "match": chosen.match}
    verdict = client.check(campaign_class=chosen.klass, topic=chosen.topic, **who)
    told = {"allowed": verdict.allowed, "until": verdict.until}
    return (GO if verdict.allowed else NoGo.code), told


def sift(client: Client, chosen: argparse.Namespace) -> Told:
    """A list, now. What cannot be an address is held back."""
    # Whoever stands there twice would be written to twice.
    once = {normalised(one): one for one in files.read(chosen.list)}
    names = list(once.values())
    told = client.check_many(
        names, campaign_class=chosen.klass, topic=chosen.topic, match=chosen.match
    )
    allowed = [name for name, one in zip(names, told, strict=True) if one.allowed]
    held = [
        (name, one.until or "", one.error)
        for name, one in zip(names, told, strict=True)
        if not one.allowed
    ]
    column = files.FORMATS[chosen.format]
    if chosen.allowed:
        files.write(Path(chosen.allowed), (column,), ((one,) for one in allowed))
    if chosen.excluded:
        files.write(Path(chosen.excluded), (column, "until", "error"), held)
    invalid = sum(bool(one.error) for one in told)
    return GO, {"allowed": len(allowed), "excluded": len(held), "invalid": invalid}


def load(client: Client, chosen: argparse.Namespace) -> Told:
    """Whether the agents can bear a mailing."""
    told = client.load(chosen.audience, campaign_class=chosen.klass)
    codes = {"go": GO, "waves": WAVES}
    return codes.get(str(told["decision"]), NoGo.code), told


def tell(client: Client, chosen: argparse.Namespace) -> Told:
    """What was sent, or who is to get nothing more; the same file twice changes nothing."""
    names, *rows = files.rows(chosen.file) or [[]]
    if "event_id" not in names:
        raise Refusal("the first line names the columns: event_id, address and so on")
    items = [_item(dict(zip(names, row, strict=False))) for row in rows]
    counts = client.touches(items) if chosen.kind == "touches" else client.suppressions(items)
    return GO, dict(counts)


def _item(row: dict[str, str]) -> dict[str, Any]:
    """A row without its empty cells; a list is written with spaces between."""
    said = {name: value for name, value in row.items() if name and value}
    return {name: value.split() if name in LISTS else value for name, value in said.items()}
