"""One mail of marketing at the gate: what it says of itself, and who of them may get it."""

import email.parser
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from cases.contact import Kind, normalised
from cases.exclusions import feed
from cases.exclusions.asking import Question
from cases.exclusions.matrix import CampaignClass
from cases.exclusions.spellings import Asked, Match, decide_about
from inbox.gateway.settings import Settings

LONGEST_HEADER = 256 * 1024
CLASS, TOPIC, CAMPAIGN, RECEIPT = (
    *("x-tregua-class", "x-tregua-topic", "x-tregua-campaign", "x-tregua-receipt"),
)


@dataclass(frozen=True, slots=True)
class Marketing:
    """A mail of marketing as it came to the gate."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    campaign_class: CampaignClass
    topic: str = ""
    campaign: str = ""
    receipt: str = ""
    trip: str = ""
    """What this coming of the mail is called, where it may come again."""

    @property
    def question(self) -> Question:
        return Question(self.campaign_class, self.topic)

    @property
    def people(self) -> list[str]:
        """Its recipients as they are matched, each once, however often it names them."""
        return list(dict.fromkeys(map(normalised, self.recipients)))

    def named(self, trip: str) -> "Marketing":
        """The same mail, known by that name."""
        return replace(self, trip=trip)

    def to(self, recipients: Sequence[str]) -> "Marketing":
        """The same mail to fewer people."""
        return replace(self, recipients=tuple(recipients))

    def divided(self, some: Set[str]) -> tuple["Marketing", "Marketing"]:
        """The same mail to those, and to all others."""
        return (
            self.to([one for one in self.recipients if one in some]),
            self.to([one for one in self.recipients if one not in some]),
        )


def class_of(sender: str, chosen: Settings) -> CampaignClass:
    """What mail of that sender is where it does not say it itself."""
    # No sender at all is what reports of mail servers have (RFC 5321, 4.5.5), and no marketing.
    otherwise = chosen.gate_class if sender else CampaignClass.TRANSACTIONAL
    return chosen.gate_classes.get(normalised(sender), otherwise)


def read(
    sender: str, recipients: Sequence[str], content: bytes, otherwise: CampaignClass
) -> Marketing:
    """What the mail says of itself in its headers; where it says nothing known, what is set."""
    said = _headers(content)
    name = said.get(CLASS, "").lower()
    known = name in set(CampaignClass)
    return Marketing(
        sender=sender,
        recipients=tuple(dict.fromkeys(recipients)),
        content=content,
        campaign_class=CampaignClass(name) if known else otherwise,
        topic=said.get(TOPIC, "")[:100],
        campaign=said.get(CAMPAIGN, "")[:200],
        receipt=said.get(RECEIPT, "")[:64],
    )


def _headers(content: bytes) -> dict[str, str]:
    head = content[:LONGEST_HEADER].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    found = email.parser.BytesHeaderParser().parsebytes(head + b"\n\n")
    wanted = (CLASS, TOPIC, CAMPAIGN, RECEIPT)
    return {name: str(found[name]).strip() for name in wanted if found[name] is not None}


def held(session: Session, mail: Marketing, now: datetime, match: Match) -> set[str]:
    """Those of its recipients who must not get it now, as the envelope spells them."""
    values = {one: normalised(one) for one in mail.recipients}
    # What is remembered of spellings is as of one number of the feed, so both are read as one.
    feed.steady(session)
    head = feed.head_or_start(session)
    asked = Asked(Kind.ADDRESS, list(set(values.values())), match)
    decision = decide_about(session, head, asked, mail.question, now)
    return {one for one, value in values.items() if value in decision.held}
