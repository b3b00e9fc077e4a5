"""Jobs of the bot: names for calls, safe to run twice."""

from bot import delivery, lifecycle, noticing, uncertain
from cases import breaches


def deliver_due() -> None:
    """Send what is due."""
    delivery.deliver_due()


def sweep_outbox() -> None:
    """Settle what a dead worker left uncertain, and send what a lost doorbell left waiting."""
    uncertain.give_up_uncertain()
    delivery.deliver_due()


def sweep_promises() -> None:
    """Notice the promises that are about to be broken, and those that are."""
    breaches.sweep()


def notice() -> None:
    """Read what happened in cases: news for bots, and mails that were classified."""
    noticing.notice()


def sweep_lifecycle() -> None:
    """Say what time has made due."""
    lifecycle.sweep()
