"""Who is who here, from the database and the settings, as origin.py wants to know it."""

from bot import registry
from bot.registry import OutsideBot
from cases import agent, mailbox
from cases.db import reading
from inbox.intake.known import BotRule, Known, read_bot_rules
from inbox.settings import settings


def who_is_who() -> Known:
    """Our own addresses, agents, bots, and the servers whose word counts."""
    with reading() as session:
        own, agents = mailbox.ours(session), agent.addresses(session)
        registered = [_by_row(one) for one in registry.everybody(session) if one.has_signs]
    rules = (*_rules(), *registered)
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


def _by_row(bot: OutsideBot) -> BotRule:
    """How the mails of a bot are told that was registered in the database."""
    return BotRule(
        name=bot.name,
        addresses=frozenset(address.lower() for address in bot.addresses),
        headers=tuple((name.lower(), str(pattern)) for name, pattern in bot.headers.items()),
        subject_patterns=tuple(bot.subjects),
        customer=bot.customer,
        kind="marketing" if bot.marketing else "bot",
    )
