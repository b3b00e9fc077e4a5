"""All that concerns mails which are about to leave, gathered in a handful of queries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, load_only, selectinload

from bot import registry, switches, voice
from bot.kinds import Mode, kind_of
from bot.outbox import OutgoingMail, State
from bot.rules import Rule, rulebook
from bot.switches import Switches
from bot.voice import Voice, breaker, got, limits, presence
from bot.voice.got import Got
from cases.contact import Contact, Identifier
from cases.exclusions import policies, pressing
from cases.mail import Origin
from cases.message import Direction, Message
from cases.pressure import Course
from cases.rows.among import among


@dataclass
class Around:
    """All that concerns a batch of mails."""

    switches: Switches
    contacts: Sequence[Contact]
    """Held, since a session forgets what nobody holds."""
    answers: dict[int, tuple[int, datetime]] = field(default_factory=dict)
    """Case -> the newest answer of a person: message id and instant."""
    heard: dict[int, int] = field(default_factory=dict)
    """Case -> the newest message of the customer."""
    voices: dict[int, Voice] = field(default_factory=dict)
    writers: dict[int, str] = field(default_factory=dict)
    said: dict[tuple[int, str, str], int] = field(default_factory=dict)
    """Case, reply and content -> the first mail that said it."""
    got: Got = field(default_factory=Got)
    stopped: bool = False
    """The fuse blew: nothing leaves by itself."""
    rules: dict[str, Rule] | None = None
    """The admin's rules in use by name; None if none of the mails comes of a rule."""
    bots: dict[str, Mode] = field(default_factory=dict)
    """What each outside bot may do."""
    course: Course | None = None
    """How much pressure is enough, now and in the seasons to come."""


def look(session: Session, mails: Sequence[OutgoingMail], now: datetime) -> Around:
    case_ids = {mail.case_id for mail in mails}
    around = Around(switches.load(session), _contacts(session, mails))
    _listen(session, around, case_ids)
    around.voices = voice.of(session, case_ids)
    around.writers = presence.writers(session, case_ids, now)
    around.said = _said(session, case_ids)
    around.stopped = breaker.tripped(session) is not None
    _know_speakers(session, around, mails)
    weighed = [mail for mail in mails if not is_urgent(mail) or limits.rule_name(mail.rule)]
    if weighed:
        around.got = got.look(session, weighed, now)
        enough = pressing.limits_of_all(policies.in_force(session), now)
        around.course = Course([enough.without_gap()], now)
    return around


def _contacts(session: Session, mails: Sequence[OutgoingMail]) -> Sequence[Contact]:
    """The people; in the session's memory case.contact finds them without another query."""
    needed = load_only(Contact.country, Contact.zone, Contact.quiet_hours)
    signs = selectinload(Contact.identifiers).load_only(
        *(Identifier.contact_id, Identifier.kind, Identifier.value, Identifier.bounced_at)
    )
    known = select(Contact).where(among(Contact.id, {mail.case.contact_id for mail in mails}))
    return session.scalars(known.options(needed, signs)).all()


def _know_speakers(session: Session, around: Around, mails: Sequence[OutgoingMail]) -> None:
    """The rules and outside bots that the mails come of, as they are now."""
    if any(limits.rule_name(mail.rule) for mail in mails):
        around.rules = {rule.name: rule for rule in rulebook.live(session)}
    if any(mail.bot for mail in mails):
        around.bots = {one.name: one.mode for one in registry.everybody(session)}


def _listen(session: Session, around: Around, case_ids: Collection[int]) -> None:
    """The newest words of people in each case: of ours and of the customer."""
    of_ours = and_(
        Message.direction == Direction.OUT,
        Message.origin == Origin.AGENT,
        Message.withdrawn_at.is_(None),
    )
    of_theirs = and_(
        Message.direction == Direction.IN,
        Message.origin == Origin.CUSTOMER,
        ~Message.quarantined,
    )
    newest = func.max(Message.id)
    rows = session.execute(
        select(
            Message.case_id,
            newest.filter(of_ours),
            func.max(Message.arrived_at).filter(of_ours),
            newest.filter(of_theirs),
        )
        .where(among(Message.case_id, case_ids), or_(of_ours, of_theirs))
        .group_by(Message.case_id)
    )
    for case_id, answer, at, heard in rows:
        if answer is not None:
            around.answers[case_id] = answer, at
        if heard is not None:
            around.heard[case_id] = heard


def _said(session: Session, case_ids: Collection[int]) -> dict[tuple[int, str, str], int]:
    rows = session.execute(
        select(
            OutgoingMail.case_id,
            OutgoingMail.template,
            OutgoingMail.likeness,
            func.min(OutgoingMail.id),
        )
        .where(
            among(OutgoingMail.case_id, case_ids),
            OutgoingMail.likeness != "",
            OutgoingMail.state.not_in((State.CANCELLED, State.REJECTED))
            | OutgoingMail.merged_into_id.is_not(None),
        )
        .group_by(OutgoingMail.case_id, OutgoingMail.template, OutgoingMail.likeness)
    )
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def is_urgent(mail: OutgoingMail) -> bool:
    """Whether it leaves at once, at any hour."""
    return mail.urgent or kind_of(mail.template).urgent
