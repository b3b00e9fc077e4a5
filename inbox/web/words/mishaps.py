"""Why a mail could not be read, or what it lacks, in words; what is not known stays as it is."""

import re
from collections.abc import Callable

from cases.language import gettext as _


def said(reason: str) -> str:
    """The reason as a sentence of the current language."""
    if reason in (known := _known()):
        return known[reason]
    for shape, say in _SHAPES:
        if found := shape.fullmatch(reason[:600]):
            return say(**found.groupdict())
    return reason


def _known() -> dict[str, str]:
    return {
        "it took too long": _("reading it took too long"),
        "it needs too much memory": _("reading it needs too much memory"),
        "it needs too much computing time": _("reading it needs too much computing time"),
        "it cannot be read, nor have a case": _("it cannot be read, nor have a case"),
        "the mail is empty": _("the mail is empty"),
        "the mail is larger than the limit: only its beginning was fetched": _(
            "the mail is larger than the limit: only its beginning was fetched"
        ),
        "the header is too long: the rest of it was cut": _(
            "its header is too long: the rest of it was cut"
        ),
    }


_SHAPES: tuple[tuple[re.Pattern[str], Callable[..., str]], ...] = (
    (
        re.compile(r"it took longer than (?P<seconds>\d{1,6}) seconds to read"),
        lambda seconds: _("reading it took longer than {seconds} seconds", seconds=seconds),
    ),
    (
        re.compile(r"it killed the reader \(status (?P<status>-?\d{1,6})\)"),
        lambda status: _("the program that reads it broke down (status {status})", status=status),
    ),
    (
        re.compile(r"(?P<bug>\w{1,100}) while filing"),
        lambda bug: _("a mistake of the program while filing ({bug})", bug=bug),
    ),
    (
        re.compile(r"(?:more than|nested deeper than) \d+ parts: the rest was not opened"),
        lambda: _("it has too many parts: the rest was not opened"),
    ),
    (
        re.compile(r"more than (?P<most>\d+) addresses in (?P<name>[\w-]+): the rest was cut"),
        lambda most, name: _(
            "more than {most} addresses in {name}: the rest was cut", most=most, name=name
        ),
    ),
    (
        re.compile(r"the [\w ]+ is longer than (?P<most>\d+) characters: cut"),
        lambda most: _("its text is longer than {most} characters: the rest was cut", most=most),
    ),
    (
        re.compile(r"part (?P<part>[\d.]+): the winmail.dat cannot be read"),
        lambda part: _("the winmail.dat in its part {part} cannot be read", part=part),
    ),
)
