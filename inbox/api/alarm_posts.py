"""Alarms on their way to webhooks: signed as all messages to webhooks are."""

from sqlalchemy import select

from bot.staff_mail.alarms import AlarmGoal, AlarmPost
from cases import clock
from cases.db import transaction
from inbox.api import posting
from inbox.api.posting import AT_ONCE, WAITS, Due


def deliver_due() -> int:
    """Send what is due, holding no transaction meanwhile; how many were taken up."""
    return posting.post_each(_take(), _record)


def _take() -> list[Due]:
    now = clock.now()
    with transaction() as session:
        rows = session.execute(
            select(AlarmPost, AlarmGoal)
            .join(AlarmGoal, AlarmGoal.id == AlarmPost.goal_id)
            .where(AlarmPost.settled_at.is_(None), AlarmPost.due_at <= now)
            .order_by(AlarmPost.due_at)
            .limit(AT_ONCE)
            .with_for_update(skip_locked=True, of=AlarmPost)
        ).all()
        for post, goal in rows:
            post.attempts += 1
            post.due_at = now + WAITS[min(post.attempts, len(WAITS)) - 1]
            if goal.ended_at is not None:
                post.settled_at = now
        return [
            Due(post.id, goal.address, posting.key_of(goal), post.payload)
            for post, goal in rows
            if post.settled_at is None
        ]


def _record(post_id: int, status: int, error: str) -> None:
    with transaction() as session:
        row = session.get_one(AlarmPost, post_id, with_for_update=True)
        taken = 200 <= status < 300
        row.error = "" if taken else (error or str(status))[:500]
        if taken or row.attempts >= len(WAITS):
            row.settled_at = clock.now()
