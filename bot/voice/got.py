"""What people got of late, from us and from marketing, and how much it presses on them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.outbox import OutgoingMail, Purpose, State
from bot.voice.limits import SentMail
from cases import pressure
from cases.contact import Kind
from cases.exclusions import policies, touches
from cases.exclusions.asking import Question, Verdict
from cases.exclusions.deciding import decide
from cases.pressure import LOOK_BACK, Load

LEFT = (State.CLAIMED, State.DATA_SENT, State.ACCEPTED, State.UNCERTAIN)
HOUR = timedelta(hours=1)


@dataclass
class Got:
    """What weighs on the people that a batch of mails goes to."""

    sent: dict[str, list[SentMail]] = field(default_factory=lambda: defaultdict(list))
    """Address -> what it got from us."""
    loads: dict[str, Load] = field(default_factory=dict)
    """Address -> what presses on the person, through all of their addresses."""
    kin: dict[str, frozenset[str]] = field(default_factory=dict)
    """Address -> all addresses of the same person."""
    domains: Counter[str] = field(default_factory=Counter)
    """Domain -> automatic mails in the last hour."""
    held: dict[str, Verdict] = field(default_factory=dict)
    """Who may not be written to for commercial ends."""


def look(session: Session, mails: Sequence[OutgoingMail], now: datetime) -> Got:
    """What weighs on those whom the mails go to."""
    got = Got()
    got.kin = {mail.recipient: _addresses(mail) for mail in mails}
    addresses = sorted(set().union(*got.kin.values()))
    at = func.coalesce(OutgoingMail.settled_at, OutgoingMail.queued_at)
    rows = session.execute(
        select(
            *(OutgoingMail.recipient, at, OutgoingMail.template),
            *(OutgoingMail.automatic, OutgoingMail.purpose, OutgoingMail.rule),
        ).where(
            OutgoingMail.recipient.in_(addresses),
            OutgoingMail.queued_at > now - LOOK_BACK,
            OutgoingMail.state.in_(LEFT),
        )
    )
    for recipient, when, template, automatic, purpose, rule in rows:
        one = SentMail(when, template, automatic, purpose is Purpose.COMMERCIAL, rule)
        got.sent[recipient].append(one)
    got.loads = _loads(session, got)
    got.domains = _domains(session, {mail.domain for mail in mails}, now)
    selling = sorted({mail.recipient for mail in mails if mail.purpose is Purpose.COMMERCIAL})
    if selling:
        got.held = decide(session, Kind.ADDRESS, selling, Question(), now).held
    return got


def _addresses(mail: OutgoingMail) -> frozenset[str]:
    """All addresses of the person that the mail is for."""
    known = mail.case.contact.identifiers
    return frozenset({mail.recipient, *(one.value for one in known if one.kind is Kind.ADDRESS)})


def _loads(session: Session, got: Got) -> dict[str, Load]:
    """Marketing's pressure and ours together, on each person and not on each address."""
    addresses = set().union(*got.kin.values())
    rows = session.scalars(
        select(touches.Pressure).where(
            touches.Pressure.kind == Kind.ADDRESS, touches.Pressure.value.in_(addresses)
        )
    )
    marketing = {row.value: row for row in rows if row.score}
    half_life = policies.in_force(session).chosen.pressure_half_life
    loads: dict[str, Load] = {}
    for person, kin in got.kin.items():
        pressed = [(row.score, row.at) for one in kin if (row := marketing.get(one)) is not None]
        pressed += [(sent.weight, sent.at) for one in kin for sent in got.sent[one]]
        for weight, at in pressed:
            loads[person] = pressure.added(loads.get(person, Load()), weight, at, half_life)
    return loads


def _domains(session: Session, domains: Collection[str], now: datetime) -> Counter[str]:
    rows = session.execute(
        select(OutgoingMail.domain, func.count())
        .where(
            OutgoingMail.domain.in_(domains),
            OutgoingMail.automatic,
            OutgoingMail.queued_at > now - 24 * HOUR,
            func.coalesce(OutgoingMail.settled_at, OutgoingMail.queued_at) > now - HOUR,
            OutgoingMail.state.in_(LEFT),
        )
        .group_by(OutgoingMail.domain)
    )
    return Counter({row[0]: row[1] for row in rows})
