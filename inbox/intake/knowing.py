"""Who is who here, from the database and the settings, as origin.py wants to know it."""

from cases import agent, mailbox
from cases.db import reading
from inbox.intake.known import BotRule, Known, read_bot_rules
from inbox.settings import settings


def who_is_who() -> Known:
    """Our own addresses, agents, bots, and the servers whose word counts."""
    with reading() as session:
        own, agents = mailbox.ours(session), agent.addresses(session)
    rules = _rules()
    return Known(
        own=own,
        agents=agents - own,
        bots=tuple(rule for rule in rules if rule.kind == "bot"),
        marketing=tuple(rule for rule in rules if rule.kind == "marketing"),
        authserv_ids=frozenset(name.lower() for name in settings().trusted_servers),
        own_id_domains=frozenset(address.rpartition("@")[2] for address in own),
    )


def _rules() -> tuple[BotRule, ...]:
    file = settings().bots_file
    return read_bot_rules(file) if file is not None else ()
