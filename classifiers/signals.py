"""What a person said in so many words: rules over the phrases found. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from classifiers.labels import Evidence, Signal


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words before a phrase that turn it into its opposite, unless they are part of the phrase.
NEGATORS = _words("""
    no not never nunca jamas tampoco sin without don't dont won't wouldn't isn't didn't haven't
    didnt wont nadie nobody
""")
REACH = 3
# Phrases that are a refusal themselves, or that no "no" before them could take back.
UNDENIABLE = frozenset({"repeated_contact", "insult", "deadline", "hurry"})
BUT = _words("pero but however sino aunque although yet except salvo")

THANKS = _words("""
    gracias thanks thank thx ty cheers agradezco agradecemos agradecida agradecido appreciated
    appreciate obrigado obrigada merci grazie graciass grax
""")
# All that may stand beside the thanks of a mail that says nothing else.
COURTESY = _words("""
    muchas muchisimas mil muy mucho de por para la el lo los las le les os te a su sus vuestra
    tu todo toda y e ayuda atencion respuesta rapida rapidez rapido pronta informacion info
    gestion gestiones ok okey okay oki vale perfecto perfecta genial estupendo recibido recibida
    recibidos entendido enterado enterada excelente buen buena buenos buenas dia dias tarde
    tardes noche noches hola saludo saludos cordial cordiales un una abrazo atentamente feliz
    fin semana nada nuevo nuevamente otra vez antemano ya esta bien super amable amables
    amabilidad tan trabajo equipo hecho confirmar confirmacion avisar responder contestar tiempo
    quedo listo you so very much many the for your all that this it's great perfect lovely
    brilliant received got it noted help quick reply response prompt and to hi hello dear team
    kind regards best wishes again in advance have nice good day evening morning weekend
    everyone folks guys really just wanted say i we is well appreciated appreciate understood
    fine yes si letting me us know getting back confirming efficient time support service
    solving sorting from mr mrs ms sr sra don dona senor senora estimados estimado estimada
""")
SHORT = 25
STRANGERS = 2


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of the rule tables found in a text, and where (in words)."""

    rule: str
    words: str
    start: int
    end: int


def evidence(hits: Sequence[Hit], words: Sequence[str]) -> tuple[Evidence, ...]:
    """The phrases that hold, one for each rule and place, with thanks-only at the end."""
    held = tuple(Evidence(hit.rule, hit.words) for hit in _holding(hits, words))
    if not held and thanks_only(words):
        return (Evidence(Signal.THANKS_ONLY, " ".join(words)),)
    return held


def signals(found: Sequence[Evidence]) -> tuple[Signal, ...]:
    """The signals among the evidence; cues such as insults only colour the mood."""
    rules = {one.signal for one in found}
    return tuple(signal for signal in Signal if signal in rules)


def thanks_only(words: Sequence[str]) -> bool:
    """Whether somebody said thanks and nothing else: no question, no request, no irony."""
    if "?" in words or "¿" in words:
        return False
    said = [word for word in words if any(letter.isalpha() for letter in word)]
    if not 0 < len(said) <= SHORT or not THANKS.intersection(said) or BUT.intersection(said):
        return False
    strangers = sum(word not in THANKS and word not in COURTESY for word in said)
    return strangers <= min(STRANGERS, len(said) // 2) and not _ironic(said)


def _ironic(said: Sequence[str]) -> bool:
    pairs = set(pairwise(said))
    return ("por", "nada") in pairs or ("for", "nothing") in pairs


def _holding(hits: Sequence[Hit], words: Sequence[str]) -> Iterator[Hit]:
    guards = [hit for hit in hits if hit.rule.endswith("_not")]
    reached: dict[str, int] = {}
    for hit in hits:
        if hit.rule.endswith("_not") or hit.start < reached.get(hit.rule, 0):
            continue
        # What lies inside a phrase that was denied is denied with it.
        reached[hit.rule] = hit.end
        if not (_guarded(hit, guards) or _denied(hit, words) or _taken_back(hit, words)):
            yield hit


def _guarded(hit: Hit, guards: Sequence[Hit]) -> bool:
    """Whether a phrase of the counter-table lies over this one."""
    return any(
        guard.rule == f"{hit.rule}_not" and guard.start < hit.end and hit.start < guard.end
        for guard in guards
    )


def _denied(hit: Hit, words: Sequence[str]) -> bool:
    """Whether a "no" stands before the phrase, in the same clause."""
    if hit.rule in UNDENIABLE:
        return False
    before = words[max(0, hit.start - REACH) : hit.start]
    for word in reversed(before):
        if word in NEGATORS:
            return True
        if not word[:1].isalnum():
            return False
    return False


def _taken_back(hit: Hit, words: Sequence[str]) -> bool:
    """ "It is solved, but …": what comes after the but is what the mail is about."""
    return hit.rule == Signal.RESOLVED and bool(BUT.intersection(words[hit.end : hit.end + 10]))
