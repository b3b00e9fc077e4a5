"""The small labels of a case: deadline, type, mood, truce, bot. Always with icon and word."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cases.case import Case, State
from cases.course import ANGRY, read
from cases.exclusions.rows import Exclusion
from cases.language import gettext as _
from cases.language import ngettext
from cases.priority import Score
from cases.settings import settings
from cases.tag import case_tags
from inbox.web import times, words
from inbox.web.listed import Held, Line, held
from inbox.web.words.reasons import speaker


@dataclass(frozen=True, slots=True)
class Chip:
    """An icon, a word, and how serious it is."""

    icon: str
    text: str
    tone: str = ""
    hint: str = ""
    guess: bool = False
    """A machine thinks so: drawn with a dashed border until a person confirms it."""
    small: bool = False
    """The icon stands for the word, which only readers of the screen and pointers get."""
    first: str = ""
    """What of it is shown where a small one has room."""
    more: int = 0
    """How many there are besides the first."""


def margin() -> timedelta:
    """A promise is at risk when less than a quarter of its time is left."""
    return timedelta(hours=settings().first_response_hours) / 4


def deadline(case: Case, now: datetime) -> Chip | None:
    """How much time is left to answer."""
    if case.bulk:
        return None
    if case.state is State.CLOSED:
        return Chip("circle-check", _("Closed"), "quiet")
    if case.due_at is None:
        return _nothing_owed(case)
    left, hint = case.due_at - now, _("Answer by {time}", time=times.exact(case.due_at))
    if left <= timedelta(0):
        passed = times.span(-left) if -left < timedelta(days=1) else times.rough(-left)
        text = _("{time} late", time=passed)
        return Chip("alarm-clock-off", text, "danger", hint)
    tone, icon = ("warn", "alarm-clock") if left < margin() else ("", "clock")
    return Chip(icon, times.span(left), tone, hint)


def promised(case: Case, now: datetime) -> Chip | None:
    """The same where there is room to say by when."""
    found = deadline(case, now)
    if found is None or case.due_at is None or case.state is State.CLOSED:
        return found
    return replace(found, text=f"{found.text} · {times.coming(case.due_at)}")


def _nothing_owed(case: Case) -> Chip | None:
    if case.state is State.WAITING:
        return Chip("circle-pause", _("Waiting"), "quiet", _("Waiting for the customer"))
    return Chip("reply", _("Answered"), "ok") if case.answered_at else None


def kind(case: Case) -> Chip | None:
    """What the case is about."""
    if not case.type:
        return None
    rule = "" if case.type_by else str((case.labels or {}).get("type_by", ""))
    sure = bool(case.type_by or rule)
    by = speaker(case.type_by, rule)
    hint = _("Set by {name}", name=by) if sure else _("Guessed by the classifier")
    return Chip("tag", words.type_name(case.type), "kind", hint, guess=not sure)


_FACES = {"negative": "frown", "neutral": "meh", "positive": "smile"}


def mood(case: Case) -> Chip | None:
    """How the customer sounds."""
    text = words.mood(case.sentiment, case.anger)
    if not text:
        return None
    confirmed = bool(case.labels.get("sentiment_by"))
    return _face(case.sentiment, case.anger, guess=not confirmed)


def _face(sentiment: str, anger: float, *, hint: str = "", guess: bool = False) -> Chip:
    angry = sentiment == "negative" and anger >= ANGRY
    tone = {"negative": "danger" if angry else "warn", "positive": "ok"}.get(sentiment, "")
    icon = "angry" if angry else _FACES[sentiment]
    return Chip(icon, words.mood(sentiment, anger), tone, hint, guess=guess)


def course(case: Case) -> list[tuple[str, Chip]]:
    """How the customer sounded at first, at the worst and now, each with its name."""
    found = read(case.course)
    if found is None:
        return []
    named = ((_("At first"), found.start), (_("At worst"), found.worst), (_("Now"), found.now))
    return [
        (name, _face(sign.sentiment, sign.anger, hint=times.exact(sign.at))) for name, sign in named
    ]


def tags(case: Case) -> Chip | None:
    """What people and rules call it; a line has no room for all of them in letters."""
    own = case_tags.of(case)
    if not own:
        return None
    said = ", ".join(own)
    return Chip("hash", said, "", said, small=True, first=own[0], more=len(own) - 1)


def urgent(case: Case) -> Chip | None:
    return Chip("zap", _("Urgent"), "warn", guess=True) if case.urgency >= 2 else None


def snoozed(case: Case) -> Chip | None:
    """Until when it is laid aside."""
    if case.snoozed_at is None:
        return None
    if case.snoozed_until is None:
        return Chip("moon", _("Laid aside until they write"), "quiet")
    return Chip("moon", _("Laid aside until {time}", time=times.exact(case.snoozed_until)), "quiet")


def bot(answers: int) -> Chip | None:
    """How often the program spoke by itself, if it did more than thank for a mail."""
    if answers < 2:
        return None
    said = ngettext("The bot answered once", "The bot answered {number} times", answers)
    return Chip("bot", said, "bot", said, small=True)


def truce(found: Held | None) -> Chip | None:
    """Whether marketing must wait, and until when."""
    if found is None:
        return None
    said = _("Truce {until}", until=_until(found))
    return Chip("pause", said, "truce", said, small=True)


def long_truce(holds: Sequence[Exclusion]) -> Chip | None:
    """The same where there is room to say until when."""
    if not holds:
        return None
    hint = ", ".join(words.reason(one.reason) for one in holds)
    return Chip("pause", _("Truce {until}", until=until(holds)), "truce", hint)


def until(holds: Sequence[Exclusion]) -> str:
    """When the last of those holds ends."""
    found = held(holds)
    return _until(found) if found is not None else ""


def _until(found: Held) -> str:
    if found.until_closed:
        return _("until it is closed")
    if found.until is None:
        return _("until further notice")
    return _("until {day}", day=times.day(found.until))


def reasons(score: Score) -> str:
    """Why a case presses, the weightiest reason first."""
    return "; ".join(part.words for part in score.parts)


def weight(score: Score) -> Chip:
    """How much a case presses; the reasons are its hint."""
    said = reasons(score) or _("nothing presses")
    return Chip("zap", str(round(score.points)), "", _("What presses: {reasons}", reasons=said))


def of_row(line: Line, now: datetime, columns: Collection[str] | None = None) -> list[Chip]:
    """All chips of a line in a list, or those of some columns."""
    case = line.case
    found = {
        "snoozed": snoozed(case),
        "deadline": deadline(case, now),
        "mood": mood(case) if case.sentiment != "neutral" else None,
        "truce": truce(line.held),
        "bot": bot(line.answers),
        "tags": tags(case),
        "type": kind(case),
    }
    wanted = found if columns is None else {"snoozed", *columns}
    return [chip for column, chip in found.items() if chip is not None and column in wanted]
