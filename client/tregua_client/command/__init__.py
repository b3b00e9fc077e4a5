"""The command `truce`: asks, and says by its exit code whether anything may be sent."""

import argparse
import csv
import json
import sqlite3
import sys
from collections.abc import Callable, Sequence
from typing import Any

from tregua_client.client import Client
from tregua_client.command import asking, feed, gates
from tregua_client.command.words import parser
from tregua_client.refusals import NotAllowed, Refusal

Run = Callable[[Client, argparse.Namespace], tuple[int, dict[str, Any]]]
RUNS: dict[str, Run] = {
    "pull": feed.pull,
    "follow": feed.follow,
    "drop": feed.drop,
    "check": asking.check,
    "sift": asking.sift,
    "tell": asking.tell,
    "load": asking.load,
    "gate": gates.gate,
    "receipt": gates.verify_online,
}


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    chosen = parser().parse_args(words)
    try:
        code, told = _run(chosen)
    except Refusal as refusal:
        code, told = refusal.code, {"error": type(refusal).__name__, "reason": str(refusal)}
    except sqlite3.Error as wrong:
        code, told = Refusal.code, {"error": "Mirror", "reason": f"the copy is no copy: {wrong}"}
    except (OSError, csv.Error) as wrong:
        code, told = Refusal.code, {"error": type(wrong).__name__, "reason": str(wrong)}
    except KeyboardInterrupt:
        return 130
    _say(told, as_json=chosen.json, failed="error" in told)
    return code


def _run(chosen: argparse.Namespace) -> tuple[int, dict[str, Any]]:
    if chosen.what == "receipt" and chosen.keys:
        return gates.verify_offline(chosen)
    if not chosen.url or not chosen.token:
        raise NotAllowed("say where and who: --url and --token, or TRUCE_URL and TRUCE_TOKEN")
    with Client(chosen.url, chosen.token, test=chosen.test) as client:
        return RUNS[chosen.what](client, chosen)


def _say(told: dict[str, Any], *, as_json: bool, failed: bool) -> None:
    stream = sys.stderr if failed and not as_json else sys.stdout
    if as_json:
        stream.write(json.dumps(told, ensure_ascii=False) + "\n")
        return
    known = {name: value for name, value in told.items() if value is not None}
    for name, value in known.items():
        stream.write(f"{name}: {value}\n")
