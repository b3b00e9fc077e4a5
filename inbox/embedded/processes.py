"""Child processes that never outlive this one."""

import fcntl
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from cases.retelling import reason_of, retold
from inbox.embedded import refusals

TETHER = Path(__file__).with_name("tether.py")
LOOPBACK = "127.0.0.1"


def start(
    command: Sequence[str],
    *,
    log: Path | None = None,
    environment: Mapping[str, str] | None = None,
    talks: bool = False,
) -> subprocess.Popen[bytes]:
    """Start a program that dies with this process (on Linux: with the thread that started it).

    It gets a session of its own, so that Ctrl-C reaches only this process, which then stops its
    children in order. `talks` opens pipes to its standard input and output.
    """
    pipe = subprocess.PIPE if talks else None
    errors = log.open("ab") if log else None
    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *command],
            stdin=pipe or subprocess.DEVNULL,
            stdout=pipe or errors,
            stderr=errors,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
    finally:
        if errors:
            errors.close()


def stop(process: subprocess.Popen[bytes], *, patience: float = 5.0) -> None:
    """Ask the program to end, and make it end if it does not listen."""
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()


def last_words(log: Path) -> str:
    """The last line that a program wrote to its log."""
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def own_folder(folder: Path) -> Path:
    """The folder, made if need be, that only this user can look into."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise refusals.not_writable(folder, retold("Permission denied"))
    except OSError as error:
        said = reason_of(error)
        raise refusals.not_writable(folder, said) from error
    return folder.resolve()


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Keep a second Tregua off this folder. The kernel lets go of it when this process ends."""
    with (own_folder(folder) / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise refusals.in_use(folder) from error
        yield


def free_port(wanted: int = 0, *, name: str = "") -> int:
    """The wanted port of the loopback interface if it is free, or any free one for 0."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, wanted))
        except OSError as error:
            raise refusals.port_taken(wanted, name=name) from error
        port: int = probe.getsockname()[1]
        return port
