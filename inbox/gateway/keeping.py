"""What became of the recipients is written down; a database that is away must not stop the mail."""

import logging
import secrets
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from cases.contact import Kind
from cases.db import transaction
from cases.exclusions import touches
from cases.pressure import WEIGHTS
from inbox import passage
from inbox.gateway.passing import Marketing
from inbox.passage import Outcome

log = logging.getLogger(__name__)


def keep(
    mail: Marketing,
    outcome: Outcome,
    now: datetime,
    *,
    reason: str = "",
    known_stay: bool = False,
) -> None:
    """Write down what became of its recipients; who got it is under more pressure from now on.

    What is known of the same mail already is replaced, or stays.
    """
    if not mail.recipients:
        return
    try:
        with transaction() as session:
            rows = _passages(mail, outcome, now, reason)
            passage.write_down(session, rows, known_stay=known_stay)
            if outcome is Outcome.PASSED:
                touches.record(session, _touches(mail, now))
    except SQLAlchemyError:
        log.exception(
            "%s recipients %s, and it could not be written down", len(mail.recipients), outcome
        )


def _passages(
    mail: Marketing, outcome: Outcome, now: datetime, reason: str
) -> list[dict[str, object]]:
    return [
        {
            "at": now,
            "trip": mail.trip or None,
            "sender": mail.sender[:320],
            "value": value[:320],
            "campaign": mail.campaign,
            "campaign_class": mail.campaign_class,
            "outcome": outcome,
            "reason": reason[:500],
        }
        for value in mail.people
    ]


def _touches(mail: Marketing, now: datetime) -> list[dict[str, object]]:
    """What presses on its recipients."""
    # A sender that lost us brings the same mail again, which then weighs no more than once.
    event = mail.trip or secrets.token_hex(16)
    said: dict[str, object] = {
        "kind": Kind.ADDRESS,
        "source": "smtp-gate",
        "campaign": mail.campaign,
        "campaign_class": mail.campaign_class.value,
        "topic": mail.topic,
        "weight": WEIGHTS[mail.campaign_class],
        "sent_at": now,
    }
    return [{**said, "value": one, "event_id": f"{event}:{one}"[:400]} for one in mail.people]
