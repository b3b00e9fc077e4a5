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
    fields = [(name, value.lower()) for name, value in mail.headers if name in _SIGNS]
    # A support address that is a Google group makes every customer's mail a list mail.
    if any(
        _is_ours(value[:500], known) for name, value in fields if name in ("list-id", "list-post")
    ):
        return None
    return fields[0][0] if fields else None


def _is_ours(value: str, known: Known) -> bool:
    return any(own in value or f"<{own.replace('@', '.')}>" in value for own in known.own)
