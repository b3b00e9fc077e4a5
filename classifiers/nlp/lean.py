"""spaCy without its command line, which would bring a web client and a terminal along: 18 MB."""

import sys
from types import ModuleType

COMMAND_LINE = "spacy.cli"


def leave_out() -> None:
    """Stand empty modules where spaCy looks for its command line; nothing here calls that."""
    if "spacy" in sys.modules:
        return
    for name in (COMMAND_LINE, f"{COMMAND_LINE}.info"):
        empty = ModuleType(name, "The command line of spaCy, which nothing here calls.")
        empty.__dict__.update(__path__=[], info=None)
        sys.modules.setdefault(name, empty)


leave_out()
