"""`python -m tregua_client.command` is the command `truce`."""

import sys

from tregua_client.command import main

if __name__ == "__main__":
    sys.exit(main())
