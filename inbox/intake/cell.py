"""The parent's side of the jail: one disposable child, the pipes to it, and its end."""

import contextlib
import fcntl
import os
import select
import signal
import struct
import subprocess
import sys
import time
from collections import deque
from itertools import islice
from pathlib import Path

from inbox.intake.known import Known
from inbox.intake.wire import known_to_json

WALL_SECONDS = 30
STARTING_SECONDS = 60
PIPE = 1 << 20
"""As much lies in a pipe, so that whoever is busy is not woken for each mail."""
CHUNK, VIEWS = 1 << 18, 64

OUT_OF_MEMORY = 77
_ENDS = {
    OUT_OF_MEMORY: "it needs too much memory",
    -signal.SIGXCPU: "it needs too much computing time",
}

LENGTH = struct.Struct(">I")
_ROOT = str(Path(__file__).parents[2])


class JailBroken(Exception):
    """The child does not even start, so that no mail is to blame."""


class Cell:
    """A running child. Frames go in, one answer comes out for each, in the same order."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.owner = os.getpid()
        self.overran = False
        self._started = False
        self._outgoing: deque[memoryview] = deque()
        self._incoming = bytearray()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "inbox.intake.jail"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            env=_environment(),
        )
        self._input, self._output = self._pipes()
        for pipe in (self._input, self._output):
            os.set_blocking(pipe, False)
            _widen(pipe)
        self.send(known_to_json(known))

    def send(self, content: bytes) -> None:
        """Queue one frame; it leaves while answers are awaited."""
        self._outgoing.append(memoryview(LENGTH.pack(len(content))))
        self._outgoing.append(memoryview(content))

    def answer(self) -> bytes | None:
        """The next answer, or None if the child died or took too long."""
        if not self._started:
            if self._frame(STARTING_SECONDS) is None:
                raise JailBroken("the process that opens mails does not start")
            self._started = True
        return self._frame(WALL_SECONDS)

    def end(self) -> str:
        """Kill the child, and say what became of it."""
        self._process.kill()
        status = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        if self.overran:
            return "it took too long"
        return _ENDS.get(status, f"it killed the reader (status {status})")

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def _pipes(self) -> tuple[int, int]:
        if self._process.stdin is None or self._process.stdout is None:
            raise JailBroken("no pipes to the process that opens mails")
        return self._process.stdin.fileno(), self._process.stdout.fileno()

    def _frame(self, seconds: float) -> bytes | None:
        deadline = time.monotonic() + seconds
        while (frame := self._whole_frame()) is None:
            if not self._exchange(deadline - time.monotonic()):
                return None
        return frame

    def _whole_frame(self) -> bytes | None:
        if len(self._incoming) < LENGTH.size:
            return None
        end = LENGTH.size + LENGTH.unpack_from(self._incoming)[0]
        if len(self._incoming) < end:
            return None
        frame = bytes(self._incoming[LENGTH.size : end])
        del self._incoming[:end]
        return frame

    def _exchange(self, seconds: float) -> bool:
        """Write what the pipe takes and read what it gives; False if nothing will come any more.

        Asked without waiting first: each wait costs a thread its turn, and the other one computes.
        """
        if self._outgoing:
            self._write()
        content = self._read()
        if content is None:
            return self._wait(seconds)
        self._incoming += content
        return bool(content)

    def _read(self) -> bytes | None:
        """What the child has said; nothing at its end, and None while it is thinking."""
        try:
            return os.read(self._output, CHUNK)
        except BlockingIOError:
            return None

    def _wait(self, seconds: float) -> bool:
        """Until something can be read or written; False if it took too long."""
        poll = select.poll()
        poll.register(self._output, select.POLLIN)
        if self._outgoing:
            poll.register(self._input, select.POLLOUT)
        self.overran = not poll.poll(max(0, int(seconds * 1000)))
        return not self.overran

    def _write(self) -> None:
        try:
            written = os.writev(self._input, list(islice(self._outgoing, VIEWS)))
        except BlockingIOError:
            return
        except BrokenPipeError:
            # What it answered before it died is still to be read; the end of that tells.
            self._outgoing.clear()
            return
        while self._outgoing and written >= len(self._outgoing[0]):
            written -= len(self._outgoing.popleft())
        if written:
            self._outgoing[0] = self._outgoing[0][written:]


def _widen(pipe: int) -> None:
    # Other systems know no such wish, and some refuse it: then it is as wide as it is.
    with contextlib.suppress(OSError, AttributeError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)


_KEPT = ("PATH", "HOME", "LANG", "TREGUA_FAILPOINT_POISON")


def _environment() -> dict[str, str]:
    """No secrets, no proxies: only what Python needs to find the program and its language."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    paths = [_ROOT, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {**kept, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"}
