"""Forks sending workers from a process that has everything loaded, so that killing one is cheap.

Reads the name of a failpoint (or an empty line) a line, and answers with the child's number.
"""

import os
import signal
import sys

from bot import delivery
from bot.delivery import uncertain
from cases import failpoints


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _send(line.strip())
        print(child, flush=True)


def _send(failpoint: str) -> None:
    """Send what is due until somebody kills us."""
    failpoints.die_at(failpoint)
    while True:
        delivery.deliver_due()
        uncertain.give_up_uncertain()


if __name__ == "__main__":
    main()
