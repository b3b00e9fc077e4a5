"""Becomes another program that the kernel ends when its parent dies, however the parent died.

Run as `python -I -S tether.py PARENT_PID COMMAND…`: doing this in a program of its own, and not
between fork and exec, keeps it safe in a parent with threads.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, command: list[str]) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        # The parent may have died before the call above; nobody would tell us any more.
        if os.getppid() != parent:
            sys.exit(1)
    os.execv(command[0], command)  # noqa: S606  the command is a list made by this program


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
