"""Numbers of rows as they come in addresses and forms: small enough for a database, or none."""

from werkzeug.routing import IntegerConverter, ValidationError

LARGEST = 2**31 - 1
"""What both databases take as the number of a row."""


class Id(IntegerConverter):
    """A number of a row in an address; a larger one names nothing."""

    def to_python(self, value: str) -> int:
        """The number that stands there."""
        found = whole(value)
        if found is None:
            raise ValidationError
        return found


def whole(typed: str) -> int | None:
    """The number that was typed, or None."""
    text = typed.strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 10):
        return None
    return found if (found := int(text)) <= LARGEST else None


def a_number(typed: str) -> int:
    """The number that was typed, for `request.args.get(…, type=a_number)`; raises ValueError."""
    found = whole(typed)
    if found is None:
        raise ValueError(typed)
    return found
