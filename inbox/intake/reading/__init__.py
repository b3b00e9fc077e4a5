"""What a person newly wrote in a mail: quotations, signatures and disclaimers folded away."""

from dataclasses import dataclass

from inbox.intake.reading.armor import mark_armor
from inbox.intake.reading.attribution import LONGEST
from inbox.intake.reading.context import keep_context
from inbox.intake.reading.disclaimers import mark_disclaimers
from inbox.intake.reading.folding import folds_against
from inbox.intake.reading.forwards import forwarded_sender, is_forward, keep_forwarded
from inbox.intake.reading.markup import without_quotes
from inbox.intake.reading.page import Fold, Page, Part, has_words, pages_of
from inbox.intake.reading.quotes import mark_quotes
from inbox.intake.reading.signatures import mark_signatures
from inbox.intake.reading.signer import NOBODY, Signer, signer_of

__all__ = ["Fold", "NewlyWritten", "forwarded_sender", "is_forward", "newly_written", "signer_of"]


@dataclass(frozen=True, slots=True)
class NewlyWritten:
    """The person's own words, with and without the signature, and the lines to fold.

    Short quotations that the person answers point by point stay among them: without the
    question the answer says nothing. So does a mail that is handed on.
    """

    new_text: str
    with_signature: str
    folded: tuple[Fold, ...] = ()
    forwards: bool = False


def newly_written(
    text: str, *, html: str = "", subject: str = "", signer: Signer = NOBODY
) -> NewlyWritten:
    """Never empty if the mail is not, but for one that only quotes: there nobody wrote a word.

    Give `html` if the text was made of it; its structure then tells what is quoted.
    """
    forwards = is_forward(subject, text)
    if html and not forwards:
        read = _read(without_quotes(html), subject, signer)
        if has_words(read.new_text):
            folds = folds_against(text, read.new_text, read.with_signature)
            return NewlyWritten(read.new_text, read.with_signature, folds, read.forwards)
    read = _read(text, subject, signer, forwards=forwards)
    # Pages indent for many reasons, so only marks that stand in the text itself are believed.
    return read if read.new_text or not html else NewlyWritten(text.strip(), text.strip())


def _read(text: str, subject: str, signer: Signer, *, forwards: bool = False) -> NewlyWritten:
    page, rest = pages_of(text)
    mark_quotes(page)
    if "-----BEGIN PGP" in text:
        mark_armor(page)
    mark_disclaimers(page)
    mark_signatures(page, signer)
    said = has_words(page.joined(Part.WORDS))
    keep_context(page)
    kept = keep_forwarded(page, subject)
    forwards = forwards or kept
    tail = "" if page.parts[-1] is Part.QUOTE else rest
    new_text = page.joined(Part.WORDS, Part.CONTEXT) + tail
    signed = page.joined(Part.WORDS, Part.CONTEXT, Part.SIGNATURE, Part.DISCLAIMER) + tail
    if said or kept or has_words(tail):
        return NewlyWritten(new_text, signed, page.folds(), forwards)
    if forwards:
        return NewlyWritten(text.strip(), text.strip(), forwards=True)
    if has_words(signed):
        return NewlyWritten(signed, signed, _quotes_only(page))
    if _is_marked(page):
        return NewlyWritten("", "")
    return NewlyWritten(text.strip(), text.strip())


def _quotes_only(page: Page) -> tuple[Fold, ...]:
    """The signature is all there is, so it stays open."""
    return tuple(fold for fold in page.folds() if fold.kind == Part.QUOTE)


def _is_marked(page: Page) -> bool:
    """Every line is marked as quoted, but for the heading: what only looks quoted is not enough."""
    filled = [line for line in page.shown if line]
    marked = [line for line in filled if line.startswith(">")]
    return bool(marked) and len(filled) - len(marked) <= LONGEST and filled[-1] in marked
