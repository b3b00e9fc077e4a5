"""What became of the recipients is written down; a database that is away must not stop the mail."""

import logging
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from cases.contact import Kind, normalised
from cases.db import transaction
from cases.exclusions import touches
from cases.pressure import WEIGHTS
from inbox.gateway import passing
from inbox.gateway.passing import Marketing, Outcome

log = logging.getLogger(__name__)


def keep(mail: Marketing, outcome: Outcome, now: datetime, *, reason: str = "") -> None:
    """Write down what became of its recipients; who got it is under more pressure from now on."""
    if not mail.recipients:
        return
    try:
        with transaction() as session:
            passing.write_down(session, mail, outcome, now, reason=reason)
            if outcome is Outcome.PASSED:
                touches.record(session, [_touch(mail, one, now) for one in mail.recipients])
    except SQLAlchemyError:
        log.exception(
            "%s recipients %s, and it could not be written down", len(mail.recipients), outcome
        )


def _touch(mail: Marketing, recipient: str, now: datetime) -> dict[str, object]:
    value = normalised(recipient)
    return {
        "kind": Kind.ADDRESS,
        "value": value,
        "source": "smtp-gate",
        "event_id": f"{now.isoformat()}:{value}"[:400],
        "campaign": mail.campaign,
        "campaign_class": mail.campaign_class.value,
        "topic": mail.topic,
        "weight": WEIGHTS[mail.campaign_class],
        "sent_at": now,
    }
