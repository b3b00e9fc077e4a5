"""`python -m inbox` is the `tregua` command."""

from inbox.command import tregua

if __name__ == "__main__":
    tregua(prog_name="tregua")
