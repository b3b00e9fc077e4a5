"""Signs that a person speaks who uses a machine's words: questions, requests, complaints."""

import re

_OPENING = 600

# Whoever writes from a holiday about a parcel wants something of us; an answering machine
# never asks, and sends people to somebody else.
_ASKS = re.compile(
    r"\?"
    r"|\b(?:quiero|queria|quisiera|me gustaria|necesito|i want|i need|i would like|i'd like"
    r"|je (?:veux|voudrais|souhaite)|ich (?:will|mochte|brauche)|vorrei|voglio|quero|queria"
    r"|gostaria|vull|voldria|necessito)\b"
    r"|\b(?:call|contact|reach|write to|e-?mail|text|ring) me\b|\b(?:my new|mi nuev[oa]) "
    r"|\b(?:llam|contact|escrib|avis|respond|contest|dig)\w{0,6}(?:me|nme)\b|\bconmigo\b"
    r"|\b(?:liguem?|contactem?|avisem?)-me\b|\bme (?:joindre|contacter|appeler|rappeler)\b"
    r"|\b(?:rufen|erreichen|kontaktieren) sie mich\b|\b(?:chiamatemi|contattatemi|scrivetemi)\b"
    r"|\b(?:my|mi|mio|mia|mon|ma|meine?|meu|minha|el meu) (?:\w{2,12} )?(?:order|parcel|package"
    r"|refund"
    r"|invoice|pedido|paquete|factura|reembolso|commande|colis|facture|bestellung|paket|rechnung"
    r"|ordine|pacco|fattura|encomenda|comanda)\b"
    r"|\b(?:podem|podeis|pueden?|podrian?|could you|can you|konnen sie|potete|puo|pouvez"
    r"|podeu) (?:me )?"
    r"(?:env|mand|entreg|dej|llev|send|ship|bring|liefer|schick|sped|livr|exped)"
    r"|\b(?:deliver|entreg|dejen|dejad|dejar|livr(?:er|ez)|liefern|consegn|deixem|deixeu)"
)
# A person says that a machine's answer is all that came.
_TELLS_OF_ONE = re.compile(
    r"(?:he recibido|recibi|recibo|me (?:ha |han )?(?:llega|envia|manda)\w{0,4}|me habeis"
    r"|i(?:'ve| have)?(?: just| only| keep)? (?:got|get|getting|received)|j'ai recu|je recois"
    r"|ich (?:habe|bekomme|erhalte)|ho ricevuto|ricevo|recebi|recebo|he rebut|rebo)"
    r"[^\n.]{0,60}(?:automat|auto-?repl|auto-?respuesta|out of office|abwesen)"
)


def asks(words: str) -> bool:
    """Whether somebody wants something of us."""
    return bool(_ASKS.search(words))


def tells_of_a_machine(words: str) -> bool:
    """Whether somebody complains about a machine's answer."""
    return bool(_TELLS_OF_ONE.search(words[:_OPENING]))
