"""One pass of the whole way, in a process that a failpoint may end: fetch, file, send."""

import sys

from bot import delivery
from bot.delivery import uncertain
from inbox.intake import pipeline
from inbox.intake.poller.watching import read_once


def main(mailbox_id: int) -> None:
    read_once(mailbox_id)
    pipeline.file_waiting()
    delivery.deliver_due()
    uncertain.give_up_uncertain()


if __name__ == "__main__":
    main(int(sys.argv[1]))
