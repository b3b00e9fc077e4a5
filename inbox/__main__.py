"""`python -m inbox` is the `tregua` command."""

import os

from inbox.command import tregua

if __name__ == "__main__":
    # Customers' mail lies in the files that we make, so that nobody else on the machine reads them.
    os.umask(os.umask(0o077) | 0o077)
    tregua(prog_name="tregua")
