"""Header lines and the body of a mail as bytes, without parsing again what we know."""

from email.charset import QP, Charset
from email.headerregistry import Address as Named
from email.policy import SMTP
from functools import lru_cache

LONGEST = 76
NEWLINE, END, FOLD = "\n", "\r\n", "\r\n "
_UTF8 = Charset("utf-8")
_UTF8.body_encoding = QP

Value = str | Named | list[Named]


def header(name: str, value: Value) -> str:
    """One header field with its line end, folded where it is long."""
    named = [value] if isinstance(value, Named) else value if isinstance(value, list) else []
    said = ", ".join(map(str, named)) if named else str(value)
    if said.isascii() and len(name) + len(said) < LONGEST:
        return f"{name}: {said}{END}"
    if name == "List-Unsubscribe":
        # An address that is broken in two is none for many programs.
        return f"{name}: {said}{END}"
    if name == "References":
        return f"{name}: {said.replace(' ', FOLD)}{END}"
    if not named:
        return _folded(name, said)
    return _folded_people(name, tuple((one.display_name, one.addr_spec) for one in named))


def _folded(name: str, value: str | list[Named]) -> str:
    """As the library encodes and folds it."""
    folded: str = SMTP.header_factory(name, value).fold(policy=SMTP)
    return folded


@lru_cache(maxsize=1024)
def _folded_people(name: str, people: tuple[tuple[str, str], ...]) -> str:
    """The same few senders come again and again."""
    return _folded(name, [Named(display_name, addr_spec=spec) for display_name, spec in people])


def body(text: str) -> str:
    """The fields that describe the body, the empty line, and the body."""
    lines = text if text.endswith("\n") else f"{text}\n"
    if lines.isascii() and all(len(line) <= LONGEST for line in lines.split("\n")):
        charset, encoding = "us-ascii", "7bit"
    else:
        charset, encoding = "utf-8", "quoted-printable"
        lines = _UTF8.body_encode(lines)
    about = (
        f'Content-Type: text/plain; charset="{charset}"\r\n'
        f"Content-Transfer-Encoding: {encoding}\r\nMIME-Version: 1.0\r\n"
    )
    return f"{about}\r\n{lines.replace(NEWLINE, END)}"
