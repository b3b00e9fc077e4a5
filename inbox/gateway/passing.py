"""One mail of marketing at the gate: who of its recipients gets it, decided and written down."""

import email.parser
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.contact import Kind, normalised
from cases.db import Base
from cases.exclusions import feed
from cases.exclusions.asking import Question
from cases.exclusions.feed import Head
from cases.exclusions.matrix import CampaignClass
from cases.exclusions.spellings import Asked, Match, decide_about
from inbox.gateway.settings import Settings

LONGEST_HEADER = 256 * 1024
CLASS, TOPIC, CAMPAIGN, RECEIPT = (
    *("x-tregua-class", "x-tregua-topic", "x-tregua-campaign", "x-tregua-receipt"),
)


class Outcome(StrEnum):
    """What became of one recipient."""

    PASSED = "passed"
    DROPPED = "dropped"
    """Held back: the sender was told 250, and that is all that went out."""
    PARKED = "parked"
    EXPIRED = "expired"
    """Parked until it was too late to matter."""
    REFUSED = "refused"
    """The relay never takes it."""


class Passage(Base):
    """What became of one recipient of one mail at the gate."""

    __tablename__ = "gate_passage"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    sender: Mapped[str]
    value: Mapped[str] = mapped_column(index=True)
    campaign: Mapped[str] = mapped_column(default="")
    campaign_class: Mapped[CampaignClass]
    outcome: Mapped[Outcome]
    reason: Mapped[str] = mapped_column(default="")


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

    @property
    def question(self) -> Question:
        return Question(self.campaign_class, self.topic)

    def to(self, recipients: Sequence[str]) -> "Marketing":
        """The same mail to fewer people."""
        return replace(self, recipients=tuple(recipients))


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
    head = feed.head(session) or Head("", 0)
    asked = Asked(Kind.ADDRESS, list(set(values.values())), match)
    decision = decide_about(session, head, asked, mail.question, now)
    return {one for one, value in values.items() if value in decision.held}


def write_down(
    session: Session, mail: Marketing, outcome: Outcome, now: datetime, *, reason: str = ""
) -> None:
    """Keep what became of those recipients."""
    if mail.recipients:
        rows = [
            {
                "at": now,
                "sender": mail.sender[:320],
                "value": normalised(one)[:320],
                "campaign": mail.campaign,
                "campaign_class": mail.campaign_class,
                "outcome": outcome,
                "reason": reason[:500],
            }
            for one in mail.recipients
        ]
        session.execute(insert(Passage), rows)
