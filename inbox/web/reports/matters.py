"""Cards about what people write: types, results and moods."""

from collections import Counter
from datetime import datetime

from sqlalchemy.orm import Session

from cases.correcting.correction import Field
from cases.language import gettext as _
from cases.language import say_number
from cases.outcome import Outcome
from cases.reporting import meaning
from cases.reporting.scope import Scope
from inbox.web import words
from inbox.web.reports import drawing
from inbox.web.reports.card import Card, Tile
from inbox.web.reports.parts import agreed, counted, day_names, part


def types(session: Session, scope: Scope, _now: datetime) -> Card:
    now, before = meaning.types(session, scope)
    order = sorted({*now, *before}, key=lambda leaf: (-now.get(leaf, 0), leaf))
    most = max(now.values(), default=1)
    wrong = meaning.corrected(session, scope)
    tagged = sum(value for leaf, value in now.items() if leaf)
    return Card(
        "types",
        _("What people write about"),
        _("Cases opened in the span by type, as the classifier or an agent said."),
        _("No case was opened in this span."),
        (_("Type"), _("Cases"), _("before"), _("change")),
        [(_leaf(leaf), now[leaf], before[leaf], now[leaf] - before[leaf]) for leaf in order],
        [
            counted(now.total(), before.total(), _("cases opened")),
            *_rising(now, before),
            agreed(wrong.get(Field.TYPE, 0), tagged, _("types that nobody corrected")),
        ],
        bars=[now.get(leaf, 0) / most for leaf in order],
    )


def _rising(now: Counter[str], before: Counter[str]) -> list[Tile]:
    """The type that has grown most, if there was anything before to grow from."""
    risen = {leaf: now[leaf] - before[leaf] for leaf in now if leaf and before}
    leaf = max(risen, key=lambda one: risen[one], default="")
    if risen.get(leaf, 0) <= 0:
        return []
    said = _("rises most: {type}", type=_leaf(leaf))
    return [
        Tile(
            f"+{say_number(risen[leaf])}",
            said,
            _("before: {value}", value=say_number(before[leaf])),
        )
    ]


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
        _("No case was closed with a result in this span."),
        (_("Result"), _("Cases")),
        [(words.outcome(one), number_) for one, number_ in told.items()],
        [part(said, sum(found.values()), _("closed with a result"))],
        bars=[number_ / most for number_ in told.values()],
    )


def moods(session: Session, scope: Scope, _now: datetime) -> Card:
    found, days = meaning.moods(session, scope), [day.date for day in scope.days()]
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
        _("No case of this span has a mood yet."),
        (_("Day"), *(words.mood(mood) for mood in meaning.MOODS)),
        [(day.isoformat(), *found.get(day, empty).values()) for day in days] if found else [],
        [
            *(part(sums[mood], sum(sums.values()), words.mood(mood)) for mood in meaning.MOODS),
            agreed(wrong, sum(sums.values()), _("moods that nobody corrected")),
        ],
        legend=[(tones[mood], words.mood(mood)) for mood in meaning.MOODS],
        stack=drawing.stack(
            [
                (
                    name,
                    [(tones[mood], found.get(day, empty)[mood]) for mood in meaning.MOODS],
                )
                for name, day in zip(day_names(scope), days, strict=True)
            ]
        ),
    )
