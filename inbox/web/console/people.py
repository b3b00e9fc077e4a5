"""May this person be written to? The address is sent as a form, so it stands in no URL or log."""

from dataclasses import dataclass

from flask import Response, request
from sqlalchemy.orm import Session

from cases import clock
from cases.contact import Kind, normalised
from cases.db import reading
from cases.exclusions import feed
from cases.exclusions.asking import FREE, Question, Verdict
from cases.exclusions.matrix import CampaignClass
from cases.exclusions.spellings import Asked as Wanted
from cases.exclusions.spellings import Match, decide_about
from cases.language import gettext as _
from inbox.web.access import Pages, Policy, allow, may
from inbox.web.console.frame import shown
from inbox.web.pace import Pace, too_fast
from inbox.web.who import agent

pages = Pages("console_people", __name__, url_prefix="/console/people")
LONGEST = 320
LOOK_UPS = Pace(60)
"""A minute, of one person: whole lists go through a gate, which keeps a record."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The question as it was typed."""

    who: str = ""
    campaign_class: CampaignClass = CampaignClass.PROMOTIONAL

    @property
    def kind(self) -> Kind:
        if "@" in self.who:
            return Kind.ADDRESS
        return Kind.PHONE if self.who.lstrip("+").replace(" ", "").isdigit() else Kind.CUSTOMER_ID

    @property
    def value(self) -> str:
        if self.kind is Kind.ADDRESS:
            return normalised(self.who)
        return self.who.replace(" ", "") if self.kind is Kind.PHONE else self.who


@pages.get("")
@allow(Policy.CONSOLE)
def page() -> Response:
    """The empty question."""
    with reading() as session:
        return _shown(session, Asked(), None)


@pages.post("")
@allow(Policy.CONSOLE)
def look_up() -> Response:
    """The answer: whether, until when, and for what group of reasons."""
    if not LOOK_UPS.allows(str(agent().id)):
        return too_fast()
    said = request.form.get("campaign_class", "")
    known = said in frozenset(CampaignClass)
    asked = Asked(
        request.form.get("who", "").strip()[:LONGEST],
        CampaignClass(said) if known else CampaignClass.PROMOTIONAL,
    )
    with reading() as session:
        if not asked.who:
            return _shown(session, asked, None, 422)
        return _shown(session, asked, _verdict(session, asked))


def _verdict(session: Session, asked: Asked) -> Verdict:
    """As lists are sifted: another spelling of a mailbox is the same person."""
    feed.steady(session)
    head = feed.head_or_start(session)
    wanted = Wanted(asked.kind, [asked.value], Match.LOOSE)
    question = Question(asked.campaign_class)
    found = decide_about(session, head, wanted, question, clock.now())
    return found.held.get(asked.value, FREE)


def _shown(session: Session, asked: Asked, verdict: Verdict | None, status: int = 200) -> Response:
    return shown(
        session,
        "people",
        title=_("People"),
        status=status,
        question=asked,
        verdict=verdict,
        classes=list(CampaignClass),
        # Marketing needs "not now, until when", and has no business with more.
        tells_reason=may(agent(), Policy.CASES),
        missing=status == 422,
    )
