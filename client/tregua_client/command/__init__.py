"""The command `truce`: asks, and says by its exit code whether anything may be sent."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from tregua_client.client import Client
from tregua_client.command import feed, gates
from tregua_client.refusals import NotAllowed, Refusal

GO, WAVES, REVIEW, NO_GO = 0, 10, 11, 20
CLASSES = (
    *("promotional", "newsletter", "drip", "survey"),
    *("collections", "service_notice", "transactional", "safety_legal"),
)
Run = Callable[[Client, argparse.Namespace], tuple[int, dict[str, Any]]]


def main(words: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    chosen = parser().parse_args(words)
    try:
        code, told = _run(chosen)
    except Refusal as refusal:
        code, told = refusal.code, {"error": type(refusal).__name__, "reason": str(refusal)}
    except OSError as wrong:
        code, told = Refusal.code, {"error": "OSError", "reason": str(wrong)}
    _say(told, as_json=chosen.json, failed="error" in told)
    return code


def _run(chosen: argparse.Namespace) -> tuple[int, dict[str, Any]]:
    if chosen.what == "receipt" and chosen.keys:
        return gates.verify_offline(chosen)
    if not chosen.url or not chosen.token:
        raise NotAllowed("say where and who: --url and --token, or TRUCE_URL and TRUCE_TOKEN")
    with Client(chosen.url, chosen.token) as client:
        run: Run = RUNS[chosen.what]
        return run(client, chosen)


def _say(told: dict[str, Any], *, as_json: bool, failed: bool) -> None:
    stream = sys.stderr if failed and not as_json else sys.stdout
    if as_json:
        stream.write(json.dumps(told, ensure_ascii=False) + "\n")
        return
    for name, value in told.items():
        stream.write(f"{name}: {value}\n")


def check(client: Client, chosen: argparse.Namespace) -> tuple[int, dict[str, Any]]:
    """One person, now."""
    who = {chosen.by: chosen.who}
    verdict = client.check(campaign_class=chosen.klass, topic=chosen.topic, **who)
    told = {"allowed": verdict.allowed, "until": verdict.until}
    return (GO if verdict.allowed else NO_GO), told


def load(client: Client, _chosen: argparse.Namespace) -> tuple[int, dict[str, Any]]:
    """Whether the agents can bear a mailing."""
    told = client.ask("GET", "/v1/load").json()
    codes = {"go": GO, "waves": WAVES, "no_go": NO_GO}
    return codes.get(str(told.get("decision")), NO_GO), told


RUNS: dict[str, Run] = {
    "pull": feed.pull,
    "follow": feed.follow,
    "drop": feed.drop,
    "check": check,
    "gate": gates.gate,
    "receipt": gates.verify_online,
    "load": load,
}


def parser() -> argparse.ArgumentParser:
    """The words the command understands."""
    made = argparse.ArgumentParser(
        prog="truce", description="Asks Tregua who must not be written to now."
    )
    made.add_argument("--url", default=os.environ.get("TRUCE_URL", ""))
    made.add_argument("--token", default=os.environ.get("TRUCE_TOKEN", ""))
    made.add_argument("--json", action="store_true", help="answer as one line of JSON")
    parts = made.add_subparsers(dest="what", required=True)
    _feed_words(parts)
    _asking_words(parts)
    _gate_words(parts)
    return made


def _campaign(one: argparse.ArgumentParser) -> None:
    one.add_argument("--class", dest="klass", choices=CLASSES, default="promotional")
    one.add_argument("--topic", default="")


def _feed_words(parts: Any) -> None:
    for name, words in (
        ("pull", "bring the copy of the feed up to date"),
        ("follow", "keep the copy up to date until Ctrl-C"),
        ("drop", "write the feed as CSV for a tool that imports files"),
    ):
        one = parts.add_parser(name, help=words)
        one.add_argument("--mirror", default="truce.sqlite", help="file of the copy")
        _campaign(one)
        if name == "drop":
            one.add_argument("--dir", required=True, help="where the file is put")
        if name == "follow":
            one.add_argument("--rounds", type=int, default=0, help="end after so many")


def _asking_words(parts: Any) -> None:
    one = parts.add_parser("check", help="may we write to this person now?")
    one.add_argument("who")
    one.add_argument("--by", choices=("address", "phone", "customer_id", "hash"), default="address")
    _campaign(one)
    parts.add_parser("load", help="can the agents bear a mailing?")
    one = parts.add_parser("receipt", help="verify a receipt")
    one.add_argument("verb", choices=("verify",))
    one.add_argument("receipt")
    one.add_argument("--audience", help="CSV it must be about")
    one.add_argument("--keys", help="JSON Web Key Set: verify without asking anybody")


def _gate_words(parts: Any) -> None:
    one = parts.add_parser("gate", help="an audience: who of it may be written to")
    one.add_argument("audience", help="CSV of addresses, or the word refresh or commit")
    one.add_argument("gate", nargs="?", help="id of the gate, for refresh and commit")
    one.add_argument("--campaign", default="")
    one.add_argument("--allowed", help="file for those who may be written to")
    one.add_argument("--excluded", help="file for those who may not")
    one.add_argument("--receipt", help="file for the receipt")
    one.add_argument("--sent", help="CSV of those it was sent to, for commit")
    one.add_argument("--export", action="store_true", help="the list goes into another tool")
    _campaign(one)
