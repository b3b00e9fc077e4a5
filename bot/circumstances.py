"""Gathers what is so when mails are about to leave, for many at once in a handful of queries."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from bot import got, limits, presence, switches, voice, waking
from bot.coordination import Facts
from bot.got import HOUR, Got
from bot.kinds import ACKNOWLEDGEMENT, Mode, kind_of
from bot.outbox import OutgoingMail, Purpose, State
from bot.settings import settings
from bot.situation import FREEMAIL
from bot.switches import Switches
from bot.voice import Voice
from cases import pressure
from cases.contact import Contact
from cases.exclusions import touches
from cases.mail import Origin
from cases.mailbox import Mode as MailboxMode
from cases.message import Direction, Message
from cases.pressure import Limit
from cases.settings import settings as case_settings


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


def gather(session: Session, mails: Sequence[OutgoingMail], now: datetime) -> dict[int, Facts]:
    """The facts of each mail, by its id. The cases must be locked."""
    around = _around(session, mails, now)
    return {mail.id: _facts(mail, around, now) for mail in mails}


def imagine(session: Session, mail: OutgoingMail, now: datetime) -> Facts:
    """The facts of a mail that is not in the outbox, as if it were about to leave."""
    return _facts(mail, _around(session, [mail], now), now)


def _around(session: Session, mails: Sequence[OutgoingMail], now: datetime) -> Around:
    case_ids = {mail.case_id for mail in mails}
    contact_ids = {mail.case.contact_id for mail in mails}
    # In the session's memory they are found by case.contact without another query.
    known = select(Contact).where(Contact.id.in_(contact_ids))
    contacts = session.scalars(known.options(selectinload(Contact.identifiers))).all()
    around = Around(switches.load(session), contacts)
    around.answers = _answers(session, case_ids)
    around.heard = _heard(session, case_ids)
    around.voices = voice.of(session, case_ids)
    around.writers = presence.writers(session, case_ids, now)
    around.said = _said(session, case_ids)
    patient = [mail for mail in mails if not _is_urgent(mail)]
    if patient:
        around.got = got.look(session, patient, now)
    return around


def _answers(session: Session, case_ids: Collection[int]) -> dict[int, tuple[int, datetime]]:
    rows = session.execute(
        select(Message.case_id, func.max(Message.id), func.max(Message.arrived_at))
        .where(
            Message.case_id.in_(case_ids),
            Message.direction == Direction.OUT,
            Message.origin == Origin.AGENT,
            Message.withdrawn_at.is_(None),
        )
        .group_by(Message.case_id)
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _heard(session: Session, case_ids: Collection[int]) -> dict[int, int]:
    rows = session.execute(
        select(Message.case_id, func.max(Message.id))
        .where(
            Message.case_id.in_(case_ids),
            Message.direction == Direction.IN,
            Message.origin == Origin.CUSTOMER,
            ~Message.quarantined,
        )
        .group_by(Message.case_id)
    )
    return {row[0]: row[1] for row in rows}


def _said(session: Session, case_ids: Collection[int]) -> dict[tuple[int, str, str], int]:
    rows = session.execute(
        select(
            OutgoingMail.case_id,
            OutgoingMail.template,
            OutgoingMail.likeness,
            func.min(OutgoingMail.id),
        )
        .where(
            OutgoingMail.case_id.in_(case_ids),
            OutgoingMail.likeness != "",
            OutgoingMail.state.not_in((State.CANCELLED, State.REJECTED))
            | OutgoingMail.merged_into_id.is_not(None),
        )
        .group_by(OutgoingMail.case_id, OutgoingMail.template, OutgoingMail.likeness)
    )
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def _facts(mail: OutgoingMail, around: Around, now: datetime) -> Facts:
    kind = kind_of(mail.template)
    answer = around.answers.get(mail.case_id)
    word = around.voices.get(mail.case_id)
    verdict = around.got.held.get(mail.recipient)
    turn = word if word is not None and word.is_with_another(mail.bot, now) else None
    return Facts(
        now=now,
        expires_at=mail.expires_at or mail.queued_at + kind.lasts,
        kind=kind,
        urgent=_is_urgent(mail),
        off=_off(mail, around),
        dead_address=_is_dead(mail),
        answered=answer is not None and _came_after(answer, mail),
        with_people=_is_with_people(word, answer),
        writing=around.writers.get(mail.case_id, ""),
        wrote_again=around.heard.get(mail.case_id, 0) > (mail.message_id or 0),
        case_open=_is_open(mail),
        said_before=_is_repetition(mail, around),
        over_limit=_over_limit(mail, around, now),
        held=mail.purpose is Purpose.COMMERCIAL and verdict is not None,
        held_until=verdict.until if verdict is not None else None,
        turn_of=turn.bot if turn is not None else "",
        turn_until=turn.until if turn is not None else None,
        room_at=_room_at(mail, around, now),
        pressed_until=_pressed_until(mail, around, now),
        wakes_at=_wakes_at(mail, around, now),
    )


def _is_urgent(mail: OutgoingMail) -> bool:
    return mail.urgent or kind_of(mail.template).urgent


def _is_with_people(word: Voice | None, answer: tuple[int, datetime] | None) -> bool:
    answered_at = answer[1] if answer is not None else None
    return word.is_with_people(answered_at) if word is not None else answer is not None


def _is_open(mail: OutgoingMail) -> bool:
    """Whether the case is as open as it was: news of a closed case may be told."""
    case = mail.case
    if case.is_open or kind_of(mail.template).after_closing:
        return case.is_open
    return case.bulk or (case.closed_at is not None and case.closed_at < mail.queued_at)


def _off(mail: OutgoingMail, around: Around) -> str:
    box = mail.case.mailbox
    if box is not None and box.mode is MailboxMode.SHADOW:
        return "the mailbox is in shadow mode: nothing is sent by itself"
    place = switches.place_of(mail.case)
    if around.switches.mode(mail.template, place) is Mode.OFF:
        return "this reply is switched off here"
    return ""


def _is_dead(mail: OutgoingMail) -> bool:
    known = mail.case.contact.identifiers
    return any(one.value == mail.recipient and one.bounced_at is not None for one in known)


def _came_after(answer: tuple[int, datetime], mail: OutgoingMail) -> bool:
    number, at = answer
    return number > (mail.message_id or 0) or at > mail.queued_at


def _is_repetition(mail: OutgoingMail, around: Around) -> bool:
    first = around.said.get((mail.case_id, mail.template, mail.likeness))
    return first is not None and (mail.id is None or first < mail.id)


def _over_limit(mail: OutgoingMail, around: Around, now: datetime) -> str:
    # An acknowledgement was counted when it was decided, with those that waited then.
    if mail.template == ACKNOWLEDGEMENT:
        return ""
    a_day = settings().acknowledgements_per_address
    return limits.over(around.got.sent.get(mail.recipient, ()), mail.template, now, a_day)


def _room_at(mail: OutgoingMail, around: Around, now: datetime) -> datetime | None:
    full = around.got.domains[mail.domain] >= settings().automatic_per_domain
    return now + HOUR / 6 if full and mail.domain not in FREEMAIL else None


def _pressed_until(mail: OutgoingMail, around: Around, now: datetime) -> datetime | None:
    load = around.got.loads.get(mail.recipient)
    if load is None:
        return None
    usual = touches.limit()
    weight = 1.0 if mail.purpose is Purpose.COMMERCIAL else pressure.WEIGHTS["bot"]
    return pressure.held_until(load, weight, Limit(usual.cap, usual.half_life, timedelta(0)), now)


def _wakes_at(mail: OutgoingMail, around: Around, now: datetime) -> datetime | None:
    if _is_urgent(mail):
        return None
    hours = around.switches.quiet_hours(mail.template, switches.place_of(mail.case))
    zone = mail.case.contact.zone or case_settings().zone
    return waking.wakes_at(now, zone, waking.quiet_hours(hours))
