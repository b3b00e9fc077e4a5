"""All modules of the bot that own tables, so that whoever makes the tables knows them."""

from bot import outbox, presence, sent_copies, switches, templates, voice

OWNERS = (outbox, presence, sent_copies, switches, templates, voice)
