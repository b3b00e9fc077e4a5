"""Free ports of the loopback interface, and waiting until somebody listens there."""

import socket
import subprocess
import time
from pathlib import Path

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_greeted(
    port: int, greeting: bytes, process: subprocess.Popen[bytes], log: Path
) -> None:
    """Wait until the server on the port says its greeting."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        if _greets(port, greeting):
            return
        time.sleep(0.03)
    said = log.read_text() if log.exists() else "nothing"
    raise RuntimeError(f"the server did not come up; it said: {said}")


def _greets(port: int, greeting: bytes) -> bool:
    try:
        with socket.create_connection((LOOPBACK, port), 1) as client:
            return client.recv(64).startswith(greeting)
    except OSError:
        return False
