"""Where a model lies and what the files in its folder are called. Loads nothing."""

from pathlib import Path

MODEL = Path(__file__).with_name("model")
"""The one that came with the program."""
ABOUT = "about.json"
WORTH = "worth.json"
"""What it said of texts that were left out of its training."""
