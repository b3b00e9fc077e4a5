"""The lines below what a person of ours writes: the mailbox's own, with names filled in. Pure."""

from cases import macro
from cases.agent import Agent
from cases.case import Case

MARK = "-- "
"""What stands before a signature, so that mail programs know it as one (RFC 3676, 4.3)."""
LONGEST = 2000
PLACES = ("agente.nombre", "buzon.nombre", "caso.numero")
"""The places it may have, as the page of the mailbox names them."""
_IN_ENGLISH = ("agent.name", "mailbox.name", "case.number")
KNOWN = frozenset((*PLACES, *_IN_ENGLISH))


def of(case: Case, agent: Agent) -> str:
    """The signature in the language the customer is answered in; "" where there is none.

    What nobody knows is left out: a customer is never shown an empty place.
    """
    box = case.mailbox
    if box is None:
        return ""
    names = (
        (("agente.nombre", "agent.name"), agent.name),
        (("buzon.nombre", "mailbox.name"), box.name),
    )
    known = {one: said for both, said in names for one in both}
    known |= dict.fromkeys(("caso.numero", "case.number"), str(case.id))
    text = box.signature(case.language or case.contact.language or box.language)
    return macro.PLACE.sub("", macro.fill(text, known).text).strip()


def signed(text: str, signature: str, below: str = "") -> str:
    """The text with its signature, and what is passed on below both."""
    parts = (text, f"{MARK}\n{signature}" if signature else "", below)
    return "\n\n".join(part for part in parts if part)
