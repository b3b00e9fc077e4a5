"""Whether a mail only says thank you, in Spanish or English: it never reopens a case."""

import re

_WORDS = re.compile(r"[^\W\d_]+")
_THANKS = frozenset(
    [
        "gracias",
        "thanks",
        "thank",
        "thx",
        "ty",
        "agradezco",
        "agradecido",
        "agradecida",
        "merci",
        "obrigado",
    ]
)
# Words that may stand beside thanks without adding a matter of their own.
_BESIDE = frozenset(
    """
    hola buenas buenos dias días tardes noches muchas mil muchisimas muchísimas de nuevo por todo
    la las el los tu tus su sus vuestra ayuda respuesta atencion atención gestion gestión rapidez
    amabilidad rapida rápida pronta un una saludo saludos cordial cordiales abrazo perfecto genial
    estupendo vale ok okay recibido todo ya bien resuelto solucionado solucion solución y a os te
    le les se lo me nos que ha sido equipo hi hello dear team very so much you for the your help
    again all reply response quick great perfect that this it is was works now fine sorted solved
    best kind regards cheers many and have nice day lovely wonderful appreciate appreciated awesome
    """.split()  # noqa: SIM905  a list of words reads better as text
)
LONGEST = 30


def thanks_only(text: str) -> bool:
    """Whether the text thanks and says nothing else; a question is always something else."""
    if len(text) > 600 or "?" in text or "¿" in text:
        return False
    words = [word.lower() for word in _WORDS.findall(text)]
    if not words or len(words) > LONGEST or not _THANKS.intersection(words):
        return False
    others = [word for word in words if word not in _THANKS and word not in _BESIDE]
    # A name or two in the signature do not make a matter.
    return len(others) <= 2 and "no" not in words and "not" not in words
