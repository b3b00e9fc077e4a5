"""Carries the news of cases to the webhooks of the bots that want them, each once."""

from typing import Any

from bot.registry import news
from bot.registry.news import BotNews
from cases import clock
from cases.db import reading, transaction
from inbox.api import hooks
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
        now = clock.now()
        for row in rows:
            row.told_at = now
        hooks.announce_to_all(session, [_said(row) for row in rows], at=now)
        return len(rows)


def _said(row: BotNews) -> tuple[Happening, dict[str, Any]]:
    payload = {"case": row.case_id, "at": row.at.isoformat(), **row.data}
    return Happening(row.kind.value), payload
