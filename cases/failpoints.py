"""Places where a test may have the process die: TREGUA_FAILPOINT=name kills it there, once."""

import os
import signal
from pathlib import Path

NAMES = (
    "fetched",
    "spooled",
    "taken",
    "parsed",
    "filed",
    "committed",
    "claimed",
    "data-said",
    "body-sent",
)
_WANTED = os.environ.get("TREGUA_FAILPOINT", "")
_ONCE = os.environ.get("TREGUA_FAILPOINT_ONCE", "")
"""A file that remembers that the process died already."""
_POISON = os.environ.get("TREGUA_FAILPOINT_POISON", "").encode()


def die_at(name: str) -> None:
    """From now on this process ends at that place; for children that were forked ready-made."""
    globals()["_WANTED"] = name


def pass_by(name: str) -> None:
    """Go on, unless a test wants the process to end here."""
    if name != _WANTED:
        return
    if _ONCE:
        if Path(_ONCE).exists():
            return
        Path(_ONCE).touch()
    os.kill(os.getpid(), signal.SIGKILL)


def die_of(content: bytes) -> None:
    """End the process at a mail that holds the word of TREGUA_FAILPOINT_POISON, as a bug would."""
    if _POISON and _POISON in content:
        os.abort()
