"""Jobs of the bot: names for calls, safe to run twice."""

from bot import delivery, noticing, staff_mail
from bot.delivery import uncertain
from bot.replies import lifecycle
from cases import clock, quiet, snoozing
from cases.db import transaction
from cases.people import scale
from cases.promises import breaches
from cases.reporting import summing
from cases.tag import old_tags
from cases.words import keeping


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


def wake_snoozed() -> None:
    """Bring back the cases that were laid aside until now."""
    snoozing.wake_due(clock.now())


def sweep_lifecycle() -> None:
    """Say what time has made due."""
    lifecycle.sweep()


def ask_about_quiet() -> None:
    """Ask the owners of open cases in which nothing happens."""
    with transaction() as session:
        quiet.ask(session, clock.now())


def measure_worth() -> None:
    """Compare tiers and lifetime values of all customers anew."""
    with transaction() as session:
        scale.measure(session, clock.now())


def keep_words() -> None:
    """Make the words of new messages, so that they are found."""
    keeping.keep()


def find_old_tags() -> None:
    """Have cases found by the tags that they got before there was a table of them."""
    old_tags.catch_up()


def sum_days() -> None:
    """Sum for the reports the days that are over."""
    summing.keep(clock.now())


def tell_people() -> None:
    """Send the mails to people of ours that are due."""
    staff_mail.deliver_due()
