"""Finds what companies, lists and virus scanners add below a mail."""

import re

from inbox.intake.reading import phrases
from inbox.intake.reading.page import Page, Part, is_rule

_LONGEST_LEAD = 240
# A scanner's link, a picture's name and a symbol of the environment stand before the words.
_LEADING = re.compile(r"^(?:[\s*_\-–—(<>#\"'¡!]{1,20}|<?https?://\S{1,400}|\[[^\]\n]{1,40}\]|p )+")
# Only companies speak so, wherever in a paragraph; people cite laws at its head as well.
_SURE = re.compile(
    r"(?:este|esta) (?:mensaje|correo|e-?mail)\b[^\n.]{0,160}(?:contener|contienen?) información"
    r" (?:confidencial|privilegiada|reservada)"
    r"|(?:le|les|te|os) informamos (?:de )?que (?:sus|los|tus) datos|not the intended recipient"
    r"|(?:usted no es|no es usted) el destinatario|(?:ha recibido|recibe) este (?:mensaje|correo)"
    r" por error|received this (?:e-?mail|message) in error|reçu ce (?:message|courriel|mail) par"
    r" erreur|nicht der (?:richtige|beabsichtigte|vorgesehene) (?:adressat|empfänger)"
)
_LONGEST_PLEASE = len("por favor, ")
# What our own server, or another on the way, puts above a mail from outside.
_OUTSIDE = re.compile(
    r"\W{0,6}(?:(?:(?:caution|warning|attention|notice|be careful|precauci[oó]n|atenci[oó]n|cuidado"
    r"|advertencia|aviso|aten[cç][aã]o|achtung|warnung|vorsicht|hinweis|avertissement|attenzione"
    r"|avviso|atenci[oó])(?: \w{3,12})?\W{1,6})"
    r"(?=[^\n]{0,120}(?:extern|outside|esterno|ext[eé]rieur|fuera|fora|au[sß]{1,2}erhalb))"
    r"|\W?\s?extern(?:al|o|a)?(?: e-?mail| sender| mail| message)?\W{0,3}[\]:!*]"
    r"|(?:this|the) (?:e-?mail|message|mail)[^\n.]{0,40} (?:outside|external)"
    r"|(?:este|el) (?:correo|mensaje|e-?mail)[^\n.]{0,60} (?:fuera de|extern)"
    r"|diese (?:e-?mail|nachricht|mail)[^\n.]{0,60} (?:extern|au[sß]{1,2}erhalb)"
    r"|ce (?:mail|message|courriel|e-?mail)[^\n.]{0,60} (?:ext[eé]rieur|externe)"
    r"|quest[ao] (?:e-?mail|mail|messaggio)[^\n.]{0,60} (?:estern|fuori))"
)
_BEWARE = re.compile(
    r"\b(?:do not|don['’]t|never|avoid|no|evite|ne|nicht|keine|non|n[aã]o)\b[^\n.]{0,40}"
    r"(?:click|open|clic|abr|obr|klick|[oö]ffn|cliqu|ouvr|apr)"
    r"|(?:klicken|[oö]ffnen) sie (?:bitte )?(?:nicht|keine)"
)
_LONGEST_BANNER = 500


def mark_disclaimers(page: Page) -> None:
    """Mark them from the paragraph where they begin to the end of what a person wrote there."""
    first = _first_words(page)
    paragraphs = _paragraphs(page)
    if len(paragraphs) > 1 and _warns_of_outside(page, *paragraphs[0]):
        page.mark(Part.DISCLAIMER, *paragraphs[0])
    for start, end in paragraphs:
        if page.parts[start] is not Part.WORDS or not _disclaims(page, start, end):
            continue
        if start <= first:
            continue
        start = _with_rule(page, start)
        number = start
        while number < len(page.parts) and page.parts[number] is not Part.QUOTE:
            if page.parts[number] is Part.WORDS:
                page.parts[number] = Part.DISCLAIMER
            number += 1


def _paragraphs(page: Page) -> list[tuple[int, int]]:
    """Each run of lines without a blank one or a quoted one between them."""
    found: list[tuple[int, int]] = []
    start = -1
    for number in range(len(page.shown) + 1):
        inside = (
            number < len(page.shown)
            and bool(page.shown[number])
            and page.parts[number] is Part.WORDS
        )
        if inside and start < 0:
            start = number
        elif not inside and start >= 0:
            found.append((start, number))
            start = -1
    return found


def _warns_of_outside(page: Page, start: int, end: int) -> bool:
    said = " ".join(page.shown[start:end]).lower()
    if len(said) > _LONGEST_BANNER or said.endswith("?"):
        return False
    return bool(_OUTSIDE.match(said)) and bool(_BEWARE.search(said))


def _disclaims(page: Page, start: int, end: int) -> bool:
    """The phrase stands at the head of the paragraph, or the paragraph has two of them."""
    lead = " ".join(page.shown[start : min(end, start + 4)]).lower()
    head = _LEADING.sub("", lead)[:_LONGEST_LEAD]
    if _SURE.search(head):
        return True
    match = phrases.DISCLAIMERS.search(head)
    if match is None:
        return False
    if match.start() <= _LONGEST_PLEASE:
        return True
    rest = " ".join(page.shown[start : min(end, start + 30)]).lower()
    return len({found.group() for found in phrases.DISCLAIMERS.finditer(rest)}) >= 2


def _first_words(page: Page) -> int:
    """Where the mail begins: a mail that opens with such a phrase speaks of it."""
    filled = (n for n, line in enumerate(page.shown) if line and page.parts[n] is Part.WORDS)
    return next(filled, len(page.shown))


def _with_rule(page: Page, start: int) -> int:
    above = start - 1
    while above > 0 and not page.shown[above]:
        above -= 1
    return above if above > 0 and is_rule(page.shown[above], at_least=5) else start
