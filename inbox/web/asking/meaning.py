"""From what was asked to the cases that are meant, and to the words to be shown in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, true

from cases.case import Case
from cases.language import gettext as _
from cases.words import matching
from cases.words.terms import Expression, Group, Term, leaves, term
from inbox.web.asking.asker import Asker
from inbox.web.asking.grammar import parse
from inbox.web.asking.nodes import Any, Every, Field, Node, NotUnderstood, Without, Word
from inbox.web.asking.operators import named
from inbox.web.visible import visible_to


@dataclass(frozen=True, slots=True)
class Meaning:
    """The cases that are meant, and which words they were found by."""

    which: ColumnElement[bool]
    words: Expression | None

    @property
    def marked(self) -> tuple[Term, ...]:
        """What is to be marked where it is shown."""
        return tuple(leaves(self.words)) if self.words is not None else ()


def understand(asked: str, asker: Asker) -> Meaning:
    """What is meant, of the cases that the person may see. Raises NotUnderstood."""
    node = parse(asked)
    visible = and_(visible_to(asker.agent), Case.merged_into_id.is_(None))
    if node is None:
        return Meaning(visible, None)
    return Meaning(and_(visible, _cases(node, asker)), _sought(node))


def check(asked: str, asker: Asker) -> None:
    """Raises NotUnderstood where it cannot be understood."""
    understand(asked, asker)


def _cases(node: Node, asker: Asker) -> ColumnElement[bool]:
    words = _text(node)
    if words is not None:
        return matching.holds(asker.session, words)
    match node:
        case Every(nodes):
            return and_(*_all(nodes, asker))
        case Any(nodes):
            return or_(*(_cases(one, asker) for one in nodes))
        case Without(inside):
            return _without(inside, asker)
        case Field():
            return _named(node, asker)
        case Word(text, _exact, at, end):
            raise NotUnderstood(_("“{words}” holds no letter and no digit.", words=text), at, end)


def _all(nodes: Sequence[Node], asker: Asker) -> list[ColumnElement[bool]]:
    """Words side by side are looked for in one message; everything else in the case."""
    said = [(node, _text(node)) for node in nodes]
    texts = tuple(words for _one, words in said if words is not None)
    # A dash between words means nothing; where there is nothing else, it is refused.
    others = [node for node, words in said if words is None]
    telling = [node for node in others if not isinstance(node, Word)]
    rest = [_cases(node, asker) for node in (telling if telling or texts else others)]
    if not texts:
        return rest
    return [matching.holds(asker.session, Group(texts) if len(texts) > 1 else texts[0]), *rest]


def _without(inside: Node, asker: Asker) -> ColumnElement[bool]:
    words = _text(inside)
    if words is not None:
        return matching.lacks(asker.session, words)
    # What is not known to be so is not so: who owes nothing is not late.
    return _cases(inside, asker).is_not(true())


def _named(field: Field, asker: Asker) -> ColumnElement[bool]:
    operator = named(field)
    # Those without look into messages, and what holds no letter looks for nothing.
    return operator.holds(field, asker) if operator.holds is not None else true()


def _text(node: Node) -> Expression | None:
    """The node as words to be looked for in one message, if it is nothing else."""
    match node:
        case Word(text, exact):
            return term(text, exact=exact)
        case Field(name=_name, value=value, quoted=quoted):
            part = named(node).part
            return term(value, exact=quoted, part=part) if part is not None else None
        case Every(nodes) | Any(nodes):
            found = [_text(one) for one in nodes]
            known = tuple(one for one in found if one is not None)
            whole = len(known) == len(found)
            return Group(known, every=isinstance(node, Every)) if whole else None
        case Without():
            return None


def _sought(node: Node) -> Expression | None:
    """All words that may have led to a case, whichever of them did."""
    found = tuple(_leaves(node))
    return Group(found, every=False) if len(found) > 1 else found[0] if found else None


def _leaves(node: Node) -> list[Expression]:
    if isinstance(node, Every | Any):
        return [leaf for one in node.nodes for leaf in _leaves(one)]
    words = _text(node) if not isinstance(node, Without) else None
    return [words] if words is not None else []
