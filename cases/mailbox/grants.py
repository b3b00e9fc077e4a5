"""The OAuth tokens of our mailboxes, for reading and for sending alike: fresh, and kept sealed."""

from cases.db import reading, transaction
from cases.mailbox import Mailbox, xoauth


def token(mailbox_id: int, grant: dict[str, str]) -> str:
    """A token that is good now. Raises xoauth.GrantLost and xoauth.ProviderAway."""
    fresh = xoauth.fresh(grant)
    if fresh is not grant:
        _keep(mailbox_id, fresh, in_place_of=grant)
    return fresh["access_token"]


def forget_token(mailbox_id: int) -> bool:
    """The server refused the token before its time: ask for a new one; False without a grant."""
    with reading() as session:
        mailbox = session.get(Mailbox, mailbox_id)
        grant = mailbox.grant() if mailbox is not None else {}
    if not grant:
        return False
    _keep(mailbox_id, grant | {"expires_at": "0"}, in_place_of=grant)
    return True


def _keep(mailbox_id: int, grant: dict[str, str], *, in_place_of: dict[str, str]) -> None:
    """Unless somebody signed in anew, or chose a password, while the provider was asked."""
    with transaction() as session:
        mailbox = session.get(Mailbox, mailbox_id, with_for_update=True)
        if mailbox is not None and mailbox.grant() == in_place_of:
            mailbox.keep_grant(grant)
