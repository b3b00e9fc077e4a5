"""Our own mail that comes back to us."""

from cases.mail import Mail, Origin
from inbox.intake.known import Known
from inbox.intake.origin.said import Said


def our_own_id(mail: Mail, known: Known) -> Said | None:
    """A Message-ID as only we make them, at a domain of ours."""
    local, _, domain = mail.message_id.rpartition("@")
    if local.startswith("tregua.") and domain.lower() in known.own_id_domains:
        return Said(Origin.OWN, "a Message-ID of ours")
    return None


def our_own_address(mail: Mail, known: Known) -> Said | None:
    """Sent from one of our addresses, unless a form on our site writes for somebody else."""
    if mail.sender.address not in known.own:
        return None
    answers_go_elsewhere = any(each.address not in known.own for each in mail.reply_to)
    if answers_go_elsewhere and not mail.header("auto-submitted"):
        return None
    return Said(Origin.OWN, "an address of ours as sender")
