"""All is well, or what is not and where to mend it: what an admin reads first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from bot import queues, signs
from bot.outbox import OutgoingMail
from bot.signs import WorkerSign
from bot.staff_mail import alarm_words
from bot.staff_mail.alarms import Alarm, Kind
from cases.agent import Agent
from cases.case import Case
from cases.case import State as CaseState
from cases.language import gettext as _
from cases.language import ngettext
from cases.mailbox import Mailbox
from inbox.spool import RawMail
from inbox.web import folders, standing, times
from inbox.web.access import Policy, may
from inbox.web.admin.queues import gigabytes

PARTS = (signs.POLLER, *queues.QUEUES)
WAITS = ("filing", "sending", "deferred")
HREFS = {
    Kind.MAILBOX: "/admin/mailboxes/{about}",
    Kind.BREACHES: "/inbox/risk",
    Kind.BOT: "/admin/switches",
    Kind.GUESSING: "/admin/tokens",
    Kind.FORGED: "/exclusions",
    Kind.UNASKED: "/reports/voices",
}
"""Where what is wrong is mended, if not where the queues are."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that is wrong, what to do about it, and where."""

    text: str
    advice: str
    href: str = "/admin/queues"


@dataclass(frozen=True, slots=True)
class Glance:
    """What is wrong, and some numbers that say how the installation fares."""

    wrong: tuple[Wrong, ...]
    facts: tuple[tuple[str, str], ...]


def look(session: Session, me: Agent, now: datetime) -> Glance:
    """Looked at now, so that it is true also when nobody is there to raise alarms."""
    waiting = {one.what: one for one in standing.waiting(session)}
    boxes = session.scalars(select(Mailbox).where(~Mailbox.paused)).all()
    alive, away = _workers(session, now)
    wrong = {(one.kind, one.about): _of_alarm(one, me) for one in _alarms(session)}
    if away:
        wrong = {key: one for key, one in wrong.items() if key[0] is not Kind.WORKER}
        wrong[Kind.WORKER, ""] = _nobody_works(away)
    for box in boxes:
        if box.failing_since is not None or box.is_silent(now):
            wrong.setdefault((Kind.MAILBOX, str(box.id)), _unread(box))
    more = (*_no_mailbox(boxes), *_redis(), *_room(), *_left_for_people(session, me))
    lies = sum(waiting[one].count for one in WAITS)
    return Glance((*wrong.values(), *more), tuple(_facts(boxes, lies, alive, now)))


def nobody_watches(session: Session, now: datetime) -> bool:
    """Whether no worker runs that would notice what is wrong and tell it."""
    sign = session.get(WorkerSign, queues.SEND)
    return sign is None or now - sign.seen_at > signs.SILENCE


def _workers(session: Session, now: datetime) -> tuple[int, list[str]]:
    """How many parts of the work are done, and which by nobody."""
    seen = dict(session.execute(select(WorkerSign.queue, WorkerSign.seen_at)).all())
    away = [one for one in PARTS if one not in seen or now - seen[one] > signs.SILENCE]
    return len(PARTS) - len(away), away


def _alarms(session: Session) -> list[Alarm]:
    return list(session.scalars(select(Alarm).where(Alarm.ended_at.is_(None)).order_by(Alarm.id)))


def _of_alarm(alarm: Alarm, me: Agent) -> Wrong:
    kind = alarm.kind.value
    href = HREFS.get(alarm.kind, "/admin/queues").format(about=alarm.about)
    if href.startswith("/inbox") and not may(me, Policy.CASES):
        href = ""
    return Wrong(alarm_words.sentence(kind, alarm.said), alarm_words.advice(kind), href)


def _unread(box: Mailbox) -> Wrong:
    said, advice = {"address": box.address}, alarm_words.advice("mailbox")
    return Wrong(alarm_words.sentence("mailbox", said), advice, f"/admin/mailboxes/{box.id}")


def _nobody_works(away: list[str]) -> Wrong:
    parts = ", ".join(alarm_words.work_of(one) for one in away)
    return Wrong(_("no worker runs for {queue}", queue=parts), alarm_words.advice("worker"))


def _no_mailbox(boxes: Sequence[Mailbox]) -> Iterator[Wrong]:
    if not boxes:
        said = _(
            "Add one: it is tried at once, and nothing in it is changed. Or let a paused one go on."
        )
        yield Wrong(_("No mailbox is read"), said, "/admin/mailboxes")


def _redis() -> Iterator[Wrong]:
    if queues.depth(queues.SEND) is None:
        yield Wrong(_("Redis is away"), _("Nothing is lost, but all work starts a little later."))


def _room() -> Iterator[Wrong]:
    room = standing.room()
    if room.is_little:
        number = room.free // 1_000_000
        yield Wrong(alarm_words.sentence("disk", {"number": number}), alarm_words.advice("disk"))


def _left_for_people(session: Session, me: Agent) -> Iterator[Wrong]:
    """Mails that only people can set right, as long as nobody closed their case."""
    # Spelled out, so that every database knows that its index of such mails will do.
    unread = select(RawMail.id).outerjoin(Case, Case.id == RawMail.stub_case_id)
    unread = unread.where(
        text("fate = 'failed'"), or_(Case.id.is_(None), Case.state != CaseState.CLOSED)
    )
    stuck = text("outgoing_mail.state IN ('rejected', 'uncertain')")
    unsent = select(OutgoingMail.id).join(Case).where(stuck, Case.state != CaseState.CLOSED)
    counts = [
        select(func.count()).select_from(one.limit(folders.MANY).subquery()).scalar_subquery()
        for one in (unread, unsent)
    ]
    number = sum(session.execute(select(*counts)).one())
    if number:
        yield Wrong(
            ngettext(
                "{number} mail could not be read or sent, and waits for people",
                "{number} mails could not be read or sent, and wait for people",
                number,
            ),
            _("None is lost. Look at each, then try it again or answer in another way."),
            "/failures" if may(me, Policy.CASES) else "",
        )


def _facts(
    boxes: Sequence[Mailbox], lies: int, alive: int, now: datetime
) -> Iterator[tuple[str, str]]:
    """A number and what it counts."""
    read = [one.last_ok_at for one in boxes if one.last_ok_at is not None]
    if read:
        yield (times.rough(now - min(read)), _("since all mailboxes were read"))
    else:
        yield ("0", _("mailboxes are read"))
    yield (folders.said_count(lies) or "0", _("mails wait to be filed or sent"))
    yield (f"{alive}/{len(PARTS)}", _("parts of the work are being done"))
    room = standing.room()
    yield (gigabytes(room.free), _("free on the disk"))
