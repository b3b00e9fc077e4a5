"""Which of the languages we serve a text is in. The only door to py3langid."""

import re
from array import array
from collections import Counter
from collections.abc import Callable, Collection
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from classifiers.transitions import Transitions

SERVED = ("es", "en", "pt", "fr", "it", "ca", "de")
FALLBACK = "es"

# Enough for a language to show; reading on would only cost time.
ENOUGH = 400
SHORT = 60

# In a line of a few words the small words tell more than the letters do.
SMALL_WORDS = {
    "es": """
        el la los las un una de del y que no me mi mis en es por para con se lo le les al ya
        pero muy mas más hola gracias quiero como está esta usted ustedes su sus he hay nada
        sin cuando porque todo yo te os ni si sí este eso buenos buenas días dias tardes
        desde nos son fue ha han cuenta pedido factura urgente favor baja ayuda problema
        cobro dinero señores saludos
    """,
    "en": """
        the a an of and that not my i you your is are was to for with it on at this have has
        be do does did don't can't please hello hi thanks thank want what how when why all
        from but they we me been no will would still order account invoice urgent help
        refund charged money dear regards
    """,
    "pt": """
        o os um uma do da dos das não nao você voce meu minha para com em é por mais
        obrigado obrigada olá ola muito quero está são foi pelo pela eu vocês seu sua ainda
        estou tenho fatura encomenda
    """,
    "fr": """
        le les un une des du et je vous ne pas mon ma mes est pour avec dans sur bonjour
        merci votre vos nous suis ai cette ce qui que très c'est j'ai facture commande
    """,
    "it": """
        il lo gli un una di del della e che non mio mia per con sono è grazie buongiorno
        vostro ho questo come ordine fattura ancora
    """,
    "ca": """
        el la els les un una i que no meu meva amb per és gràcies bon dia vull del tinc
        aquest comanda factura estic molt
    """,
    "de": """
        der die das ein eine und ich sie nicht mein meine ist für mit auf wir ihr danke
        hallo bitte habe rechnung bestellung
    """,
}
_TONGUES: dict[str, tuple[str, ...]] = {
    word: tuple(code for code in SERVED if word in SMALL_WORDS[code].split())
    for words in SMALL_WORDS.values()
    for word in words.split()
}
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_NOT_PROSE = re.compile(r"https?://\S{0,300}|[\w.+-]{1,64}@[\w.-]{0,255}|[@#]\w{1,64}")


def detect(text: str, served: Collection[str] = SERVED) -> str:
    """The code of the language; the first served one where nothing speaks for any."""
    prose = _NOT_PROSE.sub(" ", text[: 2 * ENOUGH])[:ENOUGH]
    words = _WORD.findall(prose.lower())
    if not words:
        return _first(served)
    counts = Counter(code for word in words for code in _TONGUES.get(word, ()) if code in served)
    leading = [*counts.most_common(2), ("", 0), ("", 0)]
    (best, most), (_, next_most) = leading[:2]
    # A clear lead of small words settles it; the letters decide the rest.
    if most >= 2 and most >= 1.5 * next_most:
        return best
    if len(prose) < SHORT and most > next_most:
        return best
    return _by_letters(" ".join(words), tuple(served))


def prepare(served: Collection[str] = SERVED) -> None:
    """Load now what the first doubtful text would load."""
    _identifier(tuple(served))


def _by_letters(text: str, served: tuple[str, ...]) -> str:
    ranked: list[tuple[str, float]] = _identifier(served).rank(text)
    best, surest = ranked[0]
    if len(text) >= SHORT:
        return best
    # A few letters prove little: the two languages most people write to us in go first.
    return next((code for code, p in ranked if code in ("es", "en") and p > 0.6 * surest), best)


def _first(served: Collection[str]) -> str:
    return FALLBACK if FALLBACK in served else next(iter(served))


@cache
def _identifier(served: tuple[str, ...]) -> LanguageIdentifier:
    load: Callable[..., LanguageIdentifier] = LanguageIdentifier.from_model_file
    identifier = load(MODEL_FILE, norm_probs=True)
    identifier.set_languages(served)
    # The other ninety languages would stay in memory, 28 MB, for a reset that never comes.
    identifier._full_model = (identifier.nb_ptc, identifier.nb_pc, identifier.nb_classes)
    # Nearly all steps of its table are the usual ones, and every number of a list is an object:
    # together 46 MB to say what 12 MB say too.
    identifier.tk_nextmove = Transitions(identifier.tk_nextmove)
    for name, code in (("_rowbase", "I"), ("tk_output", "i")):
        setattr(identifier, name, array(code, getattr(identifier, name)))
    return identifier
