"""A search as the fields of a form, and back: what no field can say stays as text. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from cases.words.folding import fold
from inbox.web.asking.grammar import parse
from inbox.web.asking.nodes import Any, Every, Field, Node
from inbox.web.asking.operators import OPERATORS, Operator

FIELDS = (
    *("is", "assignee", "type", "mood", "lang", "sla", "has", "bot", "hold"),
    *("mailbox", "after", "before", "tag", "from", "to", "subject", "customer"),
)
_BY_NAME = {fold(name): one for one in OPERATORS for name in (one.en, one.es)}


@dataclass(frozen=True, slots=True)
class Form:
    """What the fields say, and the rest as text."""

    fields: Mapping[str, str]
    rest: str


def taken_apart(asked: str) -> Form:
    """The search as fields and a rest. Raises NotUnderstood."""
    fields: dict[str, str] = {}
    taken: list[Field] = []
    for one in _side_by_side(parse(asked)):
        if isinstance(one, Field) and (named := _field(one)) and named[0] not in fields:
            fields[named[0]] = named[1]
            taken.append(one)
    rest = asked
    for gone in reversed(taken):
        rest = rest[: gone.at] + rest[gone.end :]
    return Form(fields, " ".join(rest.split()))


def _side_by_side(node: Node | None) -> tuple[Node, ...]:
    if isinstance(node, Every):
        return node.nodes
    return (node,) if node is not None else ()


def _field(field: Field) -> tuple[str, str] | None:
    operator = _BY_NAME.get(fold(field.name))
    if operator is None or operator.en not in FIELDS or _is_exact_word(operator, field):
        return None
    return operator.en, _plain(operator, field.value)


def _is_exact_word(operator: Operator, field: Field) -> bool:
    """A word in quotes is looked for as it stands; a field would lose its quotes."""
    return operator.part is not None and field.quoted and " " not in field.value


def _plain(operator: Operator, value: str) -> str:
    """The value as the form offers it."""
    if operator.values is None:
        return value
    meant = [choice.en for choice in operator.values.values() if choice.is_meant_by(value)]
    return meant[0] if meant else value


def put_together(form: Form) -> str:
    """The search that the form says."""
    said = [
        f"{name}:{_quoted(value)}"
        for name in FIELDS
        if (value := form.fields.get(name, "").strip())
    ]
    rest = form.rest.strip()
    if rest and said and isinstance(parse(rest), Any):
        rest = f"({rest})"
    return " ".join((*said, rest)).strip()


def _quoted(value: str) -> str:
    plain = value.replace('"', "")
    return f'"{plain}"' if any(one in plain for one in " ()") else plain
