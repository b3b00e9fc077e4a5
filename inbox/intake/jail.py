"""Mails are opened in a disposable child with limits, so that none can hurt the others.

A thread of the child watches its parent, instead of PR_SET_PDEATHSIG: that signal comes when the
*thread* ends that started the child, and threads of a pool end all the time.
"""

import atexit
import os
import resource
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cases import failpoints
from cases.mail import Mail
from inbox.intake.cell import LENGTH, OUT_OF_MEMORY, Cell
from inbox.intake.known import Known
from inbox.intake.opening import open_mail
from inbox.intake.wire import known_from_json, mail_from_json, mail_to_json

CPU_SECONDS = 5
MEMORY = 1 << 30
WINDOW = 64
WINDOW_BYTES = 8 << 20
MOST_WARM = 8

_OPENED, _FAILED = b"+", b"-"

_warm: list[Cell] = []
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A mail that could not be opened, and why."""

    reason: str


def parse_safely(
    contents: Iterable[tuple[int, bytes]], known: Known
) -> Iterator[tuple[int, Mail | Unreadable]]:
    """Each mail opened, in order. A mail that kills the child is tried once more, alone."""
    source, waiting = iter(contents), deque[tuple[int, bytes]]()
    cell = _warm_cell(known)
    try:
        while _fill(waiting, source, cell) or waiting:
            answer = cell.answer()
            raw_id, content = waiting[0]
            if answer is None:
                cell.end()
                cell = _again(known, waiting)
                opened = _alone(content, known)
            else:
                opened = _understood(answer)
            waiting.popleft()
            yield raw_id, opened
    finally:
        _keep(cell, idle=not waiting)


def _fill(
    waiting: deque[tuple[int, bytes]], source: Iterator[tuple[int, bytes]], cell: Cell
) -> bool:
    """Send ahead, so that parent and child work side by side, as far as the window allows."""
    while len(waiting) < WINDOW and sum(len(content) for _, content in waiting) < WINDOW_BYTES:
        following = next(source, None)
        if following is None:
            break
        waiting.append(following)
        cell.send(following[1])
    return bool(waiting)


def _again(known: Known, waiting: deque[tuple[int, bytes]]) -> Cell:
    """A new child for the mails behind the one that is under suspicion."""
    cell = Cell(known)
    for _, content in list(waiting)[1:]:
        cell.send(content)
    return cell


def _alone(content: bytes, known: Known) -> Mail | Unreadable:
    cell = Cell(known)
    cell.send(content)
    answer = cell.answer()
    ended = cell.end()
    return Unreadable(ended) if answer is None else _understood(answer)


def _understood(answer: bytes) -> Mail | Unreadable:
    if answer[:1] == _OPENED:
        return mail_from_json(answer[1:])
    # A bug may cite the mail, and no database keeps its zero bytes.
    return Unreadable(answer[1:].decode("utf-8", "replace").replace("\x00", ""))


def _warm_cell(known: Known) -> Cell:
    """An idle child that knows the same, or a new one."""
    with _lock:
        for cell in _warm:
            # After a fork the list was copied, but its children are not ours.
            if cell.owner == os.getpid() and cell.known == known and cell.alive:
                _warm.remove(cell)
                return cell
    return Cell(known)


def _keep(cell: Cell, *, idle: bool) -> None:
    with _lock:
        if idle and cell.alive:
            _warm.append(cell)
            cell = _warm.pop(0) if len(_warm) > MOST_WARM else cell
            if cell in _warm:
                return
    if cell.owner == os.getpid():
        cell.end()


@atexit.register
def end_all() -> None:
    """End the idle children of this process."""
    with _lock:
        mine = [cell for cell in _warm if cell.owner == os.getpid()]
        _warm.clear()
    for cell in mine:
        cell.end()


def main() -> None:
    """The child: what is known comes first, then mail after mail until the pipe closes."""
    threading.Thread(target=_watch, args=(os.getppid(),), daemon=True).start()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    answers = os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not fall among the answers.
    os.dup2(2, 1)
    _write(answers, b"")
    known = known_from_json(_read(sys.stdin.buffer) or b"{}")
    while (content := _read(sys.stdin.buffer)) is not None:
        _limit_time()
        _write(answers, _opened(content, known))


def _opened(content: bytes, known: Known) -> bytes:
    failpoints.die_of(content)
    try:
        return _OPENED + mail_to_json(open_mail(content, known))
    except MemoryError:
        # Perhaps the mails before it filled the memory: it is tried once more, alone.
        os._exit(OUT_OF_MEMORY)
    except Exception as bug:
        # The edge of the child: the parent records the reason with the mail.
        return _FAILED + f"{type(bug).__name__}: {bug}".encode("utf-8", "replace")[:500]


def _limit_time() -> None:
    """Seconds of CPU for the next mail; the kernel ends the child when they are over."""
    soft = int(time.process_time()) + 1 + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


def _read(pipe: BinaryIO) -> bytes | None:
    header = pipe.read(LENGTH.size)
    if len(header) < LENGTH.size:
        return None
    return pipe.read(LENGTH.unpack(header)[0])


def _write(pipe: BinaryIO, content: bytes) -> None:
    pipe.write(LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


if __name__ == "__main__":
    main()
