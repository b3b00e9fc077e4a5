"""A private Redis on a unix socket: Debian's redis-server if there, else the bundled Valkey."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from inbox.embedded.valkey import server


class RedisServer:
    """Keeps nothing on disk, so `stop` and `start` is a Redis that lost everything."""

    def __init__(self) -> None:
        self.program = shutil.which("redis-server") or server()
        self.folder = Path(tempfile.mkdtemp(prefix="rd-", dir="/tmp"))
        self.path = self.folder / "redis.sock"
        self.url = f"unix://{self.path}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        options = f"--port 0 --unixsocket {self.path} --dir {self.folder} --appendonly no --save"
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.program, *options.split(), ""], stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + 10
        while self.say("PING") != "+PONG":
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text())
            time.sleep(0.01)

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def flush(self) -> None:
        """Forget everything, as an emptied Redis does."""
        self.say("FLUSHALL")

    def say(self, line: str) -> str:
        """Send one command and return the first line of the answer, or "" if nobody is there."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(5)
            try:
                client.connect(str(self.path))
                client.sendall(f"{line}\r\n".encode())
                return client.recv(64).decode().partition("\r\n")[0]
            except OSError:
                return ""


@contextlib.contextmanager
def a_redis() -> Iterator[RedisServer]:
    redis = RedisServer()
    try:
        redis.start()
        yield redis
    finally:
        redis.remove()


@pytest.fixture(scope="session")
def doorbell() -> Iterator[str]:
    """The address of a Redis that rings for nobody: without one each bell is waited for."""
    with a_redis() as redis:
        yield redis.url


@pytest.fixture(scope="session")
def _redis_of_the_session() -> Iterator[RedisServer]:
    with a_redis() as redis:
        yield redis


@pytest.fixture
def redis_server(_redis_of_the_session: RedisServer) -> RedisServer:
    """An empty Redis that can be flushed, stopped and started."""
    redis = _redis_of_the_session
    if redis.process is None:
        redis.start()
    redis.flush()
    return redis


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """The address of an empty Redis."""
    return redis_server.url
