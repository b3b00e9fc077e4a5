"""Why bots speak or stay silent, in the reader's language: decisions keep their reason in English.

A reason is a sentence of the program, sometimes with a value in it; what is not known is shown as
it was kept.
"""

import re
from collections.abc import Callable

from bot import kinds
from cases.language import gettext as _
from cases.retelling import retold
from inbox.web.words import known_reasons, rules


def said(reason: str) -> str:
    """The reason as a sentence of the current language."""
    known = known_reasons.known().get(reason) or rules.said(reason)
    if known != reason:
        return known
    for shape, say in _SHAPES:
        if found := shape.fullmatch(reason[:600]):
            return say(**found.groupdict())
    return reason


def _shape(pattern: str, say: Callable[..., str]) -> tuple[re.Pattern[str], Callable[..., str]]:
    return re.compile(pattern), say


def _another(who: str) -> str:
    return _("another bot") if who == "another bot" else who


# A value stands between two fixed pieces and holds no quote, so one pass reads it.
_SHAPES = (
    _shape(
        r"(?P<who>[^\n]{1,200}) is writing an answer",
        lambda who: _("{who} is writing an answer", who=who),
    ),
    _shape(
        r"(?P<who>[^\n]{1,200}) spoke just now",
        lambda who: _("{who} spoke just now", who=_another(who)),
    ),
    _shape(r"cancelled by (?P<who>\S{1,320})", lambda who: _("cancelled by {who}", who=who)),
    _shape(
        r"(?P<who>\S{1,320}) dropped the draft", lambda who: _("{who} dropped the draft", who=who)
    ),
    _shape(
        r"the rule '(?P<name>[^']{1,200})' fits",
        lambda name: _("the rule “{name}” fits", name=name),
    ),
    _shape(
        r"the rule '(?P<name>[^']{1,200})' says stop",
        lambda name: _("the rule “{name}” says stop", name=name),
    ),
    _shape(
        r"proposed to the agents: the rule '(?P<name>[^']{1,200})' fits",
        lambda name: _("the rule “{name}” proposes it", name=name),
    ),
    _shape(
        r"only tried, not (?:done|sent): (?P<what>[^\n]{1,400})",
        lambda what: _("only tried, not sent: {what}", what=said(what)),
    ),
    _shape(
        r"it could not be written: (?P<why>[^\n]{1,500})",
        lambda why: _("it could not be written: {why}", why=retold(why)),
    ),
    _shape(
        r"written by a machine \((?P<sign>[^\n]{1,300})\)",
        lambda sign: _("written by a machine ({sign})", sign=rules.said(sign)),
    ),
    _shape(
        r"it was sent to many \((?P<sign>[^)\n]{1,300})\)",
        lambda sign: _("it was sent to many ({sign})", sign=sign),
    ),
    _shape(
        r"(?P<who>\S{1,320}) is not a person's address",
        lambda who: _("{who} is not a person's address", who=who),
    ),
    _shape(r"nobody reads (?P<who>\S{1,320})", lambda who: _("nobody reads {who}", who=who)),
    _shape(
        r"it went through (?P<hops>\d{1,6}) servers",
        lambda hops: _("it went through {hops} servers", hops=hops),
    ),
    _shape(
        r"the articles (?P<numbers>[\d, ]{1,100}) fit",
        lambda numbers: _("the articles {numbers} fit", numbers=numbers),
    ),
)


def reply(template: str) -> str:
    """What a reply is called; those of an admin's own making by their name."""
    return {
        kinds.ACKNOWLEDGEMENT: _("Acknowledgement"),
        kinds.SUGGESTION: _("Suggestion"),
        kinds.PROGRESS: _("News of progress"),
        kinds.APOLOGY: _("Apology"),
        kinds.REMINDER: _("Reminder"),
        kinds.CLOSING: _("Farewell"),
        kinds.SATISFACTION: _("Question of satisfaction"),
        kinds.HANDOVER: _("Handover"),
        "confirm_topics": _("Confirmation of topics"),
        "letter": _("Frame of several messages in one"),
        "bot": _("Message of a bot"),
    }.get(template, template.replace("_", " "))


def speaker(bot: str, rule: str) -> str:
    """Who wants to say it: an outside bot, a rule with its version, or the program itself."""
    name = rule.removeprefix("rule:")
    if name != rule:
        return _("rule {name}", name=name)
    return bot if bot and bot != rule else "Tregua"
