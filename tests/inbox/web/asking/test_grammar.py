"""What people type is read in one way, or refused with the letters that are to blame."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from inbox.web.asking.grammar import LONGEST, parse
from inbox.web.asking.nodes import Any, Every, Field, NotUnderstood, Without, Word


def _said(node: object) -> object:
    """The tree without its positions."""
    match node:
        case Word(text, exact):
            return f'"{text}"' if exact else text
        case Field(name, value):
            return f"{name}:{value}"
        case Without(inside):
            return ("not", _said(inside))
        case Every(nodes):
            return ("and", *map(_said, nodes))
        case Any(nodes):
            return ("or", *map(_said, nodes))
    return node


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("", None),
        ("pedido", "pedido"),
        ("is:open pedido", ("and", "is:open", "pedido")),
        ("a b OR c", ("or", ("and", "a", "b"), "c")),
        ("a O b", ("or", "a", "b")),
        ("a o b", ("and", "a", "o", "b")),
        ("(a OR b) -c", ("and", ("or", "a", "b"), ("not", "c"))),
        ('Asunto:"taza rota" -es:cerrado', ("and", "asunto:taza rota", ("not", "es:cerrado"))),
        ("sla:<2h", "sla:<2h"),
        ('"-is:open"', '"-is:open"'),
        ("e-mail https://x.example/a 10:30", ("and", "e-mail", "https://x.example/a", "10:30")),
    ],
)
def test_a_search_is_read(asked: str, meant: object) -> None:
    assert _said(parse(asked)) == meant


@pytest.mark.parametrize(
    ("asked", "blamed"),
    [
        *(('a "b c', '"b c'), ("a (b", "("), ("a) b", ")"), ("is: a", "is:"), ("a OR", "OR")),
        *(("()", ")"), ("a -(b", "("), ('is:"open', '"open'), ("-OR a", "-")),
        ("x" * (LONGEST + 3), "xxx"),
    ],
)
def test_what_cannot_be_meant_is_shown_where_it_stands(asked: str, blamed: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        parse(asked)
    assert asked[refused.value.at : refused.value.end] == blamed
    assert refused.value.why.endswith(".")


@given(some.text(alphabet='abO R:"()-<#ñ', max_size=60))
def test_anything_typed_is_read_or_refused(asked: str) -> None:
    with suppress(NotUnderstood):
        parse(asked)


def test_many_parentheses_are_refused_before_they_hurt() -> None:
    with pytest.raises(NotUnderstood):
        parse("(" * 300)
