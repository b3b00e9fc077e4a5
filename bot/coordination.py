"""One voice: what becomes of a mail at the moment of sending. Rules as a table. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.kinds import ORDINARY, Kind

VERSION = "coordination-2"
LOOK_AGAIN = timedelta(minutes=2)
"""How long bots wait for a person who is writing."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is so when a mail is about to leave."""

    now: datetime
    expires_at: datetime
    kind: Kind = ORDINARY
    urgent: bool = False
    stopped: str = ""
    """Why all automatic mail waits at present."""
    off: str = ""
    """Why nothing of this kind may leave at present: a switch, a mailbox in shadow mode."""
    dead_address: bool = False
    answered: bool = False
    """A person answered since the mail was queued."""
    with_people: bool = False
    """A person has taken the case and has not given it back."""
    writing: str = ""
    """The agent who is writing in the case right now."""
    wrote_again: bool = False
    """The customer wrote since."""
    case_open: bool = True
    said_before: bool = False
    """The same words of the same kind went out in this case."""
    over_limit: str = ""
    held: bool = False
    """A commercial mail to somebody who is excluded."""
    held_until: datetime | None = None
    turn_of: str = ""
    """The other bot that has the word."""
    turn_until: datetime | None = None
    room_at: datetime | None = None
    """When the customer's domain may get more; None if now."""
    pressed_until: datetime | None = None
    wakes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Go:
    """It may leave now."""

    rule: str = "go"
    reason: str = "nothing stands against it"


@dataclass(frozen=True, slots=True)
class Cancel:
    """It must not leave, for that reason."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """It may leave then, for that reason."""

    until: datetime
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class Merge:
    """It is said in another mail that leaves now."""

    into: int
    rule: str = "merge"
    reason: str = "said together with other news in one mail"


Verdict = Go | Cancel | Later | Merge
Rule = Callable[[Facts], Verdict | None]


def obey_the_switches(facts: Facts) -> Verdict | None:
    return Cancel("switched-off", facts.off) if facts.off else None


def never_write_to_dead_addresses(facts: Facts) -> Verdict | None:
    return Cancel("dead-address", "mail to this address bounced") if facts.dead_address else None


def a_person_goes_first(facts: Facts) -> Verdict | None:
    if facts.answered:
        return Cancel("person-first", "a person answered meanwhile")
    if facts.with_people and not facts.kind.beside_people:
        return Cancel("person-first", "a person has taken the case")
    return None


def stay_with_what_is_so(facts: Facts) -> Verdict | None:
    """What was to be said answered an older state of the case."""
    if facts.wrote_again and not facts.kind.stands:
        return Cancel("wrote-again", "the customer wrote again meanwhile")
    if not facts.case_open and not facts.kind.after_closing:
        return Cancel("closed", "the case was closed meanwhile")
    if facts.case_open and facts.kind.after_closing:
        return Cancel("reopened", "the case is open again")
    return None


def say_it_once(facts: Facts) -> Verdict | None:
    return (
        Cancel("duplicate", "the same was said in this case before") if facts.said_before else None
    )


def stay_within_limits(facts: Facts) -> Verdict | None:
    return Cancel("limit", facts.over_limit) if facts.over_limit else None


def say_it_in_time(facts: Facts) -> Verdict | None:
    if facts.now >= facts.expires_at:
        return Cancel("expired", "it waited too long to be worth saying")
    return None


def sell_to_nobody_who_is_held(facts: Facts) -> Verdict | None:
    if not facts.held:
        return None
    if facts.held_until is None or facts.held_until >= facts.expires_at:
        return Cancel("excluded", "this customer is not written to for commercial ends now")
    return Later(
        facts.held_until, "excluded", "this customer is not written to for commercial ends"
    )


def wait_until_the_fuse_is_mended(facts: Facts) -> Verdict | None:
    if facts.stopped:
        return Later(facts.now + 5 * LOOK_AGAIN, "breaker", facts.stopped)
    return None


def wait_for_who_is_writing(facts: Facts) -> Verdict | None:
    if facts.writing:
        return Later(facts.now + LOOK_AGAIN, "writing", f"{facts.writing} is writing an answer")
    return None


def one_bot_at_a_time(facts: Facts) -> Verdict | None:
    if facts.turn_until is not None and not facts.urgent:
        return Later(facts.turn_until, "turn", f"{facts.turn_of or 'another bot'} spoke just now")
    return None


def spare_the_domain(facts: Facts) -> Verdict | None:
    if facts.room_at is not None:
        return Later(facts.room_at, "limit-domain", "this domain had enough automatic mail")
    return None


def spare_the_customer(facts: Facts) -> Verdict | None:
    if facts.pressed_until is None or facts.urgent:
        return None
    if facts.pressed_until >= facts.expires_at:
        return Cancel("pressure", "the customer had enough mail of late")
    return Later(facts.pressed_until, "pressure", "the customer had enough mail of late")


def let_people_sleep(facts: Facts) -> Verdict | None:
    if facts.wakes_at is None or facts.urgent:
        return None
    return Later(facts.wakes_at, "quiet-hours", "it is night where the customer is")


# The first rule that speaks wins, so order is meaning: what forbids a mail for good comes before
# what only delays it, and people come before machines.
RULES: tuple[Rule, ...] = (
    obey_the_switches,
    never_write_to_dead_addresses,
    a_person_goes_first,
    stay_with_what_is_so,
    say_it_once,
    stay_within_limits,
    say_it_in_time,
    sell_to_nobody_who_is_held,
    wait_until_the_fuse_is_mended,
    wait_for_who_is_writing,
    one_bot_at_a_time,
    spare_the_domain,
    spare_the_customer,
    let_people_sleep,
)


def judge(facts: Facts) -> Verdict:
    """What the first rule that speaks says; Go if none does."""
    for rule in RULES:
        verdict = rule(facts)
        if verdict is not None:
            return verdict
    return Go()
