"""The times and numbers of the truce as an admin reads and writes them: 30 d, 12 h, 3, yes."""

import re

from cases.exclusions import policies
from cases.language import current
from cases.language import gettext as _

_TYPED = re.compile(r"(\d{1,6}(?:[.,]\d{1,3})?)\s*(?:(h|d)[a-zí]{0,6})?")
_YES, _NO = {"yes", "sí", "si", "1"}, {"no", "0"}


def shown(name: str, value: float) -> str:
    """The value of a time (in hours), a number or a switch, in words."""
    if name in policies.SWITCHES:
        return _("yes") if value else _("no")
    if name in policies.NUMBERS:
        return _number(value)
    if value and value % 24 == 0:
        return _("{days} d", days=int(value // 24))
    return _("{hours} h", hours=_number(value))


def _number(value: float) -> str:
    plain = f"{value:g}"
    return plain.replace(".", ",") if current() == "es" else plain


def typed(name: str, said: str) -> float:
    """What was written, times in hours; raises ValueError."""
    said = said.strip().lower()
    if name in policies.SWITCHES:
        return float(_yes_or_no(said))
    found = _TYPED.fullmatch(said)
    if found is None or (found[2] and name in policies.NUMBERS):
        raise ValueError(said)
    value = float(found[1].replace(",", "."))
    return value * 24 if found[2] == "d" else value


def _yes_or_no(said: str) -> bool:
    if said not in _YES | _NO:
        raise ValueError(said)
    return said in _YES
