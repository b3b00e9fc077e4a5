"""Finds the signature below what a person wrote, and what their telephone adds to it."""

import re
from functools import lru_cache
from itertools import pairwise

from inbox.intake.reading import phrases
from inbox.intake.reading.page import SIGNATURE_MARK, Page, Part, is_rule
from inbox.intake.reading.signer import NOBODY, Signer

_MOST_LINES = 15
_LONGEST_SIGNATURE_LINE = 90
_WORDS_OF_PROSE = 10
_LONGEST_FAREWELL = 160
_AROUND = " .!-–—*_;:"
_JOINTS = re.compile(r"[,./;!]| (?:and|y|e|et|und|i|en|og|och|&|\+) ")
_POSTAL = re.compile(r"(?:[,·•–-]|\d) {1,3}(?:[A-Z]{1,2}-)?\d{4,5} {1,3}[A-ZÀ-Ý]")
_PICTURE = re.compile(
    r"\[(?:cid|image|imagen|imatge|imagem|bild|logo|immagine)\b[^\]\n]{0,100}\]$", re.I
)
_PHONE = re.compile(r"(?:\+|\(|\d)[\d ()./-]{7,20}\d")
_A_LINK = re.compile(r"\bhttps?://\S{1,300}")
_LINK = re.compile(r"https?://|www\.|[\w.-]{1,60}@[\w-]|<mailto:")
# An em dash is how those who care for type end a text ("—Ana"): only a name, which may stay.
_DASH_NAME = re.compile(r"(?:-|~|–)\s?[^\W\d_][\w.' ]{0,30}$")
# Other languages put an ending on these, so they are found inside a word too.
_DEVICE = re.compile(
    r"i-?phone|ipad|ipod|android|blackberry|samsung|huawei|xiaomi|outlook|gmail|yahoo|windows"
    r"|(?<!\w)(?:galaxy|redmi|nokia|htc|motorola|pixel|oppo|oneplus|sony|xperia|lg|hotmail"
    r"|\w{0,9}mail"
    r"|correo|correu|courrier|posta|e-?mail|proton ?mail|mailbox|bluemail|aquamail|nine|spark"
    r"|airmail|mailspring|tuta|tutanota|fairemail|k-9|thunderbird|zoho|aol|gmx|web\.de"
    r"|superhuman|spike|shortwave|mimestream|missive|boxer|mailtrack|mixmax|newton|nylas|edison"
    r"|polymail|canary|postbox|em client|roundcube|webmail|zimbra|yandex|mail\.ru|móvil|movil"
    r"|mòbil|mobile?|handy|smartphone|telefono|teléfono|telèfon|telefone|telefoon|mobiltelefon"
    r"|téléphone|celular|tablet|tableta|phone|dispositivo|device|app|aplicación|ios|mac"
    r"|cellulare|handheld|treo|palm|verizon|at&t|t-mobile|vodafone|orange|movistar|telcel"
    r"|poco|realme|honor|on the go|unterwegs|surface|poczty|почты|mobil|телефона)(?!\w)",
)
_TITLE = re.compile(
    r"(?<!\w)(?:ceo|cto|cfo|coo|manager|director|directora|engineer|developer|consultant|president"
    r"|founder|sales|marketing|support|officer|assistant|ltd|inc|llc|gmbh|s\.?l\.?|s\.?a\.?|corp"
    r"|tel"
    r"|tfno|tlf|phone|fax|mobile|móvil|movil|gerente|jefe|jefa|responsable|departamento|dpto"
    r"|técnico"
    r"|administración|comercial|ventas|abogado|abogada|ingeniero|ingeniera|geschäftsführer|leiter"
    r"|directeur|responsabile|ufficio|dirigente|gerant|purchasing|procurement|accounts|accounting"
    r"|logistics|compras|contabilidad|logística|administracion|einkauf|buchhaltung|vertrieb|achats"
    r"|comptabilité|acquisti|contabilità|amministrazione|compres|comptabilitat)(?!\w)",
)


def mark_signatures(page: Page, signer: Signer = NOBODY) -> None:
    """Look at the end of each stretch that a person wrote."""
    for number, line in enumerate(page.shown):
        if page.parts[number] is Part.WORDS and line and is_sent_from(line):
            page.mark(Part.SIGNATURE, number, _past_links(page, number + 1))
    for start, end in _stretches(page):
        _mark_end(page, start, end)
        _mark_signed(page, start, end, signer)


def is_sent_from(line: str) -> bool:
    """ "Sent from my iPhone", but not "Sent from my desk, where it is easier"."""
    return _names_a_device(line[:300].lower())


@lru_cache(maxsize=4096)  # Hostile mails have the same line ten thousand times.
def _names_a_device(said: str) -> bool:
    plain = (_A_LINK.sub("", said) if "http" in said else said).strip("-–—_*[](){}<> ")
    plain = plain.replace("[", "").replace("]", "")
    if len(plain) > 120 or "?" in plain:
        return False
    words = len(plain.partition("<")[0].split())
    if words > 14 or not any(phrase in plain for phrase in phrases.SENT_FROM):
        return False
    begins = plain.startswith(phrases.SENT_FROM)
    return _DEVICE.search(plain.partition(",")[0]) is not None and (begins or words <= 8)


def _past_links(page: Page, number: int) -> int:
    """The link under "Get Outlook for Android" goes with it."""
    while number < len(page.shown) and page.shown[number].lstrip("<[(").startswith("http"):
        number += 1
    return number


def _stretches(page: Page) -> list[tuple[int, int]]:
    """The runs of lines between quotations."""
    edges = [-1, *(n for n, part in enumerate(page.parts) if part is Part.QUOTE), len(page.parts)]
    return [(before + 1, after) for before, after in pairwise(edges) if after > before + 1]


def _mark_end(page: Page, start: int, end: int) -> None:
    """Take off what stands at the end, one kind after the other."""
    for find in (_delimited, _closed, _dash_named, _contact_block):
        lines = _filled(page, start, end)
        found = find(page, lines, first=start == 0)
        if found is None:
            continue
        for number in range(found, end):
            if page.parts[number] is Part.WORDS:
                page.parts[number] = Part.SIGNATURE


def _mark_signed(page: Page, start: int, end: int, signer: Signer) -> None:
    """The sender's own name as the last line, or above his title and telephone."""
    lines = _filled(page, start, end)
    for at in range(max(1, len(lines) - _MOST_LINES), len(lines)):
        if not signer.signs(page.shown[lines[at]]) or _leads_to(page, lines, at):
            continue
        if _is_card(page, lines[at + 1 :]):
            for number in lines[at:]:
                page.parts[number] = Part.SIGNATURE
            return


def _leads_to(page: Page, lines: list[int], at: int) -> bool:
    """A name below "Ship to:" is said, and so is one that ends a list of names."""
    above = page.shown[lines[at - 1]]
    listed = lines[at] - lines[at - 1] == 1 and len(above.split()) > 1 and above.istitle()
    return above.endswith(":") or listed


def _is_card(page: Page, lines: list[int]) -> bool:
    """Nothing, or what stands on a visiting card."""
    rest = [page.shown[n] for n in lines]
    told = any(_reaches(line) or _TITLE.search(line.lower()) for line in rest)
    return not rest or (told and all(len(line) <= 70 and not _is_prose(line) for line in rest))


def _filled(page: Page, start: int, end: int) -> list[int]:
    """The numbers of the lines with words that are still the person's own."""
    return [n for n in range(start, end) if page.shown[n] and page.parts[n] is Part.WORDS]


def _delimited(page: Page, lines: list[int], *, first: bool) -> int | None:
    """Below "-- " (RFC 3676) and the other lines that people draw."""
    for at in range(max(0, len(lines) - _MOST_LINES - 1), len(lines)):
        line, raw = page.shown[lines[at]], page.lines[lines[at]]
        rest = [page.shown[n] for n in lines[at + 1 :]]
        if raw == "-- " or _is_drawn(line, rest) or _is_logo(line, rest):
            return lines[at]
        if (at or not first) and _signs(rest) and _rules_off(line, rest):
            return lines[at]
    return None


def _is_drawn(line: str, rest: list[str]) -> bool:
    if line not in (SIGNATURE_MARK, "--", "—"):
        return False
    if line != SIGNATURE_MARK and rest and _is_prose(rest[0]):
        return False
    return not any(_is_quite_long(text) for text in rest)


def _is_logo(line: str, rest: list[str]) -> bool:
    """A picture above a name and a title or a telephone; a photograph has words below it."""
    if not _PICTURE.match(line) or len(rest) < 2 or not _signs(rest):
        return False
    return any(_reaches(text) or _TITLE.search(text.lower()) for text in rest)


def _rules_off(line: str, rest: list[str]) -> bool:
    """A long rule may divide a text as well, so more than a few lines must show an address."""
    if not is_rule(line, at_least=2):
        return _is_rule_with_name(line)
    # Who divides his own text draws it with dashes.
    few = len(rest) <= 3 and (line[0] == "_" or not any(_says(text) for text in rest))
    return len(line) < 5 or few or any(_reaches(text) for text in rest)


def _says(line: str) -> bool:
    """A sentence, however short, as "Second: the table." is one."""
    return len(line.split()) > 2 and line.endswith((".", "!", "?"))


def _reaches(line: str) -> bool:
    return bool(_LINK.search(line) or _PHONE.search(line))


def _is_rule_with_name(line: str) -> bool:
    """ "-- Ana" and "--Ana" on one line."""
    name = line[2:].strip()
    return line[:2] == "--" and name[:1].isupper() and len(name.split()) <= 4


def _is_quite_long(line: str) -> bool:
    return len(line.split()) > 40


def _signs(rest: list[str]) -> bool:
    """Whether these lines may be a signature: few, short, and no sentences."""
    return len(rest) <= 10 and not any(_is_prose(line) for line in rest)


def _is_prose(line: str) -> bool:
    """Something said rather than an address, a name or a title."""
    if _reaches(line) or "|" in line or _POSTAL.search(line):
        return len(line) > 2 * _LONGEST_SIGNATURE_LINE
    if line.endswith("?") or line[:4].lower().startswith(("p.s", "p.d", "ps:", "pd:", "p.-")):
        return True
    return len(line.split()) >= _WORDS_OF_PROSE or len(line) > _LONGEST_SIGNATURE_LINE


def _closed(page: Page, lines: list[int], *, first: bool) -> int | None:
    """From "Regards," or "Un saludo," to the end."""
    for at in range(max(0, len(lines) - _MOST_LINES), len(lines)):
        if at == 0 and first:
            continue
        rest = [page.shown[n] for n in lines[at + 1 :]]
        if _closes(page.shown[lines[at]], rest) and _signs(rest):
            return lines[at]
        if rest and _ends_closing(page.shown[lines[at]]) and _is_name(rest[0]) and _signs(rest):
            return lines[at + 1]
    return None


def _closes(line: str, rest: list[str]) -> bool:
    """Whether the line says goodbye; thanks do so only with a name below or beside it."""
    plain = " ".join(line.lower().replace(",", " ").split()).strip(_AROUND)
    if plain in phrases.CLOSINGS or _all_close(line) or plain.startswith(phrases.FORMAL):
        return len(line) < _LONGEST_FAREWELL
    if plain in phrases.THANKS:
        return bool(rest) and _is_name(rest[0]) and not line.endswith("?")
    closing, comma, name = line.partition(",")
    if comma and closing.lower().strip(" *_-") in phrases.CLOSINGS | phrases.THANKS:
        return _is_name(name)
    return _closing_then_name(line)


def _all_close(line: str) -> bool:
    """ "Many thanks and regards", "Danke, viele Grüße": thanks and closings, joined as one may."""
    parts = [part.strip(_AROUND) for part in _JOINTS.split(line[:_LONGEST_FAREWELL].lower())]
    said = [part for part in parts if part]
    known = all(part in phrases.CLOSINGS or part in phrases.THANKS for part in said)
    return known and bool(parts[0]) and any(part in phrases.CLOSINGS for part in said)


def _ends_closing(line: str) -> bool:
    """ "Please answer. Regards": the line is the person's own, the name below it is not."""
    plain = line[:_LONGEST_FAREWELL].lower().strip(_AROUND).replace(",", ".")
    _said, point, closing = plain.rpartition(".")
    return bool(point) and closing.strip(_AROUND) in phrases.CLOSINGS


def _closing_then_name(line: str) -> bool:
    """ "Regards Ana" and "Saludos Ana García": a closing of one to three words, then names."""
    words = line.strip("*_- ").split()
    for length in range(min(3, len(words) - 1), 0, -1):
        if " ".join(words[:length]).lower().strip(".,") in phrases.CLOSINGS:
            return _is_name(" ".join(words[length:]))
    return False


def _is_name(line: str) -> bool:
    """A few words with capitals, as names and titles are."""
    words = line.strip(" .,*_-–—!").split()
    if not 0 < len(words) <= 5 or line.rstrip().endswith(("?", ":", ";")):
        return False
    return len(words) == 1 or sum(word[:1].isupper() for word in words) * 2 >= len(words)


def _dash_named(page: Page, lines: list[int], *, first: bool) -> int | None:
    """A last line such as "-Ana", unless it ends a list."""
    if not lines or (len(lines) == 1 and first):
        return None
    line = page.shown[lines[-1]]
    before = page.shown[lines[-2]] if len(lines) > 1 else ""
    if before[:1] in ("-", "*", "•", "–") or not _DASH_NAME.match(line):
        return None
    name = line.lstrip("-~– ")
    spaced = line[1:2] == " "
    alone = lines[-1] > 0 and not page.shown[lines[-1] - 1]
    return lines[-1] if _is_name(name) and name[0].isupper() and (alone or not spaced) else None


def _contact_block(page: Page, lines: list[int], *, first: bool) -> int | None:
    """A last paragraph of short lines: a name, then a title and ways to reach them."""
    start = len(lines)
    while start > 1 and lines[start - 1] - lines[start - 2] == 1 and len(lines) - start < 8:
        start -= 1
    block = [page.shown[n] for n in lines[start - 1 :]] if lines else []
    said = " ".join(page.shown[n] for n in lines[: start - 1])
    if not 2 <= len(block) <= 8 or len(said.split()) < 12 or said.endswith((":", ",")):
        return None
    reach = sum(_reaches(line) for line in block)
    title = any(_TITLE.search(line.lower()) for line in block)
    short = all(len(line) <= 70 and not _is_prose(line) for line in block)
    named = _is_name(block[0].split(",")[0]) and len(block[0].split()) > 1
    return lines[start - 1] if short and named and reach and (title or reach > 1) else None
