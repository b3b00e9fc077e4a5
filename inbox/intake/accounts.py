"""How to sign in to a mailbox, out of its row: password, or a token that is fresh."""

from cases.db import reading
from cases.mailbox import Mailbox, grants
from inbox.intake.imap import Account


def account_of(mailbox_id: int, *, paused_too: bool = False) -> Account | None:
    """How to sign in; None if the mailbox is gone, or paused.

    Raises signing.Tampered, xoauth.GrantLost and xoauth.ProviderAway.
    """
    with reading() as session:
        mailbox = session.get(Mailbox, mailbox_id)
        if mailbox is None or (mailbox.paused and not paused_too):
            return None
        grant, password = mailbox.grant(), mailbox.password()
    token = grants.token(mailbox_id, grant) if grant else ""
    return Account(
        mailbox.imap_host,
        mailbox.imap_port,
        mailbox.imap_security,
        mailbox.imap_user,
        password,
        mailbox.folder,
        mailbox.read_only,
        token,
    )


def ways_in(mailbox_id: int) -> tuple[object, ...]:
    """All that signing in depends on: when it changes, a refusal is worth another try."""
    with reading() as session:
        box = session.get(Mailbox, mailbox_id)
        if box is None:
            return ()
        server = (box.imap_host, box.imap_port, box.imap_security, box.imap_user)
        return (*server, box.sealed_password, box.sealed_grant, box.folder, box.paused)
