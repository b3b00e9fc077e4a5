"""A mail's texts out of the fields of their form: what is wrong with them, and how they read."""

from typing import Any

from flask import request

from bot import templates, values, wording
from bot.templates import NotPlain
from bot.wording import Texts
from cases.case import Case
from cases.language import gettext as _
from cases.language import speaking

LONGEST_SUBJECT, LONGEST_BODY = 300, 20_000


def typed(language: str) -> Texts:
    subject = " ".join(request.form.get(f"subject_{language}", "").split())[:LONGEST_SUBJECT]
    body = request.form.get(f"body_{language}", "").replace("\r\n", "\n").strip()
    return Texts(subject, body[:LONGEST_BODY])


def refusal(texts: dict[str, Texts]) -> str:
    for language, text in texts.items():
        spoken = {"es": "Español", "en": "English"}[language]
        if not text.subject or not text.body:
            return _("{language}: subject and text are both needed.", language=spoken)
        unknown = wording.places(text) - templates.VALUES
        if unknown:
            named = ", ".join(sorted(unknown))
            return _("{language}: nobody can fill in {names}.", language=spoken, names=named)
        try:
            templates.check_plain(text)
        except NotPlain as wrong:
            return _(
                "{language}: braces stand only around a value. Look at: {line}",
                language=spoken,
                line=str(wrong),
            )
    return ""


def preview(text: Texts, about: Case | None, language: str) -> tuple[str, str]:
    """How it reads; values that only exist when it is sent stay as they are written."""
    with speaking(language):
        given: dict[str, Any] = values.values_of(about, language) if about is not None else {}
    return templates.preview(text, given)


def meanings() -> dict[str, str]:
    return {
        "number": _("number of the case"),
        "due": _("until when a person answers"),
        "hours": _("our opening hours"),
        "promise": _("what we promise, in words"),
        "signature": _("name of the mailbox"),
        "articles": _("the articles of a suggestion"),
        "links": _("its two links, solved or not"),
        "when": _("an instant of a reminder"),
        "facts": _("what bots have to say"),
        "question": _("what bots ask"),
        "closing": _("how bots say goodbye"),
        "satisfaction": _("the page that asks how content they are"),
    }
