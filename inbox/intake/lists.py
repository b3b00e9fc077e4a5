"""The signs of a mailing list, and whether the list is our own mailbox."""

from cases.mail import Mail
from inbox.intake.known import Known

_SIGNS = (
    "list-id",
    "list-unsubscribe",
    "list-post",
    "list-help",
    "list-subscribe",
    "list-owner",
    "list-archive",
    "x-mailing-list",
    "mailing-list",
    "x-mailman-version",
    "x-beenthere",
)


def foreign_list(mail: Mail, known: Known) -> str | None:
    """The header field that shows a list; None where there is none, or the list is us."""
    if our_own_list(mail, known):
        return None
    return next((name for name, _ in mail.headers if name in _SIGNS), None)


def our_own_list(mail: Mail, known: Known) -> bool:
    """A support address that is a Google group makes every customer's mail a list mail."""
    return any(
        _is_ours(value[:500].lower(), known)
        for name, value in mail.headers
        if name in ("list-id", "list-post")
    )


def _is_ours(value: str, known: Known) -> bool:
    return any(own in value or f"<{own.replace('@', '.')}>" in value for own in known.own)
