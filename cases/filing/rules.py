"""Which case a mail belongs to: a table of rules, the first that speaks wins."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cases import signing
from cases.case import Case
from cases.filing.arrival import Arrival, Belief
from cases.filing.ids import answered, kept
from cases.filing.likeness import carries, wording
from cases.filing.shelf import SENT_AGAIN, Shelf, as_matched, recipients
from cases.filing.standing import Standing, names_customer, standing, vouched, wrote
from cases.filing.tokens import subject_token, subject_tokens
from cases.mail import Mail, Origin
from cases.message import KnownId, Message


@dataclass(frozen=True, slots=True)
class Match:
    """A case the mail belongs to, why, and whether only somebody with our mail could know it."""

    case: Case
    rule: str
    matched: str
    signed: bool = False
    stranger: bool = False
    """The sender takes no part in the case, so an agent must agree before anything joins."""


Rule = Callable[[Arrival, Shelf, Belief], Match | None]


def bounce(arrival: Arrival, shelf: Shelf, belief: Belief) -> Match | None:
    """A report belongs where the mail went out that failed."""
    reported = arrival.mail.bounce
    if reported is None or not reported.original_message_id:
        return None
    match = _ours(kept(reported.original_message_id), arrival.mail, shelf)
    return Match(match.case, "bounce", match.matched, signed=True) if match else None


def plus_address(arrival: Arrival, shelf: Shelf, belief: Belief) -> Match | None:
    """The mail went to an address that we signed for one case."""
    for address in recipients(arrival.mail):
        case_id = signing.case_of_plus_address(address)
        case = shelf.case(case_id) if case_id is not None else None
        if case is None:
            continue
        # Address books keep such addresses, and a split moves mails: the mail answered knows more.
        nearer = answered_mail(arrival, shelf, belief)
        if nearer is not None and not nearer.stranger and nearer.case is not case:
            return nearer
        return Match(case, "plus-address", address, signed=True)
    return None


def answered_mail(arrival: Arrival, shelf: Shelf, belief: Belief) -> Match | None:
    """It answers a mail of ours, or one by others of a case that the sender takes part in.

    In-Reply-To first, then References from the newest on.
    """
    doubtful: Match | None = None
    for rfc_id in answered(arrival.mail):
        match = _ours(rfc_id, arrival.mail, shelf) or _of_others(
            rfc_id, arrival.mail, shelf, belief
        )
        if match is not None and not match.stranger:
            return match
        doubtful = doubtful or match
    return doubtful


def _ours(rfc_id: str, mail: Mail, shelf: Shelf) -> Match | None:
    """An id that only we can have made."""
    case_id = signing.case_of_message_id(rfc_id)
    if case_id is None:
        return None
    # A split moved the mail to another case, so the row is asked first.
    row = next((row for row in shelf.ids.get(rfc_id, ()) if row.ours), None)
    case = shelf.followed(row.case) if row is not None else shelf.case(case_id)
    where = "in-reply-to" if rfc_id in mail.in_reply_to else "references"
    return Match(case, f"our message-id ({where})", rfc_id, signed=True) if case else None


def _of_others(rfc_id: str, mail: Mail, shelf: Shelf, belief: Belief) -> Match | None:
    """A mail by others that we have seen; of several cases that know it the sender's own."""
    rows = [row for row in shelf.ids.get(rfc_id, ()) if is_seen(row)]
    found = [(standing(mail, shelf.followed(row.case), shelf, belief), row) for row in rows]
    for wanted in (Standing.FULLY, Standing.PARTLY):
        for held, row in found:
            if held is wanted and (held is Standing.FULLY or _concerns(mail, row.message)):
                return Match(shelf.followed(row.case), "known message-id", rfc_id)
    return _doubtful(rows, "known message-id", shelf)


def is_seen(row: KnownId) -> bool:
    """Whether we have the mail itself; asked without loading it."""
    return row.message_id is not None or row.__dict__.get("message") is not None


def _concerns(mail: Mail, message: Message | None) -> bool:
    """Whether whoever takes part a little was written to in that message, or wrote it."""
    if message is None:
        return False
    if message.origin in (Origin.OWN, Origin.AGENT):
        return True
    sender = as_matched(mail.sender.address)
    return wrote(mail, message.sender) or sender in map(as_matched, (*message.to, *message.cc))


def _doubtful(rows: Iterable[KnownId], rule: str, shelf: Shelf) -> Match | None:
    row = next(iter(rows), None)
    return Match(shelf.followed(row.case), rule, row.rfc_id, stranger=True) if row else None


def shared_ancestor(arrival: Arrival, shelf: Shelf, belief: Belief) -> Match | None:
    """It refers to a mail we never saw, as another of the case does; or it is that mail itself."""
    mail = arrival.mail
    doubtful: Match | None = None
    for rfc_id in (*answered(mail), kept(mail.message_id)):
        rows = [row for row in shelf.ids.get(rfc_id, ()) if not is_seen(row)]
        for row in rows:
            case = shelf.followed(row.case)
            held = standing(mail, case, shelf, belief)
            # Whoever puts a customer in copy must not get what that customer writes to us.
            if held is Standing.FULLY or (held and names_customer(mail, case, shelf)):
                return Match(case, "shared ancestor", rfc_id)
        doubtful = doubtful or _doubtful(rows, "shared ancestor", shelf)
    return doubtful


def same_id(arrival: Arrival, shelf: Shelf, belief: Belief) -> Match | None:
    """The same mail through a list as well: its id, its sender and its words."""
    mail = arrival.mail
    if not mail.message_id or not vouched(mail, belief):
        return None
    for row in shelf.ids.get(kept(mail.message_id), ()):
        if is_seen(row) and row.message is not None and carries(mail, row.message):
            return Match(shelf.followed(row.case), "the same message-id", row.rfc_id)
    return None


def subject_number(arrival: Arrival, shelf: Shelf, belief: Belief) -> Match | None:
    """The subject names one of our cases: believed of those who take part."""
    if belief.trust_all:
        return None
    for number in subject_tokens(arrival.mail.subject):
        case = shelf.case(number)
        if case is not None and standing(arrival.mail, case, shelf, belief):
            return Match(case, "subject token", subject_token(number))
    return None


def bot_rule(arrival: Arrival, shelf: Shelf, belief: Belief) -> Match | None:
    """A registered bot writes about a customer: it joins that customer's newest case."""
    speaker = arrival.mail.speaker
    if not speaker.bot or not speaker.customer or not vouched(arrival.mail, belief):
        return None
    contact = shelf.contacts.get(as_matched(speaker.customer))
    case = shelf.newest.get(contact) if contact else None
    return Match(case, f"bot rule ({speaker.bot})", speaker.customer) if case else None


def sent_again(arrival: Arrival, shelf: Shelf, belief: Belief) -> Match | None:
    """The sender pressed the button twice: the same words within minutes, with another id."""
    mail = arrival.mail
    if belief.trust_all or mail.origin is not Origin.CUSTOMER or arrival.history:
        return None
    before = shelf.of_late.get(wording(mail.sender.address, mail.subject, mail.text))
    if before is None or before.trust is not mail.trust or before.origin is not mail.origin:
        return None
    recent = abs(arrival.at - before.arrived_at) <= SENT_AGAIN
    return Match(shelf.followed(before.case), "sent again", before.rfc_id) if recent else None


# Order is meaning: what only we could have signed comes first, guessable hints come last.
RULES: tuple[Rule, ...] = (
    bounce,
    plus_address,
    answered_mail,
    same_id,
    shared_ancestor,
    subject_number,
    bot_rule,
    sent_again,
)


def find(arrival: Arrival, shelf: Shelf, belief: Belief) -> Match | None:
    """The case of the mail. A stranger's match is only a suggestion, so a later rule may win."""
    suggestion: Match | None = None
    for rule in RULES:
        match = rule(arrival, shelf, belief)
        if match is not None and not match.stranger:
            return match
        suggestion = suggestion or match
    return suggestion
