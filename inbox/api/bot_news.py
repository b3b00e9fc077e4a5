"""Carries the news of cases to the webhooks of the bots that want them, each once."""

from sqlalchemy.orm import Session

from bot.registry import news
from cases import clock
from cases.db import reading, transaction
from inbox.api.hooks import announce, living
from inbox.webhook import Happening

AT_ONCE = 200
LOCK = "bot news"


def tell() -> int:
    """Put new news into the tellings of the webhooks; how many there were."""
    with reading() as session:
        if not news.untold(session, 1):
            return 0
    with transaction(lock=LOCK) as session:
        rows = news.untold(session, AT_ONCE)
        tokens = _tokens(session)
        for row in rows:
            row.told_at = clock.now()
            payload = {"case": row.case_id, "at": row.at.isoformat(), **row.data}
            for token_id in tokens:
                kind = Happening(row.kind.value)
                announce(session, kind, payload, at=clock.now(), token_id=token_id)
        return len(rows)


def _tokens(session: Session) -> list[int]:
    return sorted({hook.token_id for hook in session.scalars(living(clock.now()))})
