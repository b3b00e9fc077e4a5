"""People of ours who write by mail."""

from cases.mail import Mail, Origin, Trust
from inbox.intake.known import Known
from inbox.intake.origin.said import Said


def an_agent(mail: Mail, known: Known) -> Said | None:
    """An agent's address, verified; taken on trust only where no server could verify it."""
    if mail.sender.address not in known.agents:
        return None
    if mail.trust is Trust.PASS:
        return Said(Origin.AGENT, "an agent's address, verified")
    if not known.authserv_ids and mail.trust is Trust.NONE:
        return Said(Origin.AGENT, "an agent's address, no trusted server is set")
    return None


def claims_to_be_an_agent(mail: Mail, known: Known) -> Said | None:
    """Anybody can write an agent's address into From."""
    if mail.sender.address in known.agents:
        return Said(Origin.CUSTOMER, "an agent's address, but not verified")
    return None
