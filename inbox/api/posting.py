"""Messages to webhooks on their way: signed (Standard Webhooks), and never into our own network."""

import base64
import hashlib
import hmac
import http.client
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import update
from sqlalchemy.orm import Session

from cases import clock, signing
from cases.db import transaction
from inbox import outward
from inbox.api.hooks import living
from inbox.api.settings import settings
from inbox.outward import USUAL_PORTS, Goal, NotPublic, Pinned
from inbox.webhook import Telling, Webhook

log = logging.getLogger(__name__)
PATIENCE, LONGEST = 10.0, 20.0
"""Seconds that a webhook may be silent, and may take in all."""
# Eight tries within a day.
WAITS = tuple(timedelta(seconds=s) for s in (5, 60, 300, 1800, 7200, 18_000, 28_800, 28_800))
AT_ONCE = 50
LOCKED = "its secret does not open with this installation's key"


Record = Callable[[int, int, str], None]
"""Writes down what came of a message: its number, the answer's status (0 for none), the fault."""


class NotReachable(Exception):
    """The webhook's address cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Due:
    """A message this process has taken."""

    id: int
    url: str
    secret: bytes | None
    """What it is signed with, or nothing where that does not open."""
    payload: dict[str, Any]


class Told(Protocol):
    """Whoever is told by webhook."""

    def secret(self) -> bytes:
        """The key its messages are signed with; raises signing.Tampered."""


def key_of(one: Told) -> bytes | None:
    """Its key, or nothing where that does not open, which must not keep others waiting."""
    try:
        return one.secret()
    except signing.Tampered:
        return None


def goal_of(url: str) -> Goal:
    """Where that URL leads, looked up once. Raises NotReachable."""
    local = settings().webhooks_to_private_networks
    try:
        parts = outward.split(url)
        if parts.scheme != "https" and not (local and parts.scheme == "http"):
            raise NotReachable("a webhook needs https")
        return outward.goal(parts, parts.port or USUAL_PORTS[parts.scheme], inside=local)
    except NotPublic as wrong:
        raise NotReachable(f"a webhook needs a public address: {wrong}") from wrong


def sign(secret: bytes, id_: str, at: datetime, body: bytes) -> str:
    """The signature of a message, as standardwebhooks.com describes it."""
    said = f"{id_}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, said, hashlib.sha256)).decode()


def post(due: Due, secret: bytes, at: datetime) -> int:
    """Send one message; the status of the answer. Redirects are not followed."""
    goal = goal_of(due.url)
    body = json.dumps(due.payload).encode()
    id_ = f"msg_{due.id}"
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Tregua",
        "webhook-id": id_,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": sign(secret, id_, at, body),
    }
    try:
        with Pinned(goal, patience=PATIENCE, longest=LONGEST) as connection:
            connection.request("POST", goal.path, body, headers)
            return connection.getresponse().status
    except (OSError, http.client.HTTPException) as wrong:
        raise NotReachable(str(wrong) or type(wrong).__name__) from wrong


def deliver_due() -> int:
    """Send what is due, holding no transaction meanwhile; how many were taken."""
    return post_each(_take(), _record)


def post_each(taken: Sequence[Due], record: Record) -> int:
    """Send them one after the other and have each answer written down; how many there were.

    Who cannot be reached is asked once, so that what is for others does not wait for it each time.
    """
    away: dict[str, str] = {}
    for due in taken:
        if due.secret is None:
            record(due.id, 0, LOCKED)
            continue
        status = 0
        if due.url not in away:
            try:
                status = post(due, due.secret, clock.now())
            except NotReachable as wrong:
                away[due.url] = str(wrong)
        record(due.id, status, away.get(due.url, ""))
    return len(taken)


def _take() -> list[Due]:
    """Lease what is due by moving its next try, so that a dead worker's messages go again."""
    now = clock.now()
    with transaction() as session:
        rows = session.execute(
            living(now)
            .join(Telling, Telling.webhook_id == Webhook.id)
            .add_columns(Telling)
            .where(Telling.done_at.is_(None), Telling.due_at <= now)
            .order_by(Telling.due_at)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True, of=Telling)
        ).all()
        for _hook, telling in rows:
            telling.attempts += 1
            telling.due_at = now + _wait(telling.id, telling.attempts)
        return [Due(one.id, hook.url, key_of(hook), one.payload) for hook, one in rows]


def _wait(id_: int, attempts: int) -> timedelta:
    # Spread, so that the messages of one outage do not all come back in the same second.
    spread = 0.8 + (id_ * 37 % 100) / 250
    return WAITS[min(attempts, len(WAITS)) - 1] * spread


def _record(id_: int, status: int, error: str) -> None:
    with transaction() as session:
        row = session.get_one(Telling, id_, with_for_update=True)
        row.status, row.error = status or None, error[:500]
        if 200 <= status < 300 or row.attempts >= len(WAITS):
            row.done_at = clock.now()
        if status == 410:
            _disable(session, row.webhook_id)


def _disable(session: Session, webhook_id: int) -> None:
    """The other side says that nobody lives there any more."""
    log.warning("webhook %s answered 410 and is switched off", webhook_id)
    gone = update(Webhook).where(Webhook.id == webhook_id)
    session.execute(gone.values(disabled_at=clock.now()))
