"""Words as rules read them: without capitals, accents, and what is cited from somebody else."""

import re
import unicodedata
from functools import lru_cache

from cases.mail import Mail

_MOST_TEXT = 3000
_CITED = re.compile('[«“„"][^«»“”„"\n]{1,300}[»“”"]')


def words_of(mail: Mail) -> str:
    """Its first words, without what stands in quotation marks: people cite machines so."""
    said = (mail.own_words or mail.text)[:_MOST_TEXT]
    return plain(_CITED.sub(" ", said)).strip()


@lru_cache(maxsize=4)  # Several rules look at the same few texts.
def plain(text: str) -> str:
    """Without capitals and accents, each run of blanks one blank, the apostrophe a plain one."""
    letters = text.lower().replace("’", "'")
    if not letters.isascii():
        parts = unicodedata.normalize("NFD", letters)
        bare = "".join(sign for sign in parts if not unicodedata.combining(sign))
        letters = unicodedata.normalize("NFC", bare)
    return "\n".join(" ".join(line.split()) for line in letters.splitlines())
