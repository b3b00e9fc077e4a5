"""Reply or stay silent, and why: rules as a table. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.kinds import Mode
from bot.rules import Rule as OwnRule
from bot.rules import that_fit
from cases.mail import Origin, Trust

VERSION = "2026-11-2"
"""Named in every decision, so that an old one can be understood later."""

LATE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Situation:
    """What the policy wants to know of a mail and its case."""

    origin: Origin
    may_answer: bool
    may_answer_reason: str
    trust: Trust = Trust.NONE
    opened: bool = True
    """The mail opened a new case."""
    quarantined: bool = False
    again: bool = False
    """The same mail came before."""
    history: bool = False
    age: timedelta = timedelta(0)
    """Between arrival at the server and now."""
    shadow: bool = False
    """The mailbox may not send by itself yet."""
    switched_on: bool = True
    sent_to_address: int = 0
    """Automatic answers to that address in the last 24 hours, waiting ones too."""
    per_address: int = 2
    sent_to_domain: int = 0
    """Automatic mails to that domain in the last hour, waiting ones too."""
    per_domain: int = 20
    freemail: bool = False
    alike_from_domain: int = 0
    """Of those, the ones to mails that say nearly the same; counted where domains have no limit."""
    alike: int = 0
    """Automatic answers in the last hour to mails that say nearly the same, from wherever."""
    dead_address: bool = False
    sender: str = ""
    tagged: bool = False
    """The mail was classified: what follows is known."""
    type: str = ""
    confidence: float = 0.0
    sentiment: str = ""
    course: str = ""
    """How the mood went since the customer's mail before: better, worse or same."""
    language: str = ""
    mailbox: str = ""
    team: str = ""
    tier: str = ""
    open_now: bool = True
    contacts: int = 1
    """The customer's mails in this case."""
    sla: str = "none"
    """none, running or late."""
    tags: tuple[str, ...] = ()
    attachments: bool = False
    bots_spoke: bool = False
    """A bot wrote in this case within a day."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Answer with that template."""

    template: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Say nothing, for that reason."""

    rule: str
    reason: str


Decision = Reply | Silence
Rule = Callable[[Situation], Decision | None]


def never_answer_machines(situation: Situation) -> Decision | None:
    if situation.origin is not Origin.CUSTOMER:
        return Silence("machines", f"written by {_SPEAKERS[situation.origin]}")
    return None


_SPEAKERS = {
    Origin.AGENT: "one of our agents",
    Origin.BOT: "one of our bots",
    Origin.MARKETING: "a marketing tool",
    Origin.AUTO_REPLY: "a machine (automatic reply)",
    Origin.BOUNCE: "a mail server (bounce)",
    Origin.FEEDBACK_REPORT: "a mail server (complaint report)",
    Origin.RECEIPT: "a machine (receipt)",
    Origin.BULK: "a machine (bulk mail or list)",
    Origin.SPAM: "a sender of spam",
    Origin.CHALLENGE: "a machine (challenge)",
    Origin.OWN: "ourselves",
}


def never_answer_what_forbids_it(situation: Situation) -> Decision | None:
    """RFC 3834: senders that must not be answered."""
    if not situation.may_answer:
        return Silence("rfc3834", situation.may_answer_reason)
    return None


def never_answer_doubtful_senders(situation: Situation) -> Decision | None:
    """An answer to a forged address is mail that somebody else's victim gets from us."""
    if situation.trust is Trust.FAIL or situation.quarantined:
        return Silence("forged", "the sender's authentication failed")
    return None


def never_answer_dead_addresses(situation: Situation) -> Decision | None:
    return (
        Silence("dead-address", "mail to this address bounced") if situation.dead_address else None
    )


def say_nothing_of_old_mail(situation: Situation) -> Decision | None:
    if situation.history:
        return Silence("history", "imported old mail")
    if situation.age > LATE:
        return Silence("late", "it waited for more than a day: an acknowledgement comes too late")
    return None


def once_per_mail(situation: Situation) -> Decision | None:
    return Silence("again", "the same mail came before") if situation.again else None


def once_per_case(situation: Situation) -> Decision | None:
    if not situation.opened:
        return Silence("once-per-case", "the case was acknowledged before; a person answers next")
    return None


def stay_within_limits(situation: Situation) -> Decision | None:
    if situation.sent_to_address >= situation.per_address:
        return Silence("limit-address", "this address had enough automatic answers today")
    if not situation.freemail and situation.sent_to_domain >= situation.per_domain:
        return Silence("limit-domain", "this domain had enough automatic answers this hour")
    return None


def brake_what_repeats(situation: Situation) -> Decision | None:
    """A machine that hides its marks and changes its address still says the same each time."""
    in_domain, in_all = situation.per_domain // 4, max(200, 10 * situation.per_domain)
    if situation.freemail and situation.alike_from_domain >= max(3, in_domain):
        return Silence("limit-alike", "many addresses of this domain say the same")
    if situation.alike >= in_all:
        return Silence("limit-alike", "too many mails say the same")
    return None


def obey_the_switches(situation: Situation) -> Decision | None:
    if not situation.switched_on:
        return Silence("switched-off", "acknowledgements are switched off")
    if situation.shadow:
        return Silence("shadow", "the mailbox is in shadow mode: nothing is sent by itself")
    return None


def acknowledge_the_first_mail(situation: Situation) -> Decision | None:
    return Reply("acknowledgement", "acknowledge", "a person opened a case")


# The first rule that speaks wins, so order is meaning: silences come first.
RULES: tuple[Rule, ...] = (
    never_answer_machines,
    never_answer_what_forbids_it,
    never_answer_doubtful_senders,
    never_answer_dead_addresses,
    say_nothing_of_old_mail,
    once_per_mail,
    once_per_case,
    stay_within_limits,
    brake_what_repeats,
    obey_the_switches,
    acknowledge_the_first_mail,
)


# What holds for every automatic mail; the two others are about acknowledgements alone.
SAFETY = tuple(rule for rule in RULES if rule not in (once_per_case, acknowledge_the_first_mail))


def decide(situation: Situation, rules: Sequence[OwnRule] = ()) -> Decision:
    """What the first rule that speaks says; the admin's own come after the silences."""
    own = speaking_rule(situation, rules)
    if own is not None:
        return decision_of(own)
    for rule in RULES:
        decision = rule(situation)
        if decision is not None:
            return decision
    return Silence("nothing", "no rule speaks")


def speaking_rule(situation: Situation, rules: Sequence[OwnRule]) -> OwnRule | None:
    """The admin's rule that decides this mail, unless safety says otherwise before."""
    fitting = [
        rule for rule in that_fit(situation, rules) if rule.speaks and rule.mode is Mode.SEND
    ]
    if not fitting or silenced(situation) is not None:
        return None
    return fitting[0]


def silenced(situation: Situation) -> Decision | None:
    """Why nothing at all may be said by itself, or None."""
    # The switch of the acknowledgements says nothing about other replies.
    other = replace(situation, switched_on=True)
    return next((said for rule in SAFETY if (said := rule(other)) is not None), None)


def decision_of(rule: OwnRule) -> Decision:
    """What the admin's rule says."""
    if rule.reply:
        return Reply(rule.reply, rule.label, f"the rule {rule.name!r} fits")
    return Silence(rule.label, f"the rule {rule.name!r} says stop")
