"""Alarms in words: what is wrong, since when, and what to do about it."""

from typing import TYPE_CHECKING, Any

from bot.settings import settings as bot_settings
from cases.language import gettext as _
from cases.language import ngettext, say_date, say_number, say_time
from cases.settings import settings

if TYPE_CHECKING:
    from bot.staff_mail.alarms import Alarm


def letter(alarm: "Alarm") -> tuple[str, str]:
    """Subject and text of the mail that tells of it."""
    zone = settings().zone
    told = sentence(alarm.kind.value, alarm.said)
    page = f"{bot_settings().public_url.rstrip('/')}/admin/alarms"
    since = f"{say_date(alarm.since, zone)}, {say_time(alarm.since, zone)}"
    if alarm.ended_at is not None:
        return (
            _("Over: {what}", what=told),
            _("This is over now. It began on {time}.\n\n{page}", time=since, page=page),
        )
    lines = (_("Since {time}.", time=since), advice(alarm.kind.value), page)
    return _("Alarm: {what}", what=told), "\n\n".join((told, *filter(None, lines)))


def sentence(kind: str, said: dict[str, Any]) -> str:
    """What is wrong."""
    number = int(said.get("number", 0))
    written = say_number(number)
    return {
        "mailbox": _("the mailbox {address} cannot be read", address=said.get("address", "")),
        "queue": _("work lies waiting: {queue}", queue=queue_name(str(said.get("queue", "")))),
        "worker": _("no worker runs for {queue}", queue=work_of(str(said.get("queue", "")))),
        "feed": _("the exclusion feed is not up to date: nobody is released"),
        "breaches": ngettext(
            "{number} promise was broken within an hour",
            "{number} promises were broken within an hour",
            number,
        ),
        "bot": _("automatic mail was stopped: {number} left within an hour", number=written),
        "disk": _("the disk is nearly full: {number} MB are left", number=written),
        "guessing": _("{name} asks about more people than it may", name=said.get("name", "")),
        "forged": ngettext(
            "{number} complaint of an unproven sender within an hour",
            "{number} complaints of unproven senders within an hour",
            number,
        ),
        "unasked": _("{name} wrote to people on truce without asking", name=said.get("name", "")),
        "test": _("this is a test"),
    }[kind]


def queue_name(name: str) -> str:
    """What waits in it."""
    return {
        "filing": _("mails to be filed"),
        "sending": _("mails to be sent"),
        "classifying": _("messages to be classified"),
    }.get(name, name)


def work_of(queue: str) -> str:
    """What the workers of a queue, or the poller, do."""
    return {
        "file": _("filing mail"),
        "send": _("sending mail and alarms"),
        "tag": _("classifying"),
        "poll": _("reading the mailboxes"),
    }.get(queue, queue)


def advice(kind: str) -> str:
    """What to do about it."""
    return {
        "mailbox": _(
            "Perhaps its password has changed. Nothing is lost: what comes meanwhile is read"
            " when it works again. Marketing to its customers waits."
        ),
        "queue": _("See whether the workers run, and whether the relay takes mail."),
        "worker": _(
            "Start it again: tregua up, or the service that runs tregua work or tregua poll."
        ),
        "feed": _("See whether the worker of the queue send runs: it releases whose time is over."),
        "breaches": _("See who is on shift, and answer by priority."),
        "bot": _(
            "Mails wait until somebody has looked. Then let them go on, on the page of the bots."
        ),
        "disk": _("Make room: when the disk is full, no mail can be taken in."),
        "guessing": _(
            "It gets no answers until tomorrow. Ask whose program it is; if nobody knows,"
            " revoke its token."
        ),
        "forged": _("A supervisor can look at them and lift all at once on the page of the truce."),
        "unasked": _("Speak with whoever sends it, or put tregua smtp-gate before its relay."),
        "test": _("You will be told in this way when something is wrong."),
    }[kind]
