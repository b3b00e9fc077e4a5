"""All modules of the bot that own tables, so that whoever makes the tables knows them."""

from bot import (
    articles,
    lifecycle,
    news,
    outbox,
    presence,
    proposals,
    registry,
    rulebook,
    sent_copies,
    switches,
    templates,
    voice,
)

OWNERS = (
    *(articles, lifecycle, news, outbox, presence, proposals, registry, rulebook),
    *(sent_copies, switches, templates, voice),
)
