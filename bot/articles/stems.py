"""Words as they are compared: without accents and plurals, and only those that say something."""

import re
import unicodedata

_WORDS = re.compile(r"[^\W\d_]{4,30}")
_ALL_WORDS = re.compile(r"[^\W_]{1,30}")
LOOKED_AT = 2000


def _stem(word: str) -> str:
    """The beginning of a word, and no mark of a plural: enough to tell the same words."""
    return (word[:-1] if word.endswith("s") and len(word) > 4 else word)[:6]


_EMPTY = frozenset(
    map(
        _stem,
        """
    para como pero esto esta este estos estas desde hasta cuando donde quiero quiere puedo puede
    pueden tengo tiene hacer hace hola buenos buenas dias tardes gracia saludo sobre porque favor
    algo nada todo todos toda mismo misma otra otro solo cada entre muy unos unas sido ser usted
    vuestr nuestr ustede desear necesi ayuda ayudar pregun consul inform client servic
    have been with your this that what when where from they them then there would could should
    want need like does hello dear thank thanks please regard about some into just also more very
    will help questi custom servic inform many much
    """.split(),  # noqa: SIM905  a list of words reads better as text
    )
)


def stems(text: str) -> set[str]:
    """The longer words of a text that say what it is about."""
    return {_stem(word) for word in _WORDS.findall(bare(text[:LOOKED_AT]))} - _EMPTY


def bare(text: str) -> str:
    """Lower case without accents."""
    plain = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def flowing(text: str) -> str:
    """All words with one space around each, so that a phrase is found as it is said."""
    return f" {' '.join(_ALL_WORDS.findall(bare(text)))} "
