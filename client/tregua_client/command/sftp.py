"""Files put where a marketing tool fetches them: over SFTP, by the program every system has."""

import os
import shlex
import subprocess
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from tregua_client.refusals import NoAnswer, Refusal

SECONDS = 600


def put(target: str, paths: Sequence[Path]) -> None:
    """Put them there one after the other, each whole or not at all; raises NoAnswer."""
    host, colon, folder = target.partition(":")
    if not colon or not folder or host.startswith("-"):
        raise Refusal("say where: --sftp USER@HOST:FOLDER")
    program = shlex.split(os.environ.get("TRUCE_SFTP", "sftp"))
    said = "".join(_lines(PurePosixPath(folder), path) for path in paths)
    words = [*program, "-o", "BatchMode=yes", "-b", "-", host]
    try:
        done = subprocess.run(
            words, input=said, text=True, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired as slow:
        raise NoAnswer(f"{host} takes too long") from slow
    if done.returncode:
        raise NoAnswer(f"{host} did not take the files: {done.stderr.strip()[-300:]}")


def _lines(folder: PurePosixPath, path: Path) -> str:
    unfinished, there = folder / f".{path.name}.part", folder / path.name
    # What lies there from the last time goes first: a server may refuse to rename over it.
    return f'put "{path}" "{unfinished}"\n-rm "{there}"\nrename "{unfinished}" "{there}"\n'
