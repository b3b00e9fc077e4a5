"""A program that asks the API of a bench, and the server that answers it."""

import contextlib
import http.client
import subprocess
import sys
import time
from collections.abc import Iterator


class Asker:
    """A program with a kept connection."""

    def __init__(self, port: int, token: str) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._token = token

    def ask(self, method: str, url: str, body: bytes = b"", **headers: str) -> bytes:
        said = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        self._http.request(method, url, body, said)
        answer = self._http.getresponse()
        content = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {url}: {answer.status} {content[:200]!r}")
        return content

    def close(self) -> None:
        self._http.close()


@contextlib.contextmanager
def serving(port: int) -> Iterator[None]:
    """The program's own web server, as it is started for customers."""
    words = ("-m", "gunicorn", "wsgi:app", "--no-control-socket", "--threads", "16")
    more = ("--worker-class", "gthread", "--bind", f"127.0.0.1:{port}", "--log-level", "error")
    process = subprocess.Popen([sys.executable, *words, *more])
    try:
        _until_up(port)
        yield
    finally:
        process.terminate()
        process.wait()


def _until_up(port: int) -> None:
    for _ in range(200):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not start")
