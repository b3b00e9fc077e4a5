"""Cards about what people write: types, results and moods."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from cases.correction import Field
from cases.language import gettext as _
from cases.outcome import Outcome
from cases.reporting import meaning
from cases.reporting.scope import Scope
from inbox.web import times, words
from inbox.web.console.names import number
from inbox.web.reports import drawing
from inbox.web.reports.card import Card, Tile
from inbox.web.reports.parts import agreed, part


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
            agreed(wrong.get(Field.TYPE, 0), tagged, _("types that nobody corrected")),
        ],
        bars=[now.get(leaf, 0) / most for leaf in order],
    )


def _leaf(leaf: str) -> str:
    return words.type_name(leaf) if leaf else _("not tagged yet")


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
        [part(said, sum(found.values()), _("closed with a result"))],
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
            *(part(sums[mood], sum(sums.values()), words.mood(mood)) for mood in meaning.MOODS),
            agreed(wrong, sum(sums.values()), _("moods that nobody corrected")),
        ],
        legend=[(tones[mood], words.mood(mood)) for mood in meaning.MOODS],
        stack=drawing.stack(
            [
                (
                    times.in_year(date.fromisoformat(day)),
                    [(tones[mood], found.get(day, empty)[mood]) for mood in meaning.MOODS],
                )
                for day in days
            ]
        ),
    )
