"""Jobs of the bot: names for calls, safe to run twice."""

from bot import delivery, outbox, proof


def deliver_due() -> None:
    """Send what is due."""
    delivery.deliver_due()


def sweep_outbox() -> None:
    """Settle what a dead worker left uncertain, and send what a lost doorbell left waiting."""
    outbox.give_up_uncertain()
    proof.look_for_it()
    delivery.deliver_due()
