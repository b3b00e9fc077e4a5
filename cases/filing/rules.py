"""Which case a mail belongs to: a table of rules, the first that speaks wins."""

from collections.abc import Callable
from dataclasses import dataclass

from cases import signing
from cases.case import Case
from cases.contact import normalised
from cases.filing.shelf import Shelf, recipients, references
from cases.filing.tokens import subject_token, subject_tokens
from cases.mail import Mail, Trust


@dataclass(frozen=True, slots=True)
class Match:
    """A case the mail belongs to, why, and whether only somebody with our mail could know it."""

    case: Case
    rule: str
    matched: str
    signed: bool = False
    stranger: bool = False
    """The sender takes no part in the case, so an agent must agree before anything joins."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How far senders are believed."""

    trust_all: bool = False
    """Simulations of archives: every sender takes part in every case."""
    servers_vouch: bool = False
    """A trusted server is configured, so a guessable hint needs its word."""


Rule = Callable[[Mail, Shelf, Policy], Match | None]


def bounce(mail: Mail, shelf: Shelf, policy: Policy) -> Match | None:
    """A report belongs where the mail went out that failed."""
    original = mail.bounce.original_message_id if mail.bounce else None
    if not original:
        return None
    case_id = signing.case_of_message_id(original)
    case = shelf.case(case_id) if case_id is not None else _ours(original, shelf)
    return Match(case, "bounce", original, signed=True) if case else None


def _ours(rfc_id: str, shelf: Shelf) -> Case | None:
    known = next((row for row in shelf.ids.get(rfc_id, ()) if row.ours), None)
    return known.case if known else None


def plus_address(mail: Mail, shelf: Shelf, policy: Policy) -> Match | None:
    """The mail went to an address that we signed for one case."""
    for address in recipients(mail):
        case_id = signing.case_of_plus_address(address)
        case = shelf.case(case_id) if case_id is not None else None
        if case is not None:
            return Match(case, "plus-address", address, signed=True)
    return None


def our_message_id(mail: Mail, shelf: Shelf, policy: Policy) -> Match | None:
    """It answers a mail of ours: In-Reply-To first, then References from the newest on."""
    for rfc_id in references(mail):
        case_id = signing.case_of_message_id(rfc_id)
        if case_id is None:
            continue
        # A split moved the mail it answers to another case, so the row is asked first.
        case = _ours(rfc_id, shelf) or shelf.case(case_id)
        if case is not None:
            where = "in-reply-to" if rfc_id in mail.in_reply_to else "references"
            return Match(shelf.case(case.id) or case, f"our message-id ({where})", rfc_id, True)
    return None


def known_id(mail: Mail, shelf: Shelf, policy: Policy) -> Match | None:
    """It answers a mail that others wrote and that we have seen."""
    return _by_reference(mail, shelf, policy, seen=True)


def shared_ancestor(mail: Mail, shelf: Shelf, policy: Policy) -> Match | None:
    """It refers to a mail we never saw, as another mail of the case does."""
    return _by_reference(mail, shelf, policy, seen=False)


def _by_reference(mail: Mail, shelf: Shelf, policy: Policy, *, seen: bool) -> Match | None:
    rule = "known message-id" if seen else "shared ancestor"
    doubtful: Match | None = None
    own = () if seen or not mail.message_id else (mail.message_id,)
    for rfc_id in (*references(mail), *own):
        for known in shelf.ids.get(rfc_id, ()):
            if (known.message is not None or known.message_id is not None) is not seen:
                continue
            case = _followed(known.case, shelf)
            if _takes_part(mail, case, shelf, policy):
                return Match(case, rule, rfc_id)
            doubtful = doubtful or Match(case, rule, rfc_id, stranger=True)
    return doubtful


def _followed(case: Case, shelf: Shelf) -> Case:
    return case if case.merged_into_id is None else shelf.case(case.id) or case


def _takes_part(mail: Mail, case: Case, shelf: Shelf, policy: Policy) -> bool:
    if policy.trust_all:
        return True
    sender = mail.speaker.customer if mail.speaker.bot else mail.sender.address
    if not sender:
        return False
    contact = shelf.contacts.get(normalised(sender))
    same_person = contact is not None and contact.id == case.contact_id
    return same_person or shelf.knows(case, sender)


def subject_number(mail: Mail, shelf: Shelf, policy: Policy) -> Match | None:
    """The subject names one of our cases: believed of participants alone."""
    for number in subject_tokens(mail.subject):
        case = shelf.case(number)
        if case is None:
            continue
        vouched = mail.trust is Trust.PASS or not policy.servers_vouch
        if policy.trust_all or not vouched or not _takes_part(mail, case, shelf, policy):
            continue
        return Match(case, "subject token", subject_token(number))
    return None


def bot_rule(mail: Mail, shelf: Shelf, policy: Policy) -> Match | None:
    """A registered bot writes about a customer: it joins that customer's newest case."""
    if not mail.speaker.bot or not mail.speaker.customer:
        return None
    contact = shelf.contacts.get(normalised(mail.speaker.customer))
    case = shelf.newest.get(contact) if contact else None
    return Match(case, f"bot rule ({mail.speaker.bot})", mail.speaker.customer) if case else None


# Order is meaning: what only we could have signed comes first, guessable hints come last.
RULES: tuple[Rule, ...] = (
    bounce,
    plus_address,
    our_message_id,
    known_id,
    shared_ancestor,
    subject_number,
    bot_rule,
)


def find(mail: Mail, shelf: Shelf, policy: Policy) -> Match | None:
    """The case of the mail. A stranger's match is only a suggestion, so a later rule may win."""
    suggestion: Match | None = None
    for rule in RULES:
        match = rule(mail, shelf, policy)
        if match is not None and not match.stranger:
            return match
        suggestion = suggestion or match
    return suggestion
