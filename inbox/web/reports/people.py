"""Cards about people and bots: who answered, who must write again, who is on truce."""

from collections import Counter
from datetime import datetime

from sqlalchemy.orm import Session

from cases.language import gettext as _
from cases.language import say_number
from cases.reporting import people, voices
from cases.reporting.scope import Scope
from cases.reporting.voices import Voices
from inbox.web.console import charts
from inbox.web.reports.card import Card, Tile
from inbox.web.reports.parts import day_names, part, shared

MANY, OFTEN = 5, 3
LARGE = (0, 2, 4)
"""Which of the answers are shown as large figures, too."""


def answers(session: Session, scope: Scope, _now: datetime) -> Card:
    now, before = voices.voices(session, scope)
    noise, past_noise = people.cacophony(session, scope)
    rows, past = _answers(now), _answers(before)
    return Card(
        "answers",
        _("People and bots"),
        _(
            "Of the cases opened in the span: who answered first, and whether it held. "
            "Voices: mails of ours on a day on which a customer got any; 1 is one "
            "voice."
        ),
        _("No case was opened in this span."),
        ("", _("Cases"), _("share"), _("before")),
        [
            (name, value, _share(value, all_), _share(was, was_of))
            for (name, value, all_), (_name, was, was_of) in zip(rows, past, strict=True)
        ]
        if now.cases
        else [],
        [
            *(part(*rows[n][1:], rows[n][0], past[n][1:]) for n in LARGE),
            Tile(_voices(noise), _("voices"), _("before: {value}", value=_voices(past_noise))),
        ],
        bars=[value / all_ if all_ else 0.0 for _name, value, all_ in rows],
    )


def _share(value: int, all_: int) -> str:
    return shared(value / all_ if all_ else None)


def _answers(said: Voices) -> list[tuple[str, int, int]]:
    return [
        (_("first answer by a bot"), said.bot_first, said.cases),
        (_("first answer by a person"), said.person_first, said.cases),
        (_("no answer so far"), said.unanswered, said.cases),
        (_("closed without a person"), said.without_agent, said.cases),
        (_("opened again after closing"), said.reopened, said.cases),
        (_("opened again within 72 hours of a bot's answer"), said.back_soon, said.bot_first),
    ]


def _voices(value: float | None) -> str:
    return "–" if value is None else say_number(round(value, 2))


def repeats(session: Session, scope: Scope, _now: datetime) -> Card:
    now, before = people.repeats(session, scope)
    numbers = range(1, MANY + 1)
    writers = [sum(now[n] for n in now if min(n, MANY) == shown) for shown in numbers]
    return Card(
        "repeats",
        _("Who must write again"),
        _("How many mails each customer wrote in the span, whatever the case."),
        _("No customer wrote in this span."),
        (_("Mails"), _("People")),
        [(_times(n), number_) for n, number_ in zip(numbers, writers, strict=True)] if now else [],
        [
            _each(now, before),
            part(
                *(_often(now), now.total(), _("wrote three times or more")),
                (_often(before), before.total()),
            ),
        ],
        charts.bars(
            [
                (_times(n), float(number_), "" if n < OFTEN else "warn")
                for n, number_ in zip(numbers, writers, strict=True)
            ]
        ),
        unit=_("people"),
    )


def _often(writers: Counter[int]) -> int:
    return sum(writers[n] for n in writers if n >= OFTEN)


def _each(now: Counter[int], before: Counter[int]) -> Tile:
    """Mails of a customer, on average."""
    said, past = (
        say_number(round(sum(n * many for n, many in one.items()) / one.total(), 1)) if one else "–"
        for one in (now, before)
    )
    return Tile(said, _("mails of each customer"), _("before: {value}", value=past), now.total())


def _times(n: int) -> str:
    return _("{n} or more", n=n) if n == MANY else str(n)


def held(session: Session, scope: Scope, _now: datetime) -> Card:
    found, days = people.held(session, scope), [day.date for day in scope.days()]
    return Card(
        "held",
        _("People on truce"),
        _(
            "People whom marketing must not write to, at the end of each day; all "
            "customers, whatever is chosen above."
        ),
        _("Nobody was on truce in this span."),
        (_("Day"), _("People")),
        [(day.isoformat(), value) for day, value in zip(days, found, strict=True)]
        if any(found)
        else [],
        [
            Tile(say_number(found[-1]), _("at the end of the span")),
            Tile(say_number(max(found)), _("at most")),
        ],
        charts.lines(
            [(name, float(value)) for name, value in zip(day_names(scope), found, strict=True)]
        ),
        unit=_("people"),
    )
