"""The line above a quotation: "On Monday, Ana wrote:", in all languages, over up to five lines."""

import re
from dataclasses import dataclass

from inbox.intake.reading import phrases

LONGEST = 5
_MOST_SIGNS = 500
_MOST_TRIES = 2_000
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}(?!\d)|\d{1,2} ?[ap]\.? ?m\b")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_DATE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|\d{1,2}[- .]{1,2}[^\W\d]{3,10}")
_LEADING_DATE = re.compile(
    r"\d{4}年|\d{1,2}:\d{2}|\d{1,2}\. ?\d{1,2}\."
    r"|\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}|\d{1,2}\.? (?:de )?[^\W\d]{3,10}"
)
_MACHINE_DATE = re.compile(r"\d{4}-\d\d-\d\d,? \d{1,2}:\d\d(?::\d\d)? (?:GMT|UTC|[+-]\d{4})")
# Mutt and its kin: "* Ana <ana@example.org> [2026-11-24 10:12]:".
_MACHINE_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_ADDRESS = re.compile(r"[\w.+'=-]{1,80}@[\w-]|mailto:")
# "On 5 May your agent wrote:" is the person's own tale, not a mail program's line.
_TALE = re.compile(
    r"(?<!\w)(?:i|you|we|he|she|they|your|me|nos|te|(?<!a )les?|yo|vosotros|ustedes|vuestr[ao]"
    r"|su|tu|sus"
    r"|ich|wir|ihre?|mir|uns|je|nous|vous|votre|mi|ci|vi|vostr[ao]|eu|nosso|meu|who)(?!\w)",
)
_ENDS = (":", "：")
# Nobody says much in as few words: "Ana Ruiz, 24/11/2026 10:12:".
_NAME_AND_DATE = 6
# Telephones put the old mail behind its attribution: two blanks part them.
_GOES_ON = re.compile(r":[ \u00a0]{2,10}(?=[^ \u00a0])")
_SHARED_LINE = re.compile(r"[ -](?:On|El|Le|Am|Il|Em|Op) (?=[^ ])")


@dataclass(frozen=True, slots=True)
class Attribution:
    """Where the line stands, and whether it is sure enough to cut unquoted text below it."""

    start: int
    end: int
    sure: bool
    kept: str = ""


def attributions(lines: list[str], quoted: list[bool]) -> dict[int, Attribution]:
    """All of them by the line they start on."""
    found: dict[int, Attribution] = {}
    tries = 0
    for number, whole in enumerate(lines):
        line = _without_the_old(whole)
        if tries < _MOST_TRIES and line and not quoted[number] and _may_end(line):
            tries += 1
            if line is not whole and (here := _running_on(line, number)):
                found.setdefault(here.start, here)
                continue
            above_a_quote = _quote_follows(lines, quoted, number)
            here = _ending_on(lines, quoted, number, above_a_quote=above_a_quote)
            if here is not None:
                found.setdefault(here.start, here)
    return found


def _without_the_old(line: str) -> str:
    """ "On Monday, Ana wrote:   Hello" up to the colon."""
    found = _GOES_ON.search(line)
    return line[: found.start() + 1] if found else line


def _running_on(line: str, number: int) -> Attribution | None:
    """Only where the line names a writer's address, a time, and says that he wrote."""
    plain = line.lower().strip(" -")
    surely = "@" in plain and _TIME.search(plain) and _says_wrote(plain) and _opens(plain)
    return Attribution(number, number + 1, sure=True) if surely else None


def is_between_rules(line: str) -> bool:
    """ "---- Ana wrote ----" of Android, and GroupWise's ">>> Ana 04/03/25 9:12 >>>"."""
    if line[:3] == ">>>" == line[-3:]:
        return bool(_TIME.search(line) or "@" in line)
    return line[:2] == "--" == line[-2:] and _wrote_last(line.lower())


def _may_end(line: str) -> bool:
    """Cheap tests first: most lines of most mails go no further."""
    if line.endswith(_ENDS):
        return True
    if line.endswith(">") and _LEADING_DATE.match(line):
        return True
    tail = line[-24:].rstrip(" -:.").lower()
    return bool(_MACHINE_DATE.match(line) or phrases.WROTE.search(tail))


def _quote_follows(lines: list[str], quoted: list[bool], number: int) -> bool:
    below = number + 1
    while below < min(len(lines), number + 4) and not lines[below]:
        below += 1
    return below < len(lines) and quoted[below]


def _ending_on(
    lines: list[str], quoted: list[bool], end: int, *, above_a_quote: bool
) -> Attribution | None:
    """The shortest that opens as one should; failing that, the shortest that has a writer."""
    fallback = _shared(lines[end], end)
    text = ""
    if fallback is not None:
        return fallback
    for start in range(end, max(-1, end - LONGEST), -1):
        if not lines[start] or quoted[start]:
            break
        text = f"{lines[start]} {text}".strip()
        if len(text) > _MOST_SIGNS:
            break
        plain = text.lower().strip("-–—*_ \t\"'[(")
        sure = _judged(plain, text, above_a_quote=above_a_quote) if _opens(plain) else None
        if sure is not None:
            return Attribution(start, end + 1, sure)
        if fallback is None and _names_a_writer(plain, above_a_quote=above_a_quote):
            fallback = Attribution(start, end + 1, sure="@" in plain)
    return fallback


def _opens(plain: str) -> bool:
    """Whether a mail program would begin like this: with a word for it, a day or a date."""
    first = plain.split(" ", 1)[0].strip(".,")
    if first in phrases.OPENING_WORDS or first in phrases.DAYS:
        return True
    return bool(_LEADING_DATE.match(plain))


def _judged(plain: str, text: str, *, above_a_quote: bool) -> bool | None:
    """None if this is no attribution; else whether it is a sure one."""
    if _MACHINE_DATE.match(plain.upper()):
        return True
    address, time = bool(_ADDRESS.search(plain)), bool(_TIME.search(plain))
    dated = bool(_DATE.search(plain) or _YEAR.search(plain))
    if not (address or time or dated):
        return None
    ends = text.rstrip(" -_").endswith(_ENDS)
    if not _says_wrote(plain):
        told = ends or (above_a_quote and text.endswith(">"))
        return True if told and address and (time or dated) else None
    if not address and not above_a_quote and _TALE.search(plain.partition(" ")[2]):
        return None
    if not ends and not (_wrote_last(plain) and (time or address)):
        return None
    return address or time or bool(_YEAR.search(plain))


def _says_wrote(plain: str) -> bool:
    return bool(phrases.WROTE.search(plain)) or any(w in plain for w in phrases.UNSPACED_WROTE)


def _wrote_last(plain: str) -> bool:
    tail = plain.rstrip(" -_:.*")
    return any(match.end() == len(tail) for match in phrases.WROTE.finditer(tail))


def _names_a_writer(plain: str, *, above_a_quote: bool) -> bool:
    """ "Ana <ana@example.org> wrote:", or only "Ana wrote:" if a quotation follows."""
    address, words = bool(_ADDRESS.search(plain)), len(plain.split())
    if not plain.endswith(_ENDS) or words > (20 if address and _TIME.search(plain) else 12):
        return False
    if above_a_quote and address and (_TIME.search(plain) or _MACHINE_DAY.search(plain)):
        return True
    if above_a_quote and words <= _NAME_AND_DATE and _TIME.search(plain) and _DATE.search(plain):
        return True
    if plain.startswith(phrases.QUOTING) and (above_a_quote or "@" in plain):
        return True
    if not _says_wrote(plain):
        return False
    return address or above_a_quote


def _shared(line: str, number: int) -> Attribution | None:
    """Some programs put the attribution behind the reply, on the same line."""
    match = _SHARED_LINE.search(line) if line.endswith(_ENDS) else None
    if match is None:
        return None
    plain = line[match.start() + 1 :].lower()
    if not (_says_wrote(plain) and _TIME.search(plain) and _YEAR.search(plain)):
        return None
    if _TALE.search(plain) and "@" not in plain:
        return None
    return Attribution(number, number + 1, sure=True, kept=line[: match.start()].rstrip(" -"))
