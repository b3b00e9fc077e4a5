"""Rules written as the TOML that `tregua simulate` reads: what is read again is the same. Pure."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from bot.rules import Rule

_LEFT_OUT: tuple[object, ...] = ("", False, 0, (), [], {})


def written(rules: Iterable[Rule]) -> str:
    """The rules as `[[rule]]` tables, in their order."""
    return "\n".join(table({"name": one.name, "mode": one.mode, **one.as_row()}) for one in rules)


def table(values: Mapping[str, Any]) -> str:
    """One of them, whether or not this version of the program understands all it says."""
    kept = [(key, value) for key, value in values.items() if value not in _LEFT_OUT]
    return "\n".join(["[[rule]]", *(f"{key} = {_value(value)}" for key, value in kept), ""])


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        pairs = (f"{key} = {_value(one)}" for key, one in value.items())
        return f"{{ {', '.join(pairs)} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    # A basic string of TOML is written as one of JSON is, and so are numbers, true and false.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
