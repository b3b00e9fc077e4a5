"""Which exclusions the state of a contact calls for: rules as a table. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cases.exclusions.debt import DEBT
from cases.exclusions.facts import Facts, Matter, Said
from cases.exclusions.reasons import RULES, Reason, Severity
from cases.exclusions.settings import Settings
from cases.mail import Origin, Trust
from cases.message import Direction
from classifiers import taxonomy

# Leaves of the taxonomy whose open cases a campaign class may exempt.
ANGRY = 1.0
BAD, GOOD = 2, 4
"""Steps of an answer about satisfaction: up to the one, from the other on."""
CONTACTS_WITHIN = timedelta(days=14)
SAME_CONTACT = timedelta(hours=1)
"""A customer who writes again so soon adds to one contact."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An exclusion that ought to be there."""

    reason: Reason
    starts_at: datetime
    until: datetime | None = None
    severity: Severity | None = None
    case_id: int | None = None
    identifier_id: int | None = None
    evidence: str = ""
    about: str = ""

    @property
    def key(self) -> tuple[Reason, int | None, int | None]:
        """One contact has at most one living exclusion of each key that follows from state."""
        return self.reason, self.case_id, self.identifier_id

    @property
    def strength(self) -> Severity:
        return self.severity or RULES[self.reason].severity


Standing = Mapping[tuple[Reason, int | None, int | None], datetime]
"""The keys of the exclusions that are there already, and since when they hold."""
Wishes = Iterator[Wanted]


def wanted(
    facts: Facts, standing: Standing, chosen: Settings, now: datetime
) -> dict[tuple[Reason, int | None, int | None], Wanted]:
    """All exclusions this contact calls for; what is over by now is left out."""
    wishes = [wish for rule in OF_CONTACT for wish in rule(facts, chosen)]
    for matter in facts.matters:
        if not matter.bulk and not matter.merged:
            found = (wish for rule in OF_CASE for wish in rule(matter, standing, chosen))
            wishes += [replace(wish, case_id=matter.id) for wish in found]
    return {wish.key: wish for wish in wishes if wish.until is None or wish.until > now}


def _open_case(case: Matter, _: Standing, chosen: Settings) -> Wishes:
    if not case.open or _doubtful(case, chosen):
        return
    # What is not tagged yet counts as a complaint: the exclusion never waits for the tag.
    harmless = case.complaint is False
    newest = max((said.id for said in _customers(case)), default=0)
    soft = harmless and taxonomy.holds_softly(case.type)
    yield Wanted(
        Reason.OPEN_CASE,
        case.opened_at,
        case.last_at + chosen.truce_forgotten_case if harmless else None,
        severity=Severity.SOFT if soft else Severity.HARD,
        evidence=f"case:{case.id}:{newest}",
        about=case.type.partition(".")[0],
    )


def _provisional(case: Matter, _: Standing, chosen: Settings) -> Wishes:
    """A case whose sender may be anybody: held for a while, so that nobody can hold others."""
    if case.open and _doubtful(case, chosen):
        until = case.opened_at + chosen.truce_provisional
        yield Wanted(Reason.PROVISIONAL, case.opened_at, until, evidence=f"case:{case.id}")


def _doubtful(case: Matter, chosen: Settings) -> bool:
    """No mail of the customer in it is vouched for, and nobody of ours has looked at it."""
    written = [said for said in case.said if said.from_customer]
    if case.acted or not written:
        return False
    return all(_unproven(said, chosen) for said in written)


def _unproven(said: Said, chosen: Settings) -> bool:
    return said.trust is Trust.FAIL or (said.trust is Trust.NONE and bool(chosen.trusted_servers))


def _sla_breach(case: Matter, standing: Standing, chosen: Settings) -> Wishes:
    """A broken promise, or one that will be broken at its due instant unless we answer."""
    starts_at = case.breached_at or case.due_at or _missed(case, standing)
    if starts_at is None or (case.open and _doubtful(case, chosen)):
        return
    until = case.closed_at + chosen.truce_after_breach if case.closed_at is not None else None
    yield Wanted(Reason.SLA_BREACH, starts_at, until, evidence=f"due:{starts_at.isoformat()}")


def _missed(case: Matter, standing: Standing) -> datetime | None:
    """The instant of a promise that was broken before the case was closed without an answer."""
    since = standing.get((Reason.SLA_BREACH, case.id, None))
    missed = since is not None and case.closed_at is not None and since <= case.closed_at
    return since if missed else None


def _formal_claim(case: Matter, standing: Standing, chosen: Settings) -> Wishes:
    claims = [said.at for said in _customers(case) if "legal_threat" in _signals(said)]
    since = standing.get((Reason.FORMAL_CLAIM, case.id, None))
    if since is None and not claims:
        return
    until = case.closed_at + chosen.truce_after_claim if case.closed_at is not None else None
    starts_at = since if since is not None else claims[0]
    yield Wanted(Reason.FORMAL_CLAIM, starts_at, until, evidence=f"claim:{case.id}")


def _after_closing(case: Matter, _: Standing, chosen: Settings) -> Wishes:
    # What was closed from the start was no talk: imported mail, or mail of a machine.
    if case.closed_at is not None and not case.open and case.closed_at > case.opened_at:
        taken = _taken(case)
        evidence = f"closing:{case.closed_at.isoformat()}"
        # Where it ended badly we owe an apology, and no offer: a debt that fades.
        about = DEBT if taken == "negative" else ""
        until = case.closed_at + _rest(taken, chosen)
        yield Wanted(Reason.AFTER_CLOSING, case.closed_at, until, evidence=evidence, about=about)


def _rest(taken: str, chosen: Settings) -> timedelta:
    """How long after a closing that was taken like that."""
    if taken == "negative":
        return max(chosen.truce_after_bad_closing, chosen.truce_after_closing)
    return chosen.truce_after_good_closing if taken == "positive" else chosen.truce_after_closing


def _taken(case: Matter) -> str:
    """How the customer took the closing, if they said so or had the last word."""
    if case.satisfaction is not None:
        return _as_said(case.satisfaction)
    spoken = [said for said in case.said if said.from_customer or _by_a_person_of_ours(said)]
    last = spoken[-1] if spoken else None
    if last is None or not last.from_customer or last.quarantined:
        return "neutral"
    return str(last.labels.get("sentiment", "neutral"))


def _as_said(step: int) -> str:
    """By what they answered when we asked how content they were, from 1 to 5."""
    if step <= BAD:
        return "negative"
    return "positive" if step >= GOOD else "neutral"


def _personal_contact(case: Matter, _: Standing, chosen: Settings) -> Wishes:
    written = [said for said in case.said if _by_a_person_of_ours(said)]
    if written:
        last = written[-1]
        until = last.at + chosen.truce_after_talk
        yield Wanted(Reason.PERSONAL_CONTACT, last.at, until, evidence=f"message:{last.id}")


def _by_a_person_of_ours(said: Said) -> bool:
    wrote = said.direction is Direction.OUT and said.origin is Origin.AGENT
    return wrote and not said.withdrawn


def _opt_out_heard(case: Matter, _: Standing, _chosen: Settings) -> Wishes:
    heard = [said for said in _customers(case) if "opt_out" in _signals(said)]
    if heard:
        last = heard[-1]
        yield Wanted(Reason.OPT_OUT_HEARD, last.at, evidence=f"message:{last.id}")


def _negative_mood(facts: Facts, chosen: Settings) -> Wishes:
    signs = sorted(
        (said for case in facts.matters for said in _still_angry(case)), key=lambda said: said.at
    )
    if signs:
        until = signs[-1].at + chosen.truce_after_bad_mood
        evidence = f"message:{signs[-1].id}"
        # What only the classifier heard holds softly; a person's word holds.
        heard = Severity.HARD if any(map(_confirmed, signs)) else None
        yield Wanted(Reason.NEGATIVE_MOOD, signs[0].at, until, severity=heard, evidence=evidence)


def _still_angry(case: Matter) -> list[Said]:
    """The angry mails of a case since somebody last said that the customer is calm."""
    written = list(_customers(case))
    calm = [place for place, said in enumerate(written) if _confirmed(said) and not _angry(said)]
    return [said for said in written[max(calm, default=-1) + 1 :] if _angry(said)]


def _angry(said: Said) -> bool:
    angry = _confirmed(said) or float(said.labels.get("anger", 0.0)) >= ANGRY
    return angry and said.labels.get("sentiment") == "negative"


def _confirmed(said: Said) -> bool:
    return bool(said.labels.get("sentiment_by"))


def _repeated_contacts(facts: Facts, chosen: Settings) -> Wishes:
    written = sorted(
        (said.at, said.id) for case in facts.matters if not case.bulk for said in _customers(case)
    )
    contacts: list[tuple[datetime, int]] = []
    for at, id_ in written:
        if not contacts or at - contacts[-1][0] >= SAME_CONTACT:
            contacts.append((at, id_))
    for n in range(len(contacts) - 1, chosen.repeated_contacts - 2, -1):
        last, first = contacts[n], contacts[n - chosen.repeated_contacts + 1]
        if last[0] - first[0] <= CONTACTS_WITHIN:
            until = last[0] + chosen.truce_after_contacts
            evidence = f"message:{last[1]}"
            yield Wanted(Reason.REPEATED_CONTACTS, last[0], until, evidence=evidence)
            return


def _bounced(facts: Facts, _: Settings) -> Wishes:
    """Only that address is meant: the person can be reached at their others."""
    for one in facts.addresses:
        if one.bounced_at is not None:
            evidence = f"bounce:{one.bounced_at.isoformat()}"
            yield Wanted(
                Reason.BOUNCE_HARD, one.bounced_at, identifier_id=one.id, evidence=evidence
            )


def _answered_a_drip(facts: Facts, chosen: Settings) -> Wishes:
    """Who answers a mail of a series talks with a person now: it does not go on by itself."""
    answers = [one.drip_answered_at for one in facts.addresses if one.drip_answered_at is not None]
    if answers:
        last = max(answers)
        evidence = f"answer:{last.isoformat()}"
        yield Wanted(
            Reason.PERSONAL_CONTACT, last, last + chosen.truce_after_talk, evidence=evidence
        )


def _customers(case: Matter) -> Iterator[Said]:
    """What the customer wrote, and nobody in their name."""
    return (said for said in case.said if said.from_customer and not said.quarantined)


def _signals(said: Said) -> list[str]:
    found = said.labels.get("signals", [])
    return found if isinstance(found, list) else []


OF_CASE: tuple[Callable[[Matter, Standing, Settings], Wishes], ...] = (
    _open_case,
    _provisional,
    _sla_breach,
    _formal_claim,
    _after_closing,
    _personal_contact,
    _opt_out_heard,
)

OF_CONTACT: tuple[Callable[[Facts, Settings], Wishes], ...] = (
    _negative_mood,
    _repeated_contacts,
    _bounced,
    _answered_a_drip,
)
