"""The cards of the reports: each a definition in words, a drawing, and a table of the same."""

from collections.abc import Callable
from datetime import datetime, timedelta

from babel.dates import get_day_names
from sqlalchemy.orm import Session

from cases.correction import Field
from cases.language import current
from cases.language import gettext as _
from cases.outcome import Outcome
from cases.reporting import meaning, voices, working
from cases.reporting.scope import Scope
from cases.sla.policy import Target
from inbox.web import words
from inbox.web.console import charts
from inbox.web.console.names import number, share
from inbox.web.reports import drawing
from inbox.web.reports.card import FEW, Card, Tile
from inbox.web.reports.contentment import satisfaction

Make = Callable[[Session, Scope, datetime], Card]


def promises(session: Session, scope: Scope, _now: datetime) -> Card:
    now, before = working.promises(session, scope), working.promises(session, scope.before)
    past = {one.target: one.share for one in before}
    tiles = [
        Tile(_share(one.share), _target(one.target), _was(past.get(one.target)), _few(one))
        for one in now
    ]
    return Card(
        "promises",
        _("Promises kept"),
        _(
            "Of all promises that were kept or broken in the span, the share that was "
            "kept, in opening hours."
        ),
        (_("Promise"), _("kept"), _("broken"), _("share")),
        [(_target(one.target), str(one.kept), str(one.broken), _share(one.share)) for one in now],
        tiles,
    )


def _few(one: working.Kept) -> bool:
    return one.kept + one.broken < FEW


def _target(target: Target) -> str:
    return {
        Target.FIRST_RESPONSE: _("First answer"),
        Target.NEXT_RESPONSE: _("Next answers"),
        Target.RESOLUTION: _("Solution"),
        Target.KEEP_INFORMED: _("Keeping informed"),
        Target.CALL_BACK: _("Calling back"),
    }[target]


def _share(value: float | None) -> str:
    return "–" if value is None else share(value)


def _was(value: float | None) -> str:
    return "" if value is None else _("before: {value}", value=share(value))


def volume(session: Session, scope: Scope, _now: datetime) -> Card:
    found = working.volume(session, scope)
    before = working.volume(session, scope.before)
    days = scope.days()
    names = [get_day_names("abbreviated", locale=current())[day] for day in range(7)]
    return Card(
        "volume",
        _("Mail in and out"),
        _(
            "Mails that customers wrote, and mails that agents and bots wrote to them, "
            "by day of arrival."
        ),
        (_("Day"), _("in"), _("out")),
        [(day, str(found.came[day]), str(found.left[day])) for day in days],
        [
            _count(found.came.total(), before.came.total(), _("mails of customers")),
            _count(found.left.total(), before.left.total(), _("mails to customers")),
        ],
        charts.lines([(day[5:], float(found.came[day])) for day in days]),
        charts.lines([(day[5:], float(found.left[day])) for day in days]),
        drawing.week(found.week, names),
        names,
    )


def _count(now: int, before: int, about: str) -> Tile:
    return Tile(number(now), about, _("before: {value}", value=number(before)))


def backlog(session: Session, scope: Scope, now: datetime) -> Card:
    found = working.backlog(session, scope, now)
    names = [
        *(_("up to {span}", span=_span(limit)) for limit in working.AGES),
        _("older"),
    ]
    tones = ("ok", "ok", "warn", "warn", "danger")
    return Card(
        "backlog",
        _("Age of open cases"),
        _("All cases that are open now, by the time since they were opened."),
        (_("Age"), _("Cases")),
        [(name, str(value)) for name, value in zip(names, found, strict=True)],
        [Tile(number(sum(found)), _("open now"))],
        charts.bars(
            [
                (name, float(value), tone)
                for name, value, tone in zip(names, found, tones, strict=True)
            ]
        ),
    )


def _span(limit: timedelta) -> str:
    return _("{n} d", n=limit.days)


def types(session: Session, scope: Scope, _now: datetime) -> Card:
    now, before = meaning.types(session, scope), meaning.types(session, scope.before)
    order = sorted({*now, *before}, key=lambda leaf: (-now.get(leaf, 0), leaf))
    most = max(now.values(), default=1)
    wrong = meaning.corrected(session, scope)
    tagged = sum(value for leaf, value in now.items() if leaf)
    return Card(
        "types",
        _("What people write about"),
        _(
            "Cases opened in the span by type, as the classifier or an agent said; "
            "before: the span of the same length that ended where this one begins."
        ),
        (_("Type"), _("Cases"), _("before")),
        [(_leaf(leaf), str(now.get(leaf, 0)), str(before.get(leaf, 0))) for leaf in order],
        [
            Tile(number(sum(now.values())), _("cases opened")),
            _agreement(wrong.get(Field.TYPE, 0), tagged, _("types that nobody corrected")),
        ],
        bars=[now.get(leaf, 0) / most for leaf in order],
    )


def _leaf(leaf: str) -> str:
    return words.type_name(leaf) if leaf else _("not tagged yet")


def _agreement(wrong: int, all_: int, about: str) -> Tile:
    return Tile(_share(1 - wrong / all_ if all_ else None), about, pale=all_ < FEW)


def outcomes(session: Session, scope: Scope, _now: datetime) -> Card:
    found = meaning.outcomes(session, scope)
    told = {one: found[one] for one in Outcome if found.get(one)}
    said, most = sum(told.values()), max(told.values(), default=1)
    return Card(
        "outcomes",
        _("How it ended"),
        _("Cases closed in the span with a result that the agent chose at closing."),
        (_("Result"), _("Cases")),
        [(words.outcome(one), str(number_)) for one, number_ in told.items()],
        [_part(said, sum(found.values()), _("closed with a result"))],
        bars=[number_ / most for number_ in told.values()],
    )


def moods(session: Session, scope: Scope, _now: datetime) -> Card:
    found, days = meaning.moods(session, scope), scope.days()
    tones = {"negative": "danger", "neutral": "neutral", "positive": "ok"}
    sums = {mood: sum(day[mood] for day in found.values()) for mood in meaning.MOODS}
    wrong = meaning.corrected(session, scope).get(Field.MOOD, 0)
    empty = dict.fromkeys(meaning.MOODS, 0)
    return Card(
        "moods",
        _("Mood"),
        _(
            "Cases opened in the span by the mood of the customer, as shares of the "
            "day's cases; untagged cases are left out."
        ),
        (_("Day"), *(words.mood(mood) for mood in meaning.MOODS)),
        [(day, *(str(value) for value in found.get(day, empty).values())) for day in days],
        [
            *(_part(sums[mood], sum(sums.values()), words.mood(mood)) for mood in meaning.MOODS),
            _agreement(wrong, sum(sums.values()), _("moods that nobody corrected")),
        ],
        legend=[(tones[mood], words.mood(mood)) for mood in meaning.MOODS],
        stack=drawing.stack(
            [
                (day[5:], [(tones[mood], found.get(day, empty)[mood]) for mood in meaning.MOODS])
                for day in days
            ]
        ),
    )


def _part(value: int, all_: int, about: str) -> Tile:
    shown = _share(value / all_ if all_ else None)
    return Tile(shown, about, _("{n} of {all}", n=value, all=all_), all_ < FEW)


def answers(session: Session, scope: Scope, _now: datetime) -> Card:
    now = voices.voices(session, scope)
    noise, before = voices.cacophony(session, scope), voices.cacophony(session, scope.before)
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
            *(_part(value, all_, name) for name, value, all_ in rows),
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
        [_part(often, people, _("wrote three times or more"))],
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
        charts.lines([(day[5:], float(v)) for day, v in zip(days, found, strict=True)]),
    )


TABS: dict[str, tuple[Make, ...]] = {
    "work": (promises, volume, backlog),
    "meaning": (types, moods, outcomes),
    "voices": (answers, repeats, held, satisfaction),
}
