"""All modules of the bot that own tables, so that whoever makes the tables knows them."""

from bot import (
    alarms,
    articles,
    breaker,
    decided,
    lifecycle,
    news,
    notifying,
    outbox,
    presence,
    proposals,
    registry,
    rulebook,
    sent_copies,
    signs,
    staff_mail,
    switches,
    switching,
    templates,
    trials,
    voice,
)

OWNERS = (
    *(alarms, notifying, signs, staff_mail),
    *(articles, breaker, decided, lifecycle, news, outbox, presence, proposals, registry, rulebook),
    *(sent_copies, switches, switching, templates, trials, voice),
)
