"""Whether a mail only says thank you, in any of our languages: it never reopens a case."""

import re

_WORDS = re.compile(r"[^\W\d_]+")
_THANKS = frozenset(
    """
    gracias thanks thank thankyou thx ty tks agradezco agradecido agradecida agradecidos merci
    remercie remercions obrigado obrigada agradeço danke dankeschön dank grazie gràcies
    """.split()  # noqa: SIM905  a list of words reads better as text
)
# Words that may stand beside thanks without adding a matter of their own.
_BESIDE = frozenset(
    """
    hola buenas buenos dias días tardes noches muchas mil muchisimas muchísimas de nuevo por todo
    la las el los tu tus su sus vuestra ayuda respuesta atencion atención gestion gestión rapidez
    amabilidad rapida rápida pronta un una saludo saludos cordial cordiales abrazo perfecto genial
    estupendo vale ok okay recibido todo ya bien resuelto solucionado solucion solución y a os te
    le les se lo me nos que ha sido equipo ahora del con en buen buena trabajo servicio encantada
    encantado atentamente estoy estamos correctamente perfectamente arreglado fin semana igualmente
    muy amable amables funciona llegado
    hi hello dear team very so much you for the your help
    again all reply response quick great perfect that this it is was works now fine sorted solved
    lot bunch i am we us really just got received arrived today quickly fast service good job in on
    with has been done happy yours sincerely take care bye
    best kind regards cheers many and have nice day lovely wonderful appreciate appreciated awesome
    olá oi bom dia boa tarde muito muita pela pelo ajuda resposta atenção rapidez já tudo certo
    resolvido perfeito ótimo cumprimentos abraço abraços atenciosamente equipa equipe o os da do
    bonjour bonsoir beaucoup pour votre vos ton aide réponse tout est réglé résolu parfait super
    bien cordialement bonne journée soirée à toute l équipe vous je et infiniment d avance c
    hallo guten tag vielen herzlichen für die ihre deine hilfe antwort schnelle alles klar super
    und mit freundlichen grüßen viele liebe grüße sehr prima jetzt funktioniert es erledigt
    """.split()  # noqa: SIM905  a list of words reads better as text
)
# Whatever is still not so is a matter, however politely it is said.
_STILL = frozenset(
    """
    no not pero but sin aún aun still não nao mas ainda pas mais encore nicht aber noch kein keine
    sigue siguen falta continua toujours
    """.split()  # noqa: SIM905  a list of words reads better as text
)
LONGEST = 30


def thanks_only(text: str) -> bool:
    """Whether the text thanks and says nothing else; a question is always something else."""
    if len(text) > 600 or "?" in text or "¿" in text:
        return False
    words = _WORDS.findall(text)
    known = [word.lower() for word in words]
    if not words or len(words) > LONGEST or not _THANKS.intersection(known):
        return False
    if _STILL.intersection(known):
        return False
    others = [word for word in words if word.lower() not in _THANKS | _BESIDE]
    # A few names do not make a matter; "thanks, cancel it" does.
    return len(others) <= 3 and all(word.istitle() for word in others)
