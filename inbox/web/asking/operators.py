"""The names that may stand before a colon, in both languages, and which cases each means.

The table is the only list of them: the parser, the hints and the help page read it.
"""

from dataclasses import dataclass
from difflib import get_close_matches

from cases.language import current
from cases.language import gettext as _
from cases.words.folding import fold
from cases.words.terms import Part
from inbox.web.asking import around, choices, conditions
from inbox.web.asking.asker import Holds
from inbox.web.asking.choices import Choices
from inbox.web.asking.nodes import Field, NotUnderstood


@dataclass(frozen=True, slots=True)
class Operator:
    """A name before a colon."""

    en: str
    es: str
    example: tuple[str, str]
    holds: Holds | None = None
    part: Part | None = None
    """Looks into a part of the messages instead."""
    values: Choices | None = None

    @property
    def said(self) -> str:
        return self.es if current() == "es" else self.en

    @property
    def shown(self) -> str:
        """An example in the language of the screen."""
        return f"{self.said}:{self.example[1 if current() == 'es' else 0]}"


OPERATORS: tuple[Operator, ...] = (
    Operator("is", "es", ("open", "abierto"), conditions.in_state, values=choices.STATES),
    Operator("assignee", "asignado", ("me", "yo"), conditions.assigned, values=choices.PEOPLE),
    Operator("from", "de", ("ana@example.com",) * 2, part=Part.SENDER),
    Operator("to", "para", ("support", "soporte"), part=Part.TO),
    Operator("subject", "asunto", ('"broken cup"', '"taza rota"'), part=Part.SUBJECT),
    Operator("type", "tipo", ("delivery", "entrega"), conditions.typed),
    Operator("tag", "etiqueta", ("vip", "vip"), conditions.tagged),
    Operator("mood", "ánimo", ("angry", "enfadado"), conditions.mood, values=choices.MOODS),
    Operator("lang", "idioma", ("es", "en"), conditions.language),
    Operator("has", "tiene", ("attachment", "adjunto"), conditions.has, values=choices.PARTS),
    Operator("bot", "bot", ("yes", "sí"), conditions.bot, values=choices.YES_NO),
    Operator("sla", "plazo", ("<2h", "<2h"), around.promise, values=choices.PROMISES),
    Operator("after", "desde", ("2026-11-01", "2026-11-01"), around.after),
    Operator("before", "antes", ("7d", "7d"), around.before),
    Operator("hold", "tregua", ("open_case", "open_case"), around.on_truce, values=choices.YES_NO),
    Operator("mailbox", "buzón", ("sales", "ventas"), around.mailbox),
    Operator("customer", "cliente", ("15", "15"), around.customer),
    Operator("case", "caso", ("1234", "1234"), around.numbered),
)
_ALSO = {"state": "is", "estado": "is", "status": "is", "language": "lang", "due": "sla"}
_NAMED = {fold(name): one for one in OPERATORS for name in (one.en, one.es)}
_NAMED |= {also: _NAMED[name] for also, name in _ALSO.items()}


def called(name: str) -> Operator | None:
    """The operator of that name in either language, if there is one."""
    return _NAMED.get(fold(name))


def named(field: Field) -> Operator:
    """The operator of that name; raises NotUnderstood with the one that was probably meant."""
    typed = fold(field.name)
    if typed in _NAMED:
        return _NAMED[typed]
    near = get_close_matches(typed, _NAMED, n=1)
    why = _("There is no “{name}:”. Put it in quotes to look for it as a word.", name=field.name)
    if near:
        meant = f"{_NAMED[near[0]].said}:"
        why = _("There is no “{name}:”. Did you mean “{meant}”?", name=field.name, meant=meant)
    raise NotUnderstood(why, field.at, field.value_at)
