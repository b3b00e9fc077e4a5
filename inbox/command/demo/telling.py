"""Says what happens, as it happens: a line for each mail, each tag and each answer."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from bot.decided import Decided
from cases import clock, language
from cases.case import Case
from cases.db import reading
from cases.exclusions.rows import Exclusion
from cases.history import Event, What
from cases.language import gettext as _
from cases.message import Message
from classifiers.taxonomy import leaf
from inbox.command.demo import settled

EVERY = 0.3
SUBJECT = 46


@dataclass
class Teller:
    """Follows the decisions and the history from now on."""

    decided: int = 0
    happened: int = 0
    told: int = field(default=0, init=False)
    """How many mails it has told of."""

    def begin(self) -> None:
        """What happened at earlier starts is not told again."""
        with reading() as session:
            self.decided = session.scalar(select(func.max(Decided.id))) or 0
            self.happened = session.scalar(select(func.max(Event.id))) or 0

    def follow(self, stopping: threading.Event) -> None:
        """Tell until the demo ends."""
        while not stopping.wait(EVERY):
            self.tell()

    def tell(self) -> None:
        """Tell what is new."""
        with reading() as session:
            for line in (*self._mails(session), *self._events(session)):
                click.echo(line)

    def _mails(self, session: Session) -> Iterator[str]:
        rows = session.scalars(
            select(Decided)
            .where(Decided.id > self.decided, settled.AT_FILING)
            .options(joinedload(Decided.message).joinedload(Message.case))
            .order_by(Decided.id)
        ).all()
        held = _held(session, [row.case_id for row in rows])
        for row in rows:
            self.decided, self.told = row.id, self.told + 1
            yield _mail(row, [hold for hold in held if hold.case_id == row.case_id])

    def _events(self, session: Session) -> Iterator[str]:
        rows = session.scalars(
            select(Event)
            .where(Event.id > self.happened, Event.what.in_(_SAID))
            .options(joinedload(Event.case))
            .order_by(Event.id)
        ).all()
        for row in rows:
            self.happened = row.id
            yield _event(row)


def _held(session: Session, case_ids: Sequence[int]) -> Sequence[Exclusion]:
    return session.scalars(
        select(Exclusion).where(Exclusion.case_id.in_(case_ids), Exclusion.lifted_at.is_(None))
    ).all()


def _mail(decided: Decided, held: Sequence[Exclusion]) -> str:
    message = decided.message
    who = message.sender_name or message.sender or _("nobody")
    subject = _short(message.subject or message.new_text or _("(no subject)"))
    verdict = (
        click.style(_("answered"), fg="green")
        if decided.reply
        else click.style(_("silence"), dim=True)
    )
    line = f"{_number(message.case)} {who} · «{subject}» → {verdict}: {_(decided.reason)}"
    return f"{line} · {_excluded(held)}"


def _excluded(held: Sequence[Exclusion]) -> str:
    now = clock.now()
    reasons = [hold.reason.value for hold in held if hold.holds_at(now)]
    if not reasons:
        return _("nobody is excluded")
    return click.style(_("excluded: {reasons}", reasons=", ".join(reasons)), fg="yellow")


def _event(event: Event) -> str:
    said = _SAID[event.what](event)
    return click.style(f"{_number(event.case)}   {said}", dim=True)


def _tagged(event: Event) -> str:
    label = leaf(str(event.data.get("type"))).label(language.current())
    mood = {"positive": _("positive"), "neutral": _("neutral"), "negative": _("negative")}
    return _("tagged: {type}, {mood}", type=label, mood=mood.get(event.case.sentiment, "?"))


_SAID: dict[What, Callable[[Event], str]] = {
    What.TAGGED: _tagged,
    What.ANSWERED: lambda event: _("{who} answers", who=event.by),
    What.CLOSED: lambda event: _("{who} closes the case", who=event.by),
    What.REOPENED: lambda _event: _("the case is open again"),
}


def _number(case: Case) -> str:
    return click.style(f"#{case.id:<3}", bold=True)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= SUBJECT else f"{flat[: SUBJECT - 1]}…"
