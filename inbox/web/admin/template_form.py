"""A mail's texts out of the fields of their form: what is wrong with them, and how they read."""

from flask import request

from bot import wording
from bot.wording import Texts, templates, values
from bot.wording.templates import NotPlain
from cases.case import Case
from cases.language import gettext as _
from cases.language import speaking
from inbox.web import words

LONGEST_SUBJECT, LONGEST_BODY = 300, 20_000


def typed(language: str) -> Texts:
    subject = " ".join(request.form.get(f"subject_{language}", "").split())[:LONGEST_SUBJECT]
    body = request.form.get(f"body_{language}", "").replace("\r\n", "\n").strip()
    return Texts(subject, body[:LONGEST_BODY])


def flat(texts: dict[str, Texts]) -> dict[str, str]:
    """The texts by the names of their fields, to compare two versions."""
    subjects = {f"subject_{one}": text.subject for one, text in texts.items()}
    # The shipped ones end with a line break, which a form leaves out.
    return subjects | {f"body_{one}": text.body.strip() for one, text in texts.items()}


def refusal(name: str, texts: dict[str, Texts]) -> str:
    for language, text in texts.items():
        spoken = words.tongue(language)
        if not text.subject or not text.body:
            return _("{language}: subject and text are both needed.", language=spoken)
        unknown = wording.places(text) - templates.VALUES
        if unknown:
            named = ", ".join(sorted(unknown))
            return _("{language}: nobody can fill in {names}.", language=spoken, names=named)
        needed = templates.NEEDED.get(name)
        if needed and needed not in wording.places(text):
            place = "{{" + needed + "}}"
            return _("{language}: without {place} it leads nowhere.", language=spoken, place=place)
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
    """How it reads; what only exists when it is sent is shown by an example."""
    with speaking(language):
        given = _examples()
        if about is not None:
            given |= values.values_of(about, language)
    return templates.preview(text, given)


def _examples() -> dict[str, str]:
    """Values such as bots would give; the addresses lead nowhere."""
    return {
        "articles": _("How to follow an order\nhttps://shop.example/help/…"),
        "links": _("Yes: https://shop.example/solved/…\nNo: https://shop.example/solved/…"),
        "when": _("tomorrow at 10:00"),
        "facts": _("Your parcel left our warehouse this morning."),
        "question": _("Could you tell us whether it has arrived?"),
        "closing": _("If the matter is settled, you need do nothing."),
        "topics": _("offers, news"),
        "link": "https://shop.example/mail/confirm/…",
    }


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
        "topics": _("the topics that somebody ticked"),
        "link": _("the page where they confirm it"),
    }
