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
    r"|rientr\w{1,4}|tornar[eé]|reopen\w{0,3}|reabr\w{1,6}|reobri\w{0,4}|riapr\w{1,5}|rouvr\w{1,5}"
    r"|terug)\b",
    re.IGNORECASE,
)
# And the other way about: "from 16 March I am back".
_FROM = re.compile(
    r"\b(?:from|as of|a partir d[eo]l?|ab(?: dem)?|des|d[eè]s|dal?|vanaf)\b", re.IGNORECASE
)
_UNTIL = re.compile(
    r"\b(?:until|till|through|thru|hasta|al|fins|jusqu['’]?(?:au?|à)|au|bis|at[eé]|fino al?|tot"
    r"|to)\b|\d ?[a-z]{0,12}\.? ?-",
    re.IGNORECASE,
)
_REACH = 70

_LONGEST_ABSENCE = timedelta(days=400)


def returns_on(text: str, subject: str, sent_at: datetime | None) -> datetime | None:
    """The day of return at midnight UTC, or None where none is named."""
    words = f"{subject[:300]}\n{text[:_MOST]}"
    sent = sent_at.astimezone(UTC) if sent_at else None
    if named := _before_the_word(words, sent):
        return named
    for cue in (_BACK, _UNTIL):
        for found in cue.finditer(words):
            named = find_date(words[found.end() : found.end() + _REACH], sent)
            if named and _plausible(named, sent):
                return named
    return None


def _before_the_word(words: str, sent: datetime | None) -> datetime | None:
    """The last "from 16 March" that stands right before a word for being back."""
    for found in _BACK.finditer(words):
        before = words[max(0, found.start() - _REACH) : found.start()]
        said = re.split(r"[\n!?]|(?<!\d)\.", before)[-1]
        starts = [each.end() for each in _FROM.finditer(said)]
        named = find_date(said[starts[-1] :], sent) if starts else None
        if named and _plausible(named, sent):
            return named
    return None


def _plausible(named: datetime, sent: datetime | None) -> bool:
    if sent is None:
        return True
    return sent - timedelta(days=1) < named < sent + _LONGEST_ABSENCE
