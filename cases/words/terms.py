"""What is looked for in messages, and how each database wants to be asked. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from cases.words.folding import SHORTEST_BEGINNING, beginning, words_of


class Part(StrEnum):
    """Where in a message."""

    ANYWHERE = ""
    SUBJECT = "subject"
    SENDER = "sender"
    TO = "to"


@dataclass(frozen=True, slots=True)
class Term:
    """One word, or several that follow one another."""

    words: tuple[str, ...]
    part: Part = Part.ANYWHERE
    open: bool = False
    """Its last word may go on."""


@dataclass(frozen=True, slots=True)
class Group:
    """Several terms: all of them in one message, or any."""

    terms: tuple["Expression", ...]
    every: bool = True


Expression = Term | Group


def term(text: str, *, exact: bool = False, part: Part = Part.ANYWHERE) -> Term | None:
    """What a typed word looks for; None where it holds no letter and no digit."""
    words = words_of(text)
    if not words:
        return None
    if exact:
        return Term(words, part)
    last = beginning(words[-1]) if len(words) == 1 and part is Part.ANYWHERE else words[-1]
    return Term((*words[:-1], last), part, open=len(last) >= SHORTEST_BEGINNING)


def leaves(expression: Expression) -> list[Term]:
    """All its terms."""
    if isinstance(expression, Term):
        return [expression]
    return [leaf for one in expression.terms for leaf in leaves(one)]


_WEIGHTS = {Part.ANYWHERE: "", Part.SUBJECT: "A", Part.SENDER: "B", Part.TO: "C"}


def for_postgresql(expression: Expression) -> str:
    """As a tsquery."""
    if isinstance(expression, Group):
        joined = " & " if expression.every else " | "
        return "(" + joined.join(map(for_postgresql, expression.terms)) + ")"
    weight = _WEIGHTS[expression.part]
    marks = [f":{weight}" if weight else "" for _word in expression.words]
    if expression.open:
        marks[-1] = f":*{weight}"
    said = (f"'{word}'{mark}" for word, mark in zip(expression.words, marks, strict=True))
    return "(" + " <-> ".join(said) + ")"


_COLUMNS = {
    Part.ANYWHERE: "",
    Part.SUBJECT: "{subject} : ",
    Part.SENDER: "{sender sender_name} : ",
    Part.TO: '{"to" cc} : ',
}


def for_sqlite(expression: Expression) -> str:
    """As an FTS5 query."""
    if isinstance(expression, Group):
        joined = " AND " if expression.every else " OR "
        return "(" + joined.join(map(for_sqlite, expression.terms)) + ")"
    phrase = '"' + " ".join(expression.words) + '"'
    return f"({_COLUMNS[expression.part]}{phrase}{' *' if expression.open else ''})"
