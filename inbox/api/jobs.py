"""Jobs of the API: names for calls, safe to run twice."""

from cases import clock
from cases.db import transaction
from cases.exclusions import changes, feed, gating
from inbox.api import bot_news, hooks, posting


def sweep_feed() -> None:
    """Release whose time is over, forget old changes, mark campaigns nobody reported."""
    now = clock.now()
    with transaction() as session:
        changes.lapse(session, now)
        gating.give_up_unreported(session, now)
    with transaction() as session:
        feed.prune(session, now)


def tell_webhooks() -> None:
    """Tell webhooks what happened."""
    with transaction() as session:
        hooks.announce_changes(session, clock.now())
    bot_news.tell()
    posting.deliver_due()
