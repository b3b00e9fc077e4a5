"""Why an embedded part did not come up, in a sentence that says what to do."""

from pathlib import Path

from cases.language import gettext as _


class CannotStart(Exception):
    """An embedded part cannot run here and now; the text is meant for the person who started it."""


def port_taken(port: int, *, name: str) -> CannotStart:
    text = _(
        "Port {port} for {name} is taken by another program."
        " Stop that program, or choose another port.",
        port=port,
        name=name,
    )
    return CannotStart(text)


def not_writable(folder: Path, reason: str) -> CannotStart:
    text = _(
        "Cannot write to {folder} ({reason})."
        " Choose a folder of your own, or change its permissions.",
        folder=str(folder),
        reason=reason,
    )
    return CannotStart(text)


def in_use(folder: Path) -> CannotStart:
    text = _(
        "Another Tregua is running on {folder}. Stop it first, or choose another folder.",
        folder=str(folder),
    )
    return CannotStart(text)


def did_not_start(name: str, log: Path, reason: str) -> CannotStart:
    text = _(
        "{name} did not start: {reason}. The whole story is in {log}.",
        name=name,
        reason=reason,
        log=str(log),
    )
    return CannotStart(text)


def no_redis() -> CannotStart:
    text = _(
        "No Valkey or Redis server was found for this machine. Install valkey-server or"
        " redis-server, or give the address of one in TREGUA_REDIS_URL."
    )
    return CannotStart(text)
