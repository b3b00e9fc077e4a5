"""What private mail servers have in common: a folder, a process, a queue that empties."""

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.servers.ports import LOOPBACK, free_port, wait_until_greeted


class MailServer(ABC):
    """One instance, in a folder of its own that goes with it."""

    host = LOOPBACK

    def __init__(self, name: str, surroundings: Mapping[str, str]) -> None:
        self.port, self.surroundings = free_port(), surroundings
        self.folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir="/tmp"))
        self.folder.chmod(0o755)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def log(self) -> str:
        """What it wrote down."""

    @abstractmethod
    def waiting(self) -> int:
        """How many mails are in its queue."""

    @abstractmethod
    def try_again(self) -> None:
        """Deliver what is deferred now, and not when its time has come."""

    def run(self, *words: str) -> str:
        """What one of its programs says."""
        done = subprocess.run(
            words, env=self.surroundings, capture_output=True, text=True, check=False
        )
        return done.stdout + done.stderr

    def begin(self, *words: str, log: str) -> None:
        """Start it, and wait until it greets."""
        with (self.folder / "out.log").open("ab") as out:
            self.process = subprocess.Popen(
                words, env=self.surroundings, stdout=out, stderr=out, start_new_session=True
            )
        wait_until_greeted(self.port, b"220", self.process, self.folder / log)

    def settled(self, *, seconds: float = 30) -> None:
        """Wait until nothing is left in the queue, trying again all the while."""
        deadline = time.monotonic() + seconds
        while self.waiting():
            assert time.monotonic() < deadline, self.log
            self.try_again()
            time.sleep(0.2)

    def remove(self) -> None:
        if self.process is not None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
            self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def on_ports(text: str, ports: Mapping[int, int]) -> str:
    """The lines of the docs with the ports of this test."""
    for asked, given in ports.items():
        text = re.sub(rf"(?<!\d){asked}\b", str(given), text)
    return text


@contextlib.contextmanager
def folder_of_programs(name: str) -> Iterator[Path]:
    """Where packages are unpacked to; such servers start for root alone, so others skip."""
    if os.geteuid() != 0:
        pytest.skip(f"{name} starts for root alone")
    with tempfile.TemporaryDirectory(prefix=f"{name.lower()}-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
