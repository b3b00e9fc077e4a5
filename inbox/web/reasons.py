"""Why bots speak or stay silent, in the reader's language: decisions keep their reason in English.

A reason is a sentence of the program, sometimes with a value in it; what is not known is shown as
it was kept.
"""

import re
from collections.abc import Callable

from bot import kinds
from cases.language import gettext as _
from inbox.web import words


def said(reason: str) -> str:
    """The reason as a sentence of the current language."""
    known = _known().get(reason) or words.rule(reason)
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
        lambda who: _(
            "{who} spoke just now", who=_("another bot") if who == "another bot" else who
        ),
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
        lambda why: _("it could not be written: {why}", why=why),
    ),
    _shape(
        r"written by a machine \((?P<sign>[^)\n]{1,300})\)",
        lambda sign: _("written by a machine ({sign})", sign=sign),
    ),
    _shape(
        r"it was sent to many \((?P<sign>[^)\n]{1,300})\)",
        lambda sign: _("it was sent to many ({sign})", sign=sign),
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


def _known() -> dict[str, str]:
    return {**_of_silences(), **_of_machines(), **_of_sending(), **_of_time()}


def _of_silences() -> dict[str, str]:
    return {
        "a person answered": _("a person answered"),
        "a person answered meanwhile": _("a person answered meanwhile"),
        "a person has taken the case": _("a person has taken the case"),
        "the case was handed over to people": _("a person has taken the case"),
        "the customer wrote again meanwhile": _("the customer wrote again meanwhile"),
        "the case was closed meanwhile": _("the case was closed meanwhile"),
        "the case is open again": _("the case is open again"),
        "the same was said in this case before": _("the same was said in this case before"),
        "it waited too long to be worth saying": _("it waited too long to be worth saying"),
        "withdrawn by its bot": _("its bot took it back"),
        "this bot is switched off": _("this bot is switched off"),
        "this rule is switched off": _("this rule is switched off"),
        "this reply is switched off here": _("this reply is switched off here"),
        "the customer says it is solved": _("the customer says it is solved"),
        "no approved article fits": _("no approved article fits"),
        "an angry customer wants a person": _("an angry customer wants a person"),
        "it is not clear enough what the mail is about": _(
            "it is not clear enough what the mail is about"
        ),
    }


def _of_machines() -> dict[str, str]:
    return {
        "many addresses of this domain say the same": _(
            "many addresses of this domain say the same"
        ),
        "too many mails say the same": _("too many mails say the same"),
        "it comes from an address of ours": _("it comes from an address of ours"),
        "it claims to come from an agent": _("it claims to come from an agent"),
        "the sender wants no automatic answer (X-Auto-Response-Suppress)": _(
            "the sender wants no automatic answer (X-Auto-Response-Suppress)"
        ),
        "it carries our own loop mark": _("it carries our own loop mark"),
        "it went through us before (X-Loop)": _("it went through us before (X-Loop)"),
        "none of our addresses is in To or Cc": _("none of our addresses is in To or Cc"),
    }


def _of_sending() -> dict[str, str]:
    return {
        "this address had enough automatic answers this week": _(
            "this address had enough automatic answers this week"
        ),
        "this address had enough notices today": _("this address had enough notices today"),
        "this domain had enough automatic mail": _("this domain had enough automatic mail"),
        "the customer had enough mail of late": _("the customer had enough mail of late"),
        "it is night where the customer is": _("it is night where the customer is"),
        "this customer is not written to for commercial ends": _(
            "this customer is not written to for commercial ends"
        ),
        "this customer is not written to for commercial ends now": _(
            "this customer is not written to for commercial ends"
        ),
        "said together with other news in one mail": _("said together with other news in one mail"),
        "it will be said together with other news": _("said together with other news in one mail"),
        "this rule wrote often enough today": _("this rule wrote often enough today"),
        "automatic mail was stopped: far more of it than usual was leaving": _(
            "automatic mail was stopped: far more of it than usual was leaving"
        ),
    }


def _of_time() -> dict[str, str]:
    return {
        "the customer has waited for a day": _("the customer has waited for a day"),
        "a promised time passed": _("a promised time passed"),
        "the case waits for the customer": _("the case waits for the customer"),
        "the customer did not answer": _("the customer did not answer"),
        "the case is settled": _("the case is settled"),
    }


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
        "bot": _("Message of a bot"),
    }.get(template, template.replace("_", " "))


def speaker(bot: str, rule: str) -> str:
    """Who wants to say it: an outside bot, a rule with its version, or the program itself."""
    name = rule.removeprefix("rule:")
    if name != rule:
        return _("rule {name}", name=name)
    return bot if bot and bot != rule else "Tregua"
