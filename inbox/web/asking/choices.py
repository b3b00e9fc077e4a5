"""The values that a name may have, in the words of both languages. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from cases.language import current
from cases.words.folding import fold
from classifiers import taxonomy


@dataclass(frozen=True, slots=True)
class Choice:
    """One value: what it is called here and there, and all that people may type."""

    en: str
    es: str
    also: tuple[str, ...] = ()

    @property
    def said(self) -> str:
        return self.es if current() == "es" else self.en

    def is_meant_by(self, text: str) -> bool:
        typed = fold(text).replace("_", " ").replace("-", " ")
        return typed in {fold(one).replace("-", " ") for one in (self.en, self.es, *self.also)}


Choices = Mapping[str, Choice]

STATES: Choices = {
    "open": Choice("open", "abierto", ("abiertos",)),
    "closed": Choice("closed", "cerrado", ("resolved", "cerrados", "resuelto")),
    "waiting": Choice("waiting", "esperando", ("pending", "en espera")),
    "snoozed": Choice("snoozed", "pospuesto", ("pospuestos",)),
    "unread": Choice("unread", "no-leído", ("new", "nuevo", "sin leer")),
    "late": Choice("late", "tarde", ("overdue", "atrasado")),
    "breached": Choice("breached", "incumplido", ("vencido",)),
    "answered": Choice("answered", "respondido", ("contestado",)),
    "review": Choice("review", "revisar", ("unsure", "dudoso")),
    "vip": Choice("vip", "importante", ("vips",)),
    "bulk": Choice("bulk", "masivo", ("robots", "bots")),
}
MOODS: Choices = {
    "angry": Choice("angry", "enfadado", ("furious", "furioso", "enojado")),
    "negative": Choice("unhappy", "descontento", ("negative", "negativo", "bad", "malo")),
    "neutral": Choice("neutral", "neutro"),
    "positive": Choice("happy", "contento", ("positive", "positivo", "good", "bueno")),
}
PARTS: Choices = {
    "attachment": Choice("attachment", "adjunto", ("file", "archivo", "attachments", "adjuntos")),
    "note": Choice("note", "nota", ("notes", "notas")),
    "answer": Choice("answer", "respuesta", ("reply",)),
}
YES_NO: Choices = {"yes": Choice("yes", "sí", ("y", "s")), "no": Choice("no", "no", ("n",))}
PROMISES: Choices = {
    "late": Choice("late", "tarde", ("breached", "vencido", "overdue")),
    "risk": Choice("risk", "riesgo", ("at risk", "en riesgo")),
    "none": Choice("none", "ninguno", ("nothing", "nada")),
}
PEOPLE: Choices = {
    "me": Choice("me", "yo", ("mi", "mío")),
    "none": Choice("none", "nadie", ("nobody", "unassigned", "sin asignar")),
    "any": Choice("any", "alguien", ("anybody", "somebody")),
}


def chosen(choices: Choices, text: str) -> str | None:
    """The value that is meant, or None."""
    return next((code for code, choice in choices.items() if choice.is_meant_by(text)), None)


def listed(choices: Choices) -> str:
    """All values as the person reads them."""
    return ", ".join(choice.said for choice in choices.values())


def types(text: str) -> tuple[str, ...]:
    """The leaves of the taxonomy whose code or name begins a word like that."""
    typed = fold(text)
    return tuple(leaf.code for leaf in taxonomy.leaves() if _fits(leaf, typed))


def type_word(leaf: taxonomy.Leaf) -> str:
    """The shortest word that means this type alone, in the language of the screen."""
    name = leaf.label(current()).replace('"', "")
    words = (name.split(",")[0].lower(), name)
    return next((one for one in words if types(one) == (leaf.code,)), leaf.code)


def _fits(leaf: taxonomy.Leaf, typed: str) -> bool:
    if leaf.code.startswith(typed):
        return True
    branch = next((one for one in taxonomy.parents() if one.code == leaf.parent), None)
    names = [*leaf.labels.values(), *(branch.labels.values() if branch else ())]
    return any(
        word.startswith(typed)
        for name in (leaf.code.replace(".", " "), *names)
        for word in (fold(name), *fold(name).replace(",", " ").split())
    )
