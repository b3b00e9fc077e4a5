"""Failures are kept in English, as nobody knows who will read them, and retold to whoever does.

The sentences that can be told stand in failures.po, with names where values are.
"""

import re
from functools import cache

from cases import language

LONGEST, DEEPEST = 600, 3
Shape = tuple[re.Pattern[str], str]


def retold(text: str, deepest: int = DEEPEST) -> str:
    """The sentence in the current language; what is not ours, as a server's words, stays."""
    if language.current() == language.SOURCE or not 0 < len(text) <= LONGEST or not deepest:
        return text
    exact, shapes = _known(language.current())
    if text in exact:
        return exact[text]
    for shape, said in shapes:
        if found := shape.fullmatch(text):
            values = found.groupdict()
            return said.format(**{name: retold(values[name], deepest - 1) for name in values})
    return text


def reason_of(failure: OSError) -> str:
    """Why the system refused, in the current language; of a port, without where it was tried."""
    return retold((failure.strerror or str(failure)).partition(" (")[0])


@cache
def _known(spoken: str) -> tuple[dict[str, str], list[Shape]]:
    """What is told as it stands, and what is told with values; the more is fixed, the earlier."""
    told = language.entries(language.folder(spoken) / "failures.po")
    shaped = sorted((text for text in told if "{" in text), key=len, reverse=True)
    return told, [(_shape(text), told[text]) for text in shaped]


def _shape(text: str) -> re.Pattern[str]:
    pieces = re.split(r"\{(\w+)\}", text)
    written = ""
    for n, piece in enumerate(pieces):
        again = f"(?P={piece})" if f"(?P<{piece}>" in written else f"(?P<{piece}>.+?)"
        written += again if n % 2 else re.escape(piece)
    return re.compile(written, re.DOTALL)
