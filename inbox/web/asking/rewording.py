"""A search in the words of the screen: saved in one language, read in the other. Pure."""

from cases.language import current
from classifiers import taxonomy
from inbox.web.asking import choices
from inbox.web.asking.operators import Operator, called
from inbox.web.asking.tokens import Token, tokens


def reworded(asked: str) -> str:
    """The same search with its names and values as the person reads them."""
    said = asked
    for token in reversed(list(tokens(asked))):
        said = said[: token.at] + _word(token, asked) + said[token.end :]
    return said


def _word(token: Token, asked: str) -> str:
    as_it_was = asked[token.at : token.end]
    if token.kind == "or":
        return "O" if current() == "es" else "OR"
    operator = called(token.name) if token.kind == "field" else None
    return f"{operator.said}:{_value(operator, token.text)}" if operator else as_it_was


def _value(operator: Operator, text: str) -> str:
    plain = text.strip('"')
    for choice in (operator.values or {}).values():
        if choice.is_meant_by(plain):
            return choice.said
    return _type(plain, text) if operator.en == "type" else text


def _type(code: str, text: str) -> str:
    """The name of the type, where it means that one alone."""
    leaf = next((one for one in taxonomy.leaves() if one.code == code), None)
    name = choices.type_word(leaf) if leaf is not None else text
    return f'"{name}"' if " " in name and leaf is not None else name
