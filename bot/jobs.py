"""Jobs of the bot: names for calls, safe to run twice."""

from bot import delivery, outbox


def deliver_due() -> None:
    """Send what is due."""
    delivery.deliver_due()


def sweep_outbox() -> None:
    """Show people what a dead worker left uncertain, and send what a lost doorbell left waiting."""
    outbox.give_up_uncertain()
    delivery.deliver_due()
