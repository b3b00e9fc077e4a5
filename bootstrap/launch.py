"""The launcher's decisions: is the environment as the locks want it, and who is to go on."""

import os
import sys
from pathlib import Path
from typing import NoReturn

import environment
from words import say


def main(root: str, words: list[str]) -> NoReturn:
    """Never returns: it becomes the command, or ends with one clear sentence."""
    first = words[0] if words else ""
    checking = first in ("test", "check")
    place = environment.Place(Path(root), "dev" if checking else "run")
    try:
        if not place.is_ready():
            environment.make(place)
    except environment.CannotMake as refusal:
        end(str(refusal))
    except OSError as error:
        end(say("no_file", reason=error))
    except KeyboardInterrupt:
        sys.stderr.write("\n" + say("interrupted") + "\n")
        sys.exit(130)
    if checking:
        hand_over(place, [str(place.root / "bootstrap" / "checks.py"), *words])
    # Python must not look for modules in the folder where somebody happens to stand.
    os.environ["PYTHONSAFEPATH"] = "1"
    hand_over(place, ["-m", "inbox", *words])


def hand_over(place: environment.Place, words: list[str]) -> NoReturn:
    """Become the program that was asked for."""
    sys.stdout.flush()
    python = str(place.python)
    os.execv(python, [python, *words])


def end(sentence: str) -> NoReturn:
    sys.stderr.write(f"tregua: {sentence}\n")
    sys.exit(2)
