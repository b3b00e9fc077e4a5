"""Gathers from mails that were filed what the policy wants to know, in three queries a batch."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import switches
from bot.kinds import ACKNOWLEDGEMENT
from bot.kinds import Mode as Switch
from bot.outbox import OutgoingMail, State
from bot.policy import Situation
from bot.rules import Rule, rulebook
from bot.settings import settings
from bot.switches import Switches
from cases import sla
from cases.case import Case
from cases.contact import normalised
from cases.filing import Filed
from cases.filing.arrival import Arrival
from cases.filing.shelf import LONGEST_ADDRESS
from cases.hours import Calendar
from cases.mailbox import Mode
from cases.rows.among import among
from cases.sla.book import calendar_by_settings

FREEMAIL = frozenset(
    """
    gmail.com googlemail.com outlook.com hotmail.com hotmail.es live.com msn.com yahoo.com yahoo.es
    icloud.com me.com aol.com gmx.com gmx.es gmx.net proton.me protonmail.com telefonica.net
    terra.es movistar.es ono.com orange.es orange.fr wanadoo.fr free.fr libero.it web.de t-online.de
    yahoo.co.uk hotmail.co.uk btinternet.com outlook.es hotmail.fr yahoo.com.mx yahoo.com.ar
    """.split()  # noqa: SIM905  a list of domains reads better as text
)
_MOST_COMPARED = 500
_SHOWN = 160
_WORDS = re.compile(r"[^\W\d_]{2,30}")


@dataclass
class Sent:
    """Automatic mails of late, waiting ones too: reservations count, or a crash undercounts."""

    to_address: Counter[str] = field(default_factory=Counter)
    to_domain: Counter[str] = field(default_factory=Counter)
    alike: Counter[tuple[str, str]] = field(default_factory=Counter)
    """By domain and by what was said, and under "" for all domains."""
    rules: tuple[Rule, ...] = ()
    """The admin's rules in use."""
    switches: Switches = field(default_factory=Switches)
    calendar: Calendar = field(default_factory=calendar_by_settings)
    """When the shop is open."""

    def reserve(self, address: str, said: str = "") -> None:
        """One more is about to be queued, to a mail that says so."""
        self.to_address[address] += 1
        self.to_domain[domain_of(address)] += 1
        self.note(domain_of(address), said)

    def note(self, domain: str, said: str) -> None:
        """Somebody of that domain got an automatic answer to such words."""
        shape = shape_of(said)
        self.alike[domain, shape] += 1
        self.alike["", shape] += 1


def shape_of(said: str) -> str:
    """The words without numbers and names, so that near-identical mails have the same."""
    return _shape(said[:_SHOWN])


@lru_cache(maxsize=2000)
def _shape(said: str) -> str:
    # Each batch looks at the same mails of late again.
    words = _WORDS.findall(said)
    plain = [word for word in words if word.islower()]
    return " ".join(plain if len(plain) > 2 else words).lower()


def domain_of(address: str) -> str:
    """The part behind the @."""
    return address.rpartition("@")[2]


def sent_of_late(session: Session, addresses: Iterable[str], now: datetime) -> Sent:
    """What those addresses and their domains got from us by itself."""
    wanted = {normalised(address) for address in addresses}
    day, hour = now - timedelta(hours=24), now - timedelta(hours=1)
    domains = {domain_of(address) for address in wanted}
    sent = Sent(
        _count(session, OutgoingMail.recipient, wanted, day),
        _count(session, OutgoingMail.domain, domains, hour),
    )
    _note_words(session, sent, hour)
    sent.rules, sent.switches = rulebook.live(session), switches.load(session)
    sent.calendar = sla.calendar(session, now)
    return sent


def _note_words(session: Session, sent: Sent, since: datetime) -> None:
    """What the mails said that were answered last."""
    newest = (
        select(OutgoingMail.domain, OutgoingMail.queued_at, Case.snippet)
        .join(Case, Case.id == OutgoingMail.case_id)
        .where(OutgoingMail.automatic, OutgoingMail.state != State.CANCELLED)
    )
    for domain, at, said in session.execute(
        newest.order_by(OutgoingMail.id.desc()).limit(_MOST_COMPARED)
    ):
        if at > since:
            sent.note(domain, said)


def _count(session: Session, column: object, wanted: set[str], since: datetime) -> Counter[str]:
    rows = session.execute(
        select(column, func.count())  # type: ignore[call-overload]
        .where(
            among(column, wanted),
            OutgoingMail.queued_at > since,
            OutgoingMail.automatic,
            OutgoingMail.state != State.CANCELLED,
        )
        .group_by(column)
    )
    return Counter(dict(tuple(row) for row in rows))


def of(arrival: Arrival, filed: Filed, sent: Sent, now: datetime) -> Situation:
    """The situation of one filed mail."""
    address = normalised(arrival.mail.sender.address)
    chosen, mailbox, speaker = settings(), arrival.mailbox, arrival.mail.speaker
    real = len(address) <= LONGEST_ADDRESS
    domain, shape = domain_of(address), shape_of(filed.case.snippet)
    place = switches.place_of(filed.case)
    return Situation(
        origin=arrival.mail.origin,
        may_answer=speaker.may_answer and real,
        may_answer_reason=speaker.may_answer_reason if real else "no address is that long",
        trust=arrival.mail.trust,
        opened=filed.opened,
        quarantined=filed.message.quarantined,
        again=filed.again,
        history=arrival.history,
        age=now - arrival.at,
        shadow=mailbox is not None and mailbox.mode is Mode.SHADOW,
        switched_on=sent.switches.mode(ACKNOWLEDGEMENT, place) is Switch.SEND,
        sent_to_address=sent.to_address[address],
        per_address=chosen.acknowledgements_per_address,
        sent_to_domain=sent.to_domain[domain],
        per_domain=chosen.automatic_per_domain,
        freemail=domain in FREEMAIL,
        alike_from_domain=sent.alike[domain, shape],
        alike=sent.alike["", shape],
        dead_address=_bounced(filed, address),
        sender=address,
        language=filed.message.language or filed.case.language,
        mailbox=mailbox.address if mailbox is not None else "",
        team=place.team,
        tier=filed.case.contact.tier,
        open_now=sent.calendar.is_open(now),
        attachments=bool(filed.message.attachments),
    )


def _bounced(filed: Filed, address: str) -> bool:
    known = filed.case.contact.identifiers
    return any(one.value == address and one.bounced_at is not None for one in known)


def senders(arrivals: Sequence[Arrival]) -> set[str]:
    """Whose limits the batch needs to know."""
    return {arrival.mail.sender.address for arrival in arrivals}
