"""What of a search is words to be looked for in messages. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from cases.words.terms import Expression, Group, term
from inbox.web.asking.nodes import Any, Every, Field, Node, Without, Word
from inbox.web.asking.operators import named


def text(node: Node) -> Expression | None:
    """The node as words to be looked for in one message, if it is nothing else."""
    match node:
        case Word(words, exact):
            return term(words, exact=exact)
        case Field(name=_name, value=value, quoted=quoted):
            part = named(node).part
            return term(value, exact=quoted, part=part) if part is not None else None
        case Every(nodes) | Any(nodes):
            found = [text(one) for one in nodes]
            known = tuple(one for one in found if one is not None)
            whole = len(known) == len(found)
            return Group(known, every=isinstance(node, Every)) if whole else None
        case Without():
            return None


@dataclass(frozen=True, slots=True)
class Together:
    """Words side by side, which are looked for in one message, and what stands beside them."""

    words: Expression | None
    others: list[Node]


def together(nodes: Sequence[Node]) -> Together:
    said = [(node, text(node)) for node in nodes]
    texts = tuple(words for _one, words in said if words is not None)
    # A dash between words means nothing; where there is nothing else, it is refused.
    others: list[Node] = [node for node, words in said if words is None]
    telling: list[Node] = [node for node in others if not isinstance(node, Word)]
    words = Group(texts) if len(texts) > 1 else texts[0] if texts else None
    return Together(words, telling if telling or texts else others)


def looked_for(node: Node) -> list[Expression]:
    """All that is looked for in messages, as it is looked for, whether to be there or not."""
    if (words := text(node)) is not None:
        return [words]
    match node:
        case Every(nodes):
            beside = together(nodes)
            first = [beside.words] if beside.words is not None else []
            return first + [one for other in beside.others for one in looked_for(other)]
        case Any(nodes):
            return [one for other in nodes for one in looked_for(other)]
        case Without(inside):
            return looked_for(inside)
        case _:
            return []


def wanted(node: Node) -> list[Expression]:
    """The same without what must not be there."""
    if isinstance(node, Without):
        return []
    if isinstance(node, Every) and text(node) is None:
        kept = tuple(one for one in node.nodes if not isinstance(one, Without))
        if len(kept) < 2:
            return [one for other in kept for one in wanted(other)]
        return looked_for(Every(kept))
    return looked_for(node)


def marked(node: Node) -> Expression | None:
    """All words that may have led to a case, whichever of them did."""
    found = tuple(_leaves(node))
    return Group(found, every=False) if len(found) > 1 else found[0] if found else None


def _leaves(node: Node) -> list[Expression]:
    if isinstance(node, Every | Any):
        return [leaf for one in node.nodes for leaf in _leaves(one)]
    words = text(node) if not isinstance(node, Without) else None
    return [words] if words is not None else []
