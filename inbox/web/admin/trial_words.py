"""What came of a trial, in words."""

from bot.rules.trials import Trial
from cases.exclusions.reasons import Reason
from cases.language import gettext as _
from inbox.web import words
from inbox.web.words import field_words, reasons


def did(one: dict[str, str]) -> str:
    """One thing that would have been done."""
    what = one["what"]
    said = {
        "answer": lambda: _("Answers: {name}", name=reasons.reply(what)),
        "silence": lambda: _("Silent: {reason}", reason=reasons.said(what)),
        "draft": lambda: _("Drafts: {name}", name=reasons.reply(what)),
        "set": lambda: _("Sets: {what}", what=field_words.pair(what)),
        "assign": lambda: _("Assigns: {name}", name=what),
        "tag": lambda: _("Tags: {names}", names=what),
        "note": lambda: _("Writes a note"),
        "escalate": lambda: _("Makes it urgent"),
        "tried": lambda: _("Only tried: {what}", what=what),
    }
    return said[one["do"]]() if one["do"] in said else what


def held(reason: str) -> str:
    """Why marketing would have been told to wait."""
    return words.reason(Reason(reason)) if reason in frozenset(Reason) else reason


def summary(trial: Trial) -> list[tuple[str, int, int]]:
    """How often each thing would have been done: under the rules in use, and the edited ones."""
    names = {
        "answer": _("Answers that leave by themselves"),
        "draft": _("Drafts for agents"),
        "silence": _("Silences"),
        "set": _("Fields set"),
        "assign": _("Cases assigned"),
        "tag": _("Cases tagged"),
        "note": _("Notes written"),
        "escalate": _("Cases made urgent"),
    }
    counts = trial.counts or {}
    return [
        (name, int(counts.get(f"present:{do}", 0)), int(counts.get(f"edited:{do}", 0)))
        for do, name in names.items()
    ]
