"""All modules of the bot that own tables, so that whoever makes the tables knows them."""

from bot import articles, decided, outbox, registry, signs, staff_mail, switches, voice
from bot.delivery import sent_copies
from bot.registry import news, proposals
from bot.replies import lifecycle
from bot.rules import rulebook, trials
from bot.staff_mail import alarms, notifying
from bot.switches import switching
from bot.voice import breaker, presence
from bot.wording import templates

OWNERS = (
    *(alarms, notifying, signs, staff_mail),
    *(articles, breaker, decided, lifecycle, news, outbox, presence, proposals, registry, rulebook),
    *(sent_copies, switches, switching, templates, trials, voice),
)
