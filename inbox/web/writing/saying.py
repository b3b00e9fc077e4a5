"""What the box to write in says: doubts, presets, and what a ready answer does, in words."""

from collections.abc import Mapping
from datetime import datetime

from flask.blueprints import BlueprintSetupState

from bot.answers.precautions import Doubt, Worry
from cases import clock, mention, snoozing
from cases.language import gettext as _
from cases.macro import Macro, Then
from cases.snoozing import Preset
from inbox.web import words
from inbox.web.who import zone
from inbox.web.words import reasons


def furnish(state: BlueprintSetupState) -> None:
    """Give the templates these words."""
    state.app.jinja_env.globals.update(
        doubted=doubted,
        effects=effects,
        presets=presets,
        preset_name=preset_name,
        then_name=then,
        handle=mention.handle,
    )


def doubted(doubt: Doubt) -> str:
    """A doubt as a sentence that says what to look at."""
    about = ", ".join(doubt.about)
    if doubt.worry is Worry.BOT:
        about = ", ".join(map(reasons.reply, doubt.about))
    if doubt.worry is Worry.MAILBOX:
        return _(
            "They wrote to {theirs}, and the answer would come from {ours}.",
            theirs=", ".join(doubt.about[1:]),
            ours=doubt.about[0],
        )
    return {
        Worry.FILE: _("The text says “{about}”, and no file is attached.", about=about),
        Worry.BOT: _("A bot will write to the same person within a day: {about}.", about=about),
        Worry.MARKETING: _("A campaign may reach them within a day: {about}.", about=about),
        Worry.BOUNCED: _("Mail to {about} came back.", about=about),
    }[doubt.worry]


def presets() -> Mapping[Preset, datetime | None]:
    """When each preset ends, seen from now."""
    return snoozing.presets(clock.now(), zone())


def preset_name(preset: Preset) -> str:
    return {
        Preset.LATER: _("For three hours"),
        Preset.TOMORROW: _("Until tomorrow"),
        Preset.MONDAY: _("Until Monday"),
        Preset.WEEK: _("For a week"),
        Preset.REPLY: _("Until they write"),
    }[preset]


def then(what: Then) -> str:
    return {
        Then.NOTHING: _("leaves the case open"),
        Then.CLOSE: _("closes the case"),
        Then.WAIT: _("waits for the customer"),
    }[what]


def effects(chosen: Macro) -> list[str]:
    """What a ready answer does besides its text."""
    found = [
        then(chosen.then) if chosen.then else "",
        _("type: {type}", type=words.type_name(chosen.type)) if chosen.type else "",
        preset_name(Preset(chosen.snooze)) if chosen.snooze in frozenset(Preset) else "",
    ]
    return [one for one in found if one]
