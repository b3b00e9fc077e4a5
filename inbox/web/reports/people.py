"""Cards about people and bots: who answered, who must write again, who is on truce."""

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from cases.language import gettext as _
from cases.reporting import voices
from cases.reporting.scope import Scope
from inbox.web import times
from inbox.web.console import charts
from inbox.web.console.names import number
from inbox.web.reports.card import Card, Tile
from inbox.web.reports.parts import part


def answers(session: Session, scope: Scope, _now: datetime) -> Card:
    now = voices.voices(session, scope)
    noise, before = voices.cacophony(session, scope)
    rows = (
        (_("first answer by a bot"), now.bot_first, now.cases),
        (_("first answer by a person"), now.person_first, now.cases),
        (_("no answer so far"), now.unanswered, now.cases),
        (_("closed without a person"), now.without_agent, now.cases),
        (_("opened again within 72 hours of a bot's answer"), now.back_soon, now.bot_first),
    )
    return Card(
        "answers",
        _("People and bots"),
        _(
            "Of the cases opened in the span: who answered first, and whether it held. "
            "Voices: mails of ours on a day on which a customer got any; 1 is one "
            "voice."
        ),
        ("", _("Cases"), _("of")),
        [(name, str(value), str(all_)) for name, value, all_ in rows],
        [
            *(part(value, all_, name) for name, value, all_ in rows),
            Tile(_voices(noise), _("voices"), _("before: {value}", value=_voices(before))),
        ],
        bars=[value / all_ if all_ else 0.0 for _name, value, all_ in rows],
    )


def _voices(value: float | None) -> str:
    return "–" if value is None else number(round(value, 2))


def repeats(session: Session, scope: Scope, _now: datetime) -> Card:
    found = voices.repeats(session, scope)
    people = found.total()
    numbers = range(1, voices.MANY + 1)
    often = sum(found[n] for n in numbers if n >= 3)
    return Card(
        "repeats",
        _("Who must write again"),
        _("How many mails each customer wrote in the span, whatever the case."),
        (_("Mails"), _("People")),
        [(_times(n), str(found[n])) for n in numbers],
        [part(often, people, _("wrote three times or more"))],
        charts.bars([(_times(n), float(found[n]), "ok" if n < 3 else "warn") for n in numbers]),
    )


def _times(n: int) -> str:
    return _("{n} or more", n=n) if n == voices.MANY else str(n)


def held(session: Session, scope: Scope, now: datetime) -> Card:
    days = scope.days()
    instants = [min(scope.since + timedelta(days=n + 1), now) for n in range(len(days))]
    found = voices.held(session, instants)
    return Card(
        "held",
        _("People on truce"),
        _(
            "People whom marketing must not write to, at the end of each day; all "
            "customers, whatever is chosen above."
        ),
        (_("Day"), _("People")),
        [(day, str(value)) for day, value in zip(days, found, strict=True)],
        [Tile(number(found[-1] if found else 0), _("now"))],
        charts.lines(
            [
                (times.in_year(date.fromisoformat(day)), float(v))
                for day, v in zip(days, found, strict=True)
            ]
        ),
    )
