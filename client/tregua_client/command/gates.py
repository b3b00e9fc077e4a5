"""truce gate and truce receipt: an audience, its late check, its report, and the proof."""

import argparse
import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from tregua_client import receipt as receipts
from tregua_client.asking import understood
from tregua_client.client import Client
from tregua_client.command import files
from tregua_client.gate import Override, refreshed, reported
from tregua_client.names import looks_right, normalised
from tregua_client.refusals import Forged, NoAnswer, NoGo, Refusal

CODES = {"go": 0, "waves": 10, "review": 11, "no_go": NoGo.code}
Told = tuple[int, dict[str, Any]]


def gate(client: Client, chosen: argparse.Namespace) -> Told:
    """An audience, or the late check or report of one that was brought before."""
    if chosen.audience in ("refresh", "commit"):
        if not chosen.gate:
            raise Refusal(f"say of which gate: truce gate {chosen.audience} ID")
        run = _refresh if chosen.audience == "refresh" else _commit
        return run(client, chosen)
    return _open(client, chosen)


def _open(client: Client, chosen: argparse.Namespace) -> Told:
    if not chosen.campaign:
        raise Refusal("say for which campaign: --campaign NAME")
    audience = files.read(chosen.audience)
    made = client.gate(
        campaign=chosen.campaign,
        audience=audience,
        klass=chosen.klass,
        topic=chosen.topic,
        match=chosen.match,
        export=chosen.export,
        override=_override(chosen),
    )
    if chosen.receipt:
        Path(chosen.receipt).write_text(made.receipt + "\n")
    if made.decision != "no_go":
        _write(chosen, chosen.allowed, made.allowed())
    _write(chosen, chosen.excluded, made.excluded())
    told = {"gate": made.id, "decision": made.decision, "excluded": made.told["excluded"]["n"]}
    told |= {"audience": made.told["audience"]["n"], "lease_until": made.told["lease_until"]}
    told |= {"invalid": sum(not looks_right(normalised(one)) for one in audience)}
    if made.max_per_hour is not None:
        told |= {"max_per_hour": made.max_per_hour, "not_before": made.not_before}
    return CODES.get(made.decision, NoGo.code), told


def _override(chosen: argparse.Namespace) -> Override | None:
    if not chosen.override_stale:
        return None
    if not chosen.who:
        raise Refusal("say who answers for it: --who NAME")
    return Override(chosen.override_stale, chosen.who)


def _write(chosen: argparse.Namespace, path: str | None, addresses: Any) -> None:
    if path:
        column = files.FORMATS[chosen.format]
        files.write(Path(path), (column,), ((one,) for one in addresses))


def _refresh(client: Client, chosen: argparse.Namespace) -> Told:
    told, late = refreshed(client, chosen.gate)
    _write(chosen, chosen.excluded, late)
    if chosen.receipt:
        Path(chosen.receipt).write_text(str(told["receipt"]) + "\n")
    decision = str(told["decision"])
    said = {"gate": chosen.gate, "decision": decision, "late": late}
    return CODES.get(decision, NoGo.code), said


def _commit(client: Client, chosen: argparse.Namespace) -> Told:
    if not chosen.sent:
        raise Refusal("say to whom it was sent: --sent FILE")
    told = reported(client, chosen.gate, files.read(chosen.sent))
    said = {"gate": chosen.gate, "status": told["status"]}
    said |= {"offenders": told.get("offenders", [])}
    return (0 if told["status"] == "honoured" else NoGo.code), said


def verify_offline(chosen: argparse.Namespace) -> Told:
    """A receipt against keys that were fetched before."""
    text = Path(chosen.receipt).read_text()
    try:
        keys = json.loads(Path(chosen.keys).read_text())
    except ValueError as wrong:
        raise Forged("these are no keys") from wrong
    audience = files.read(chosen.audience) if chosen.audience else None
    found = receipts.verify(text, keys, now=time.time(), audience=audience, test=chosen.test)
    return CODES.get(found.decision, NoGo.code), {"valid": True, **found.claims}


def verify_online(client: Client, chosen: argparse.Namespace) -> Told:
    """The same with keys and time of the installation."""
    answer = client.ask("GET", "/.well-known/jwks.json")
    keys = understood(answer, "keys")
    head = client.ask("GET", "/v1/feed")
    now = _instant(understood(head, "server_time")["server_time"])
    audience = files.read(chosen.audience) if chosen.audience else None
    text = Path(chosen.receipt).read_text()
    found = receipts.verify(text, keys, now=now, audience=audience, test=chosen.test)
    return CODES.get(found.decision, NoGo.code), {"valid": True, **found.claims}


def _instant(text: str) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except ValueError as wrong:
        raise NoAnswer("the answer has no time") from wrong
