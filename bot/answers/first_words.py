"""A person of ours writes first: a case that we open, and that waits for the customer."""

from datetime import datetime

from sqlalchemy.orm import Session

from cases.agent import Agent
from cases.case import Case, Part, Participant
from cases.contact import meet, normalised
from cases.history import What
from cases.mail import Origin
from cases.mailbox import Mailbox

RULE = "written first"


def begin(
    session: Session, agent: Agent, box: Mailbox, address: str, subject: str, *, at: datetime
) -> Case:
    """The case of somebody we write to; nothing is owed in it before they answer."""
    contact = meet(session, address, name="", at=at)
    case = Case(
        subject=subject,
        contact=contact,
        mailbox=box,
        language=contact.language,
        opened_at=at,
        last_at=at,
        unread=False,
    )
    session.add(case)
    session.add(Participant(case=case, address=normalised(address), part=Part.CUSTOMER))
    session.flush()
    by = agent.address
    case.happened(What.OPENED, by=by, at=at, origin=Origin.AGENT.value, owes=False, rule=RULE)
    case.assign(agent.id, by=by, at=at)
    return case
