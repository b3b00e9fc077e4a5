"""The facts of mails that are about to leave, out of all that is around them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot import switches, waking
from bot.coordination import Facts
from bot.kinds import ACKNOWLEDGEMENT, Mode, kind_of
from bot.outbox import OutgoingMail, Purpose
from bot.rules import Rule
from bot.settings import settings
from bot.situation import FREEMAIL
from bot.voice import Voice, breaker, limits, surroundings
from bot.voice.got import HOUR
from bot.voice.surroundings import Around, is_urgent
from cases import pressure
from cases.mailbox import Mode as MailboxMode
from cases.people.customs import CUSTOMS
from cases.settings import settings as case_settings


def gather(session: Session, mails: Sequence[OutgoingMail], now: datetime) -> dict[int, Facts]:
    """The facts of each mail, by its id. The cases must be locked."""
    all_around = surroundings.look(session, mails, now)
    return {mail.id: _facts(mail, all_around, now) for mail in mails}


def imagine(session: Session, mail: OutgoingMail, now: datetime) -> Facts:
    """The facts of a mail that is not in the outbox, as if it were about to leave."""
    return _facts(mail, surroundings.look(session, [mail], now), now)


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
        urgent=is_urgent(mail),
        off=_off(mail, around),
        stopped=breaker.REASON if around.stopped else "",
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
        pressed_until=_pressed_until(mail, around),
        wakes_at=_wakes_at(mail, around, now),
    )


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
    if around.bots.get(mail.bot) is Mode.OFF:
        return "this bot is switched off"
    if around.rules is not None and _is_stopped(limits.rule_name(mail.rule), around.rules):
        return "this rule is switched off"
    return ""


def _is_stopped(name: str, rules: dict[str, Rule]) -> bool:
    """Whether the rule of a waiting mail is off or gone, or only tries by now."""
    return bool(name) and (name not in rules or rules[name].mode is not Mode.SEND)


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
    rule = (around.rules or {}).get(limits.rule_name(mail.rule))
    if rule is not None:
        person = [
            one for kin in around.got.kin.get(mail.recipient, ()) for one in around.got.sent[kin]
        ]
        if enough := limits.over_rule(person, rule.name, rule.most_a_day, now):
            return enough
    return limits.over(around.got.sent.get(mail.recipient, ()), mail.template, now, a_day)


def _room_at(mail: OutgoingMail, around: Around, now: datetime) -> datetime | None:
    full = around.got.domains[mail.domain] >= settings().automatic_per_domain
    return now + HOUR / 6 if full and mail.domain not in FREEMAIL else None


def _pressed_until(mail: OutgoingMail, around: Around) -> datetime | None:
    load, course = around.got.loads.get(mail.recipient), around.course
    if load is None or course is None or is_urgent(mail):
        return None
    weight = 1.0 if mail.purpose is Purpose.COMMERCIAL else pressure.WEIGHTS["bot"]
    return course.held_until([load], weight)


def _wakes_at(mail: OutgoingMail, around: Around, now: datetime) -> datetime | None:
    """When the customer is awake, by their own hours, their country's, or else the shop's."""
    if is_urgent(mail):
        return None
    contact, place = mail.case.contact, switches.place_of(mail.case)
    custom = CUSTOMS.get(contact.country or "")
    zone = contact.zone or (custom.zone if custom else "") or case_settings().zone
    own = contact.quiet_hours or (custom.quiet if custom else "")
    rule = (around.rules or {}).get(limits.rule_name(mail.rule))
    spans = [own or around.switches.quiet_hours(mail.template, place)]
    spans += [rule.quiet_hours] if rule is not None else []
    wakes = [waking.wakes_at(now, zone, waking.quiet_hours(span)) for span in spans]
    return max((at for at in wakes if at is not None), default=None)
