"""What became of the recipients is written down; a database that is away must not stop the mail."""

import hashlib
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
                touches.record(session, _touches(mail, now))
    except SQLAlchemyError:
        log.exception(
            "%s recipients %s, and it could not be written down", len(mail.recipients), outcome
        )


def _touches(mail: Marketing, now: datetime) -> list[dict[str, object]]:
    """What presses on its recipients."""
    # A sender that lost us brings the same mail again, which then weighs no more than once.
    same = hashlib.sha256(mail.sender.encode("utf-8", "replace") + b"\n" + mail.content)
    event = f"{now:%Y-%m-%d}:{same.hexdigest()[:32]}"
    said: dict[str, object] = {
        "kind": Kind.ADDRESS,
        "source": "smtp-gate",
        "campaign": mail.campaign,
        "campaign_class": mail.campaign_class.value,
        "topic": mail.topic,
        "weight": WEIGHTS[mail.campaign_class],
        "sent_at": now,
    }
    values = dict.fromkeys(map(normalised, mail.recipients))
    return [{**said, "value": one, "event_id": f"{event}:{one}"[:400]} for one in values]
