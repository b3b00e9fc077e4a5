"""Reads one Authentication-Results field (RFC 8601) in one pass, whatever it contains."""

from dataclasses import dataclass, field

_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Result:
    """What one method found, with the properties that it looked at, all in lower case."""

    method: str
    result: str
    properties: dict[str, str] = field(default_factory=dict)


def read_results(value: str) -> tuple[str, tuple[Result, ...]]:
    """The server that speaks, and its results; ("", ()) where the field is malformed."""
    statements = _statements(_tokens(value[:_MOST]))
    head = statements[0]
    # After the server's name there is nothing but, perhaps, a version.
    if not head or len(head) > 2 or (len(head) == 2 and not head[1].isdigit()):
        return "", ()
    results = (_result(statement) for statement in statements[1:])
    return head[0], tuple(each for each in results if each is not None)


def _tokens(value: str) -> list[str]:
    """Words, "=" and ";", without comments; a quoted string is (part of) a word."""
    tokens: list[str] = []
    word: list[str] = []
    depth, quoted, escaped = 0, False, False
    for sign in value:
        if escaped or (quoted and sign not in '"\\'):
            escaped = False
            if not depth:
                word.append("_" if sign in ";=" else sign)
        elif sign == "\\":
            escaped = True
        elif sign == '"' and not depth:
            quoted = not quoted
        elif sign == "(" or depth:
            depth = max(0, depth + {"(": 1, ")": -1}.get(sign, 0))
        elif sign.isspace() or sign in "=;":
            _close(tokens, word)
            tokens.extend([] if sign.isspace() else [sign])
        else:
            word.append(sign)
    _close(tokens, word)
    return tokens


def _close(tokens: list[str], word: list[str]) -> None:
    if word:
        tokens.append("".join(word).lower())
        word.clear()


def _statements(tokens: list[str]) -> list[list[str]]:
    statements: list[list[str]] = [[]]
    for word in tokens:
        if word == ";":
            statements.append([])
        else:
            statements[-1].append(word)
    return statements


def _result(statement: list[str]) -> Result | None:
    """`method = result`, then `property = value` as often as it likes."""
    pairs = [
        (statement[n - 1], statement[n + 1])
        for n in range(1, len(statement) - 1)
        if statement[n] == "="
    ]
    if not pairs or statement[1:2] != ["="]:
        return None
    method = pairs[0][0].partition("/")[0]
    properties: dict[str, str] = {}
    for name, said in pairs[1:]:
        # The first of a name counts, so that nothing smuggled in behind it does.
        properties.setdefault(name, said)
    return Result(method, pairs[0][1], properties)
