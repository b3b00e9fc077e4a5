"""One pass of the whole way, in a process that a failpoint may end: fetch, file, send."""

import sys

from bot import delivery, uncertain
from inbox.intake import pipeline
from inbox.intake.accounts import account_of
from inbox.intake.imap import Connection
from inbox.intake.poller import catch_up


def main(mailbox_id: int) -> None:
    account = account_of(mailbox_id)
    if account is None:
        sys.exit("the mailbox is paused")
    with Connection(account) as connection:
        catch_up(mailbox_id, account.folder, connection)
    pipeline.file_waiting()
    delivery.deliver_due()
    uncertain.give_up_uncertain()


if __name__ == "__main__":
    main(int(sys.argv[1]))
