"""A process that reads a mailbox when it is told to: the poller's work, without its waiting."""

import resource
import sys

from inbox.intake.accounts import account_of
from inbox.intake.imap import Connection
from inbox.intake.poller.catching_up import Reading, begin, catch_up
from inbox.intake.poller.places import places


def read_once(mailbox_id: int) -> int:
    """Spool all new mail of the mailbox; how much there was."""
    account = account_of(mailbox_id)
    if account is None:
        return 0
    with Connection(account) as connection:
        return sum(
            _read(Reading(place, past, connection)) for place, past in places(mailbox_id).items()
        )


def _read(at: Reading) -> int:
    at.connection.open(at.place.folder)
    begin(at)
    return catch_up(at)


def main(mailbox_id: int) -> None:
    """Read once for each line of standard input; answers with mails read and peak memory in kB."""
    for _line in sys.stdin:
        number = read_once(mailbox_id)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        sys.stdout.write(f"{number} {peak}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
