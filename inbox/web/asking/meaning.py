"""From what was asked to the cases that are meant, and to the words to be shown in them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_, or_, true

from cases.case import Case
from cases.language import gettext as _
from cases.words import matching
from cases.words.gathering import Gathering, gathered
from cases.words.terms import Expression, Term, leaves
from inbox.web.asking import texts
from inbox.web.asking.asker import Asker
from inbox.web.asking.grammar import parse
from inbox.web.asking.nodes import Any, Every, Field, Node, NotUnderstood, Without, Word
from inbox.web.asking.operators import named
from inbox.web.visible import visible_to

LOOKING = frozenset({"has", "bot"})
"""Operators that look beyond the case itself."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Which cases, and whether each has to be looked into to know."""

    which: ColumnElement[bool]
    looks: bool = False


@dataclass(frozen=True, slots=True)
class Meaning:
    """The cases that are meant, and which words they were found by."""

    known: ColumnElement[bool]
    """What the cases themselves say, or the index."""
    looked: ColumnElement[bool] | None
    """What must be looked for in each case."""
    words: Expression | None
    wanted: Sequence[Expression] = ()
    """What must be in one message, or may be: what is worth to be gathered with more effort."""

    @property
    def which(self) -> ColumnElement[bool]:
        """All of it."""
        return self.known if self.looked is None else and_(self.known, self.looked)

    @property
    def marked(self) -> tuple[Term, ...]:
        """What is to be marked where it is shown."""
        return tuple(leaves(self.words)) if self.words is not None else ()


def understand(asked: str, asker: Asker, gathering: Gathering | None = None) -> Meaning:
    """What is meant, of the cases that the person may see. Raises NotUnderstood.

    Whoever goes on with what was gathered gives the gathering.
    """
    node = parse(asked)
    visible = and_(visible_to(asker.agent), Case.merged_into_id.is_(None))
    if node is None:
        return Meaning(visible, None, None)
    words = texts.looked_for(node)
    few = gathering.gather(words) if gathering else gathered(asker.session, words)
    parts = _parts(node, replace(asker, few=few))
    looked = [part.which for part in parts if part.looks]
    known = and_(visible, *(part.which for part in parts if not part.looks))
    return Meaning(known, and_(*looked) if looked else None, texts.marked(node), texts.wanted(node))


def check(asked: str, asker: Asker) -> None:
    """Raises NotUnderstood where it cannot be understood."""
    understand(asked, asker)


def _parts(node: Node, asker: Asker) -> list[Condition]:
    """What must hold at once."""
    if isinstance(node, Every) and texts.text(node) is None:
        return _all(node.nodes, asker)
    return [_cases(node, asker)]


def _cases(node: Node, asker: Asker) -> Condition:
    words = texts.text(node)
    if words is not None:
        return _holding(words, asker)
    match node:
        case Every(nodes):
            return _joined(and_, _all(nodes, asker))
        case Any(nodes):
            return _joined(or_, [_cases(one, asker) for one in nodes])
        case Without(inside):
            return _without(inside, asker)
        case Field():
            return _named(node, asker)
        case Word(text, _exact, at, end):
            raise NotUnderstood(_("“{words}” holds no letter and no digit.", words=text), at, end)


def _joined(join: Callable[..., ColumnElement[bool]], parts: Sequence[Condition]) -> Condition:
    return Condition(join(*(part.which for part in parts)), any(part.looks for part in parts))


def _holding(words: Expression, asker: Asker) -> Condition:
    few = asker.few.get(words)
    if few is not None:
        return Condition(few)
    return Condition(matching.looked_into(asker.session, words), looks=True)


def _all(nodes: Sequence[Node], asker: Asker) -> list[Condition]:
    """Words side by side are looked for in one message; everything else in the case."""
    beside = texts.together(nodes)
    rest = [_cases(node, asker) for node in beside.others]
    return [_holding(beside.words, asker), *rest] if beside.words is not None else rest


def _without(inside: Node, asker: Asker) -> Condition:
    found = _cases(inside, asker)
    # What is not known to be so is not so: who owes nothing is not late.
    told = ~found.which if texts.text(inside) is not None else found.which.is_not(true())
    return Condition(told, found.looks)


def _named(field: Field, asker: Asker) -> Condition:
    operator = named(field)
    # Those without look into messages, and what holds no letter looks for nothing.
    if operator.holds is None:
        return Condition(true())
    return Condition(operator.holds(field, asker), operator.en in LOOKING)
