"""Jobs of the API: names for calls, safe to run twice."""

from bot import queues, signs, staff_mail
from bot.staff_mail import alarms
from cases import clock
from cases.db import reading, transaction
from cases.exclusions import changes, feed, gating, ours, refading, renewing, waving
from inbox.api import alarm_posts, bot_news, hooks, posting, troubles, warning


def sweep_feed() -> None:
    """Release whose time is over, forget old changes, mark what nobody reported, weigh ours."""
    now = clock.now()
    with transaction() as session:
        changes.lapse(session, now)
        gating.give_up_unreported(session, now)
    with transaction() as session:
        warning.warn(session, now)
    with transaction() as session:
        feed.prune(session, now)
    ours.weigh(now)


def tell_webhooks() -> None:
    """Tell webhooks what happened."""
    with transaction() as session:
        hooks.announce_changes(session, clock.now())
    bot_news.tell()
    posting.deliver_due()
    alarm_posts.deliver_due()


def watch_over() -> None:
    """Look for what is wrong, and have it told; or that it is over."""
    now = clock.now()
    with transaction(lock=alarms.LOCK) as session:
        alarms.settle(session, troubles.look(session, now), now)


def stand_in() -> None:
    """Alarms leave from here where the worker that sends is dead: nobody else would report it."""
    with reading() as session:
        silent = {sign.queue for sign in signs.missing(session, clock.now())}
    if queues.SEND in silent:
        watch_over()
        staff_mail.deliver_due()
        alarm_posts.deliver_due()


def look_for_waves() -> None:
    """Hold who is part of a wave of complaints, and learn what is usual."""
    now = clock.now()
    with transaction() as session:
        waving.look_for_waves(session, now)
        waving.follow_the_usual(session, now)


def follow_policy() -> None:
    """Bring everybody under the policy that an admin has just decided."""
    now = clock.now()
    renewing.follow_policy(now)
    refading.follow(now)
