"""When an out-of-office says that the person is back."""

import re
from datetime import UTC, datetime, timedelta

from inbox.intake.dates import find_date

_MOST = 5000

# Where a date of return is announced. What says "back" comes before what says "until".
_BACK = re.compile(
    r"\b(?:back|return(?:ing|s)?|resume|available again|reachable again|vuelvo|volver[eé]"
    r"|vuelta|regres\w{1,6}"
    r"|reincorpor\w{1,8}|retomar\w{0,3}|disponible (?:de nuevo )?a partir|de retour|reprise|retour"
    r"|zur[uü]ck|wieder|volt(?:o|arei)|retorn\w{1,5}|regress\w{1,5}|torn(?:o|er[oò])"
    r"|rientr\w{1,4}|tornar[eé])\b",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"\b(?:until|till|through|thru|hasta|al|fins|jusqu['’]?(?:au?|à)|au|bis|at[eé]|fino al?|tot)\b",
    re.IGNORECASE,
)
_REACH = 70

_LONGEST_ABSENCE = timedelta(days=400)


def returns_on(text: str, subject: str, sent_at: datetime | None) -> datetime | None:
    """The day of return at midnight UTC, or None where none is named."""
    words = f"{subject[:300]}\n{text[:_MOST]}"
    sent = sent_at.astimezone(UTC) if sent_at else None
    for cue in (_BACK, _UNTIL):
        for found in cue.finditer(words):
            named = find_date(words[found.end() : found.end() + _REACH], sent)
            if named and _plausible(named, sent):
                return named
    return None


def _plausible(named: datetime, sent: datetime | None) -> bool:
    if sent is None:
        return True
    return sent - timedelta(days=1) < named < sent + _LONGEST_ABSENCE
