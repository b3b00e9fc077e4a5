"""Signs that a person speaks who uses a machine's words: questions, requests, complaints."""

import re
from functools import lru_cache

_OPENING = 600

# Whoever writes from a holiday about a parcel wants something of us; an answering machine
# never asks, and sends people to somebody else.
_ASKS = re.compile(
    r"\?"
    r"|\b(?:quiero|queria|quisiera|me gustaria|necesito|i want|i need|i would like|i'd like"
    r"|je (?:veux|voudrais|souhaite)|ich (?:will|mochte|brauche)|vorrei|voglio|quero|queria"
    r"|gostaria|vull|voldria|necessito|i(?:'d| would) rather|i(?:'d| would)? prefer|prefier[oe]"
    r"|preferi(?:ria|mos)|je prefere|prefere(?:rais|ixo)|preferisco|prefiro|ich bevorzuge)\b"
    r"|\b(?:call|contact|reach|write to|e-?mail|text|ring) me\b|\b(?:my new|mi nuev[oa]) "
    r"|\b(?:get|come|write) back to me\b|\b(?:answer|reply to|respond to) (?:me|my)\b"
    r"|\b(?:llam|contact|escrib|avis|respond|contest|dig)\w{0,6}(?:me|nme)\b|\bconmigo\b"
    r"|\bmi (?:marido|mujer|esposa|esposo)\b|\bmy (?:husband|wife)\b"
    r"|\b(?:liguem?|contactem?|avisem?)-me\b|\bme (?:joindre|contacter|appeler|rappeler)\b"
    r"|\b(?:rufen|erreichen|kontaktieren) sie mich\b|\b(?:chiamatemi|contattatemi|scrivetemi)\b"
    r"|\b(?:my|mi|mio|mia|mon|ma|meine?|meu|minha|el meu) (?:\w{2,12} )?(?:order|parcel|package"
    r"|refund|account|booking|subscription"
    r"|invoice|pedido|paquete|factura|reembolso|commande|colis|facture|bestellung|paket|rechnung"
    r"|ordine|pacco|fattura|encomenda|comanda|cuenta de cliente|suscripcion|reserva)\b"
    r"|\b(?:podem|podeis|pueden?|podrian?|could you|can you|konnen sie|potete|puo|pouvez"
    r"|podeu) (?:me )?"
    r"(?:env|mand|entreg|dej|llev|send|ship|bring|liefer|schick|sped|livr|exped)"
    r"|\b(?:the|your|an?|la|su|tu|vuestra|el|votre|le|ihr|das|il|o|a|una?) (?:offer|quote|quotation"
    r"|proposal|oferta|propuesta|presupuesto|proposta|devis|angebot|preventivo|orcamento"
    r"|pressupost)\b"
    # Who names another address of his own has one that is still to be written to.
    r"|\b(?:to|use) my (?:work|private|personal|home|other) |\bapunt(?:en|ad|a) "
    r"|\b(?:deliver|entreg|dejen|dejad\b|dejad[lmn]|dejar|livr(?:er|ez)|liefern|consegn|deixem|deixeu)"
)
# A machine's wishes are few: turn to somebody else, be patient, keep a number, do not answer.
# Whoever says please and wants anything else is a person.
_PLEASE = (
    "contact call phone ring text e-?mail mail write type send direct forward address visit see"
    " check consult click use quote note allow be bear accept feel refer reach get expect"
    " update try read leave find excuse forgive keep include resend submit complete"
    " (?:do.not|don't)(?=.(?:reply|respond|answer|send|resend|use|hesitate|attempt|worry))"
    " (?:reply|respond)(?=.(?:above|with|only|directly|to.(?:this|the|your|our)))"
    " follow let turn speak ask look dial remember understand rest treat consider go press open"
    " also make ensure only give continue log add provide report state mention have wait cc copy"
    " browse take select choose head enjoy stay attach await bug ping"
)
_POR_FAVOR = (
    "contact pong ponte dirij dirig escrib envi llam consult visit utilic use usa ten indi revis"
    " remit acud lea lee hag haz puls esper disculp acept facilit absten comuni respond contest"
    " mant sirva recuerd rell complet acced adjunt pida solicit inclu refi pregunt vuelv intent"
    " abra sig mand cumpl actuali reenvi anot tom"
)
_MERCI_DE = (
    "contacter adresser vous me joindre ne noter patienter consulter ecrire envoyer appeler votre"
    " renouveler prendre bien utiliser rappeler trouver transmettre faire lire indiquer"
    " privilegier reformuler reessayer croire nous excuser agreer recevoir cliquer remplir"
    " conserver mentionner preciser rediriger diriger laisser"
)
_BITTE = (
    "um erst schnell mir uns stornier\\w{1,3} liefern? erstatten? andern prufen bestatigen"
    " tauschen holen verschieben korrigieren"
)


def _either(words: str) -> str:
    return "|".join(words.split())


_WISHES = re.compile(
    rf"\bplease (?:\w{{2,12}}ly )?(?!(?:{_either(_PLEASE)})\b)[a-z]{{2}}"
    rf"|\bpor favor,? (?:que )?(?!no\b|{_either(_POR_FAVOR)})[a-z]{{2,12}}"
    r"(?:e|en|a|an|ad|ed|id|me|lo|la)\b"
    rf"|\b(?:merci de|veuillez) (?!(?:{_either(_MERCI_DE)})\b)[a-z]{{3,14}}(?:er|ir|re|ez)\b"
    rf"|\bbitte (?:{_either(_BITTE)})\b"
)
# Questions that answering machines put to their readers, and answer at once.
_RHETORICAL = re.compile(
    r"(?:^|(?<=[.!?\n] )|(?<=\n))[¿ ]{0,2}(?:(?:is it|is this|es|e|c'est|ist es) )?"
    r"(?:urgent\w{0,3}|an emergency|una urgencia|eilig|dringend|in a hurry|any questions"
    r"|(?:do you )?(?:need|want) (?:\w{2,12} )?(?:help|assistance|answers?|support|it|us)"
    r"(?: \w{2,12}){0,3}|can't wait|(?:necesita|tiene)s? (?:\w{2,12} )?(?:ayuda|atencion|prisa"
    r"|dudas?|una respuesta|urgencia)(?: \w{2,14}){0,3}|(?:une |un'|uma )?urgen\w{2,4}"
    r"|besoin d'aide|hai bisogno di aiuto|precisa de ajuda|brauchen sie (?:\w{2,12} )?hilfe) ?\?"
)
# Where it is urgent, an absent person may well be called.
_URGENT = re.compile(
    r"\b(?:(?:if|for|in case|should)\b[^\n.]{0,30}\b(?:urgent|urgency|emergency|sooner|immediate)"
    r"|(?:si|para|en caso de|per|pour|en cas d'|in caso di|se|em caso de|in)\b[^\n.]{0,30}"
    r"(?:urgen|dringend))[^\n.]{0,60}"
)
# A person says that a machine's answer is all that came.
_TELLS_OF_ONE = re.compile(
    r"(?:he recibido|recibi|recibo|me (?:ha |han )?(?:llega|envia|manda)\w{0,4}|me habeis"
    r"|i(?:'ve| have)?(?: just| only| keep)? (?:got|get|getting|received)|j'ai recu|je recois"
    r"|ich (?:habe|bekomme|erhalte)|ho ricevuto|ricevo|recebi|recebo|he rebut|rebo)"
    r"[^\n.]{0,60}(?:automat|auto-?repl|auto-?respuesta|out of office|abwesen)"
)


@lru_cache(maxsize=4)  # Several rules ask it of the same words.
def asks(words: str) -> bool:
    """Whether somebody wants something of us."""
    said = _RHETORICAL.sub(" ", words) if "?" in words else words
    return bool(_ASKS.search(said) or _WISHES.search(said))


def but_for_urgency(words: str) -> str:
    """Without "if it is urgent, call me"."""
    return _URGENT.sub(" ", words)


def tells_of_a_machine(words: str) -> bool:
    """Whether somebody complains about a machine's answer."""
    return bool(_TELLS_OF_ONE.search(words[:_OPENING]))
