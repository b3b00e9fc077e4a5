"""truce pull, follow and drop: the copy of the feed, and files made of it."""

import argparse
import hashlib
import time
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tregua_client.client import Client
from tregua_client.command import files, sftp
from tregua_client.mirror import Mirror
from tregua_client.refusals import NoAnswer, Refusal

WAIT = 25
REST = 5.0
Told = tuple[int, dict[str, Any]]


def _mirror(chosen: argparse.Namespace) -> Mirror:
    return Mirror(chosen.mirror, campaign_class=chosen.klass, topic=chosen.topic)


def pull(client: Client, chosen: argparse.Namespace) -> Told:
    """Bring the copy up to date once."""
    with closing(_mirror(chosen)) as mirror:
        changed = mirror.sync(client)
        mirror.must_be_fresh()
        return 0, {"changed": changed, "held": mirror.count()}


def follow(client: Client, chosen: argparse.Namespace) -> Told:
    """Keep the copy up to date; what goes wrong meanwhile is tried again."""
    rounds, changed = 0, 0
    with closing(_mirror(chosen)) as mirror:
        while not chosen.rounds or rounds < chosen.rounds:
            rounds += 1
            try:
                changed += mirror.sync(client, wait=WAIT if not chosen.rounds else 1)
            except NoAnswer:
                # The copy grows old meanwhile, and says so to who reads it.
                time.sleep(REST)
        return 0, {"changed": changed, "held": mirror.count()}


def drop(client: Client, chosen: argparse.Namespace) -> Told:
    """The feed as CSV with its digest; `.done` comes last, for tools that wait for it."""
    if chosen.dir and not Path(chosen.dir).is_dir():
        raise Refusal(f"there is no folder {chosen.dir}")
    if chosen.dir:
        return _write(client, chosen, Path(chosen.dir))[:2]
    with TemporaryDirectory() as folder:
        code, told, paths = _write(client, chosen, Path(folder))
        sftp.put(chosen.sftp, paths)
    return code, told | {"file": f"{chosen.sftp.rstrip('/')}/{paths[0].name}"}


def _write(
    client: Client, chosen: argparse.Namespace, folder: Path
) -> tuple[int, dict[str, Any], list[Path]]:
    """The three files, in the order in which they may be seen."""
    with closing(_mirror(chosen)) as mirror:
        mirror.sync(client)
        mirror.must_be_fresh()
        target = folder / f"tregua-{chosen.klass}.csv"
        proof, done = target.with_suffix(".csv.sha256"), target.with_suffix(".csv.done")
        done.unlink(missing_ok=True)
        rows = [
            (name, start, until or "") for name, spans in mirror.rows() for start, until in spans
        ]
        files.write(target, ("address", "starts_at", "until"), rows)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    proof.write_text(f"{digest}  {target.name}\n")
    done.write_text(f"{len(rows)}\n")
    return 0, {"file": str(target), "held": len(rows)}, [target, proof, done]
