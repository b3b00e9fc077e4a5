"""What answering machines say in any language: two such formulas together make one."""

import re
from collections.abc import Iterable

# Letters only: capitals and accents are taken off before. A dot behind a digit ends no sentence.
_GAP = r"(?:[^\n.]|(?<=\d)\.|(?<=\bn)\.)"
_REACHED = r"(?:[\w.+-]{1,60}@[\w-]{1,60}\.|\+?\d[\d .()/-]{6,20})"
_REQUEST = (
    r"(?:request|ticket|enquiry|inquiry|message|case|e-?mail|mail|query|feedback|solicitud|consulta"
    r"|incidencia|peticion|caso|mensaje|correo|reclamacion|solicitacao|chamado|mensagem|contact?o"
    r"|pedido|demande|requete|courriel|anfrage|nachricht|meldung|anliegen|richiesta|segnalazione"
    r"|missatge|correu|sol.?licitud|peticio|bericht|vraag|verzoek)"
)
_YOURS = (
    r"(?:your|su|tu|vuestr[oa]|sua|seu|tua|teu|votre|ihre?|la sua|la vostra|la seva|el seu|uw"
    r"|la vostra|el vostre)"
)
_TAKEN_IN = (
    r"(?:received|created|opened|logged|registered|assigned|recorded|submitted|being reviewed"
    r"|raised"
    r"|recibid|registrad|cread|abiert|abert|asignad|revisad|tramitad|recebid|registad|criad|recu\b"
    r"|enregistre|cree\b|pris[e]? en compte|transmis|eingegangen|erhalten|registriert|erfasst"
    r"|aufgenommen|gestionad|ricevut|registrat|pres[ao] in carico|apert[ao]|rebu[dt]|ontvangen)"
)

_KINDS: dict[str, Iterable[str]] = {
    "away": (
        r"\bon (?:\w{1,12} ){0,2}(?:leave|vacation|holidays?|pto)\b|\bout of (?:the "
        r"|my )?office\b|\booo\b",
        r"\b(?:i|we)(?:'m| am| will be|'ll be| are)? (?:\w{1,12} )?(?:away|travell?ing|offline)\b",
        r"\b(?:i have|i've|has) left\b|\bno longer (?:with|at|work|employed)|\bin my absence\b",
        r"\bvacaciones\b|\bausencia\b|\bfuera de (?:la|mi) oficina\b|\bfuera del despacho\b"
        r"|\bausente\b"
        r"|\bpermiso (?:de|por) \w{1,14}dad\b|\bbaja (?:medica|maternal|paternal|laboral)\b"
        r"|\bexcedencia\b|\b(?:en|de) (?:una? )?(?:formacion|viaje|reunion(?:es)?)\b"
        r"|\bya no (?:trabaj|form|gestion|pertene|me ocup|est)|\bcambiado de (?:puesto|empresa"
        r"|departamento)\b|\bmi ausencia\b|\bno (?:me encuentro|estoy|estare) (?:en la|disponible)"
        r"|\bme reincorpor",
        r"\ben (?:conges?|vacances|deplacement|arret|formation)\b|\babsente?s?\b|\bmon absence\b"
        r"|\babsent\(e\)"
        r"|\bne travaille plus\b",
        r"\b\w{0,9}urlaubs?\b|\bnicht im (?:buro|hause)\b|\babwesen|\bwieder im (?:buro|hause)\b"
        r"|\b(?:elternzeit|mutterschutz|krankheitsbedingt|dienstreise)\b|\bwieder erreichbar\b"
        r"|\bnicht mehr (?:bei|fur|im unternehmen)",
        r"\bferie\b|\bassente\b|\bfuori (?:sede|ufficio)\b|\bin maternita\b|\bnon lavoro piu\b",
        r"\bferias\b|\bfora do escritorio\b|\blicenca\b|\bja nao (?:trabalho|trabalha)\b",
        r"\bde vacances\b|\bfora de l'oficina\b|\bfora del despatx\b|\bde baixa\b|\bja no treball",
        r"\bout (?:sick|of the country|of town)\b|\bpart[- ]time\b|\b(?:a|my) new role\b|\bkrank\b"
        r"|\bcongedo\b|\benferm[oa]\b|\bmalade\b|\bmalattia\b|\bmotivos de (?:agenda|salud)\b",
        r"\bsabbatical\b|\bconference\b|\b(?:upon|on) my return\b|\ba (?:mi|la"
        r"|nuestra) (?:vuelta|regreso)\b|\bmi regreso\b|\ba (?:mon|notre) retour\b"
        r"|\ba la tornada\b|\bal (?:mio )?(?:rientro|ritorno)\b"
        r"|\balla riapertura\b|\bruckkehr\b|\bno meu regresso\b|\bdias de descanso\b",
        r"\bvakantie\b|\bafwezig\b|\bmet verlof\b",
    ),
    "elsewhere": (
        r"\b(?:contact|contat|e-?mail|write|reach|call|phone|direct|send|address|escrib|escriu"
        r"|escrev|dirij|dirig|llam|pong|poner|acud|joindre|adress|ecri|appel|wenden|kontakt|erreich"
        r"|anruf|dringend|rivolg|scriv|chiam|lig(?:ar|ue)|truc|truqu|adrec|urgen|cover|vertret"
        r"|ayud|help|assist|sostit|substitu|sustitu|companer|colleague"
        r"|kolleg|collegue|colleg[ah])"
        r"[^\n]{0,140}?" + _REACHED,
        _REACHED + r"[^\n]{0,60}\b(?:cover|vertret|ayud|help|assist|sostit|sustit|substit)",
        r"\b(?:urgen|emergenc|dringend|eilig)[^\n]{0,80}\b(?:contact|contat|kontakt|wend|rivolg"
        r"|dirij|dirig|joindre|call|llam|chiam|escrib)",
    ),
    "answer to come": (
        r"\b(?:will|'ll) " + _GAP + r"{0,40}\b(?:respond|reply|answer|get back|be in touch|contact"
        r" you|deal with|process|review)",
        r"\bwithin (?:the next )?\w{1,12}(?: \(\d{1,3}\))?(?: (?:business|working))? (?:hour|day)",
        r"\bresponses? (?:may|might|can) (?:take|be)|\btypically (?:repl|respond|answer)"
        r"|\bas soon as (?:possible|we can)|\bbeing reviewed\b|\bwe're on it\b",
        r"\bto add (?:additional|more|further|details)\b|\baim to (?:answer|respond|reply)\b"
        r"|\breply above this line\b",
        r"\b(?:responder|contestar|atender|tramitar|gestionar|revisar|leer)(?:e|emos|a|an)\b"
        r"|\bpon(?:dre|dremos|dra|dran|drem) en contacto\b|\bbrevedad\b|\blo antes posible\b"
        r"|\bpara anadir mas comentarios\b|\b(?:proximas|plazo|menos|maximo) (?:maximo )?(?:de )?"
        r"\d{1,3} ?h|\bestamos revisando\b|\bsera (?:atendid|tratad|respondid|revisad)"
        r"|\bbrevidade\b|\bconsultar (?:su|el) estado\b",
        r"\brepond(?:rai|rons|ra)\b|\btraiter(?:ai|ons|a)\b|\brevi(?:endrai|endrons|endra)\b"
        r"|\bmeilleurs delais\b|\bplus brefs delais\b|\bsous \d{1,3} ?(?:h|jours)",
        r"\bmelden (?:uns|wir)\b|\bmeldet sich\b|\bmelde mich\b|\bantworten\b"
        r"|\b(?:be)?antworte\b|\bbearbeite"
        r"|\bschnellstmoglich|\bso (?:bald|schnell) wie moglich\b|\bfur sie da\b|\binnerhalb von\b",
        r"\brispondera?o?\b|\brisponderemo\b|\bricontatt|\bcontatteremo\b|\bal piu presto\b"
        r"|\bentro \d{1,3} ore\b|\bprima possibile\b|\b(?:sara|verra) evas",
        r"\bresponder(?:ei|emos)\b|\bem breve\b|\bentraremos em contact?o\b|\bcom sucesso\b",
        r"\brespond(?:re|rem)\b|\bcontestar(?:e|em)\b|\bposarem en contacte\b|\baviat (?:possible"
        r"|millor)\b|\bbinnen \d{1,3} (?:uur|werkdag)|\bbeantwoord",
    ),
    "unread": (
        r"\bno podre (?:contestar|responder|atender)[^\n.]{0,20}(?:correo|mail|mensaje)"
        r"|\b(?:cannot|can't|unable to) (?:answer|respond to|reply to) (?:your )?(?:e-?)?mails?\b"
        r"|\bihre (?:e-?)?mail nicht beantworten\b|\besta cuenta (?:de correo )?no se\b",
        r"\b(?:intermittent|sporadic|esporadic|ponctuel|occasional(?:ly)? (?:check|access))"
        r"|\byou(?:'ve| have) reached\b|\b(?:in|mail)box is (?:not |no longer )?(?:monitored"
        r"|checked)",
        r"\b(?:no|not|sin|limited|limitad[oa]|without|kein\w{0,2}|pas|senza|sem|sense|restricted)\b"
        + _GAP
        + r"{0,30}(?:acce[s]{1,2}|acesso|zugriff|zugang)"
        + _GAP
        + r"{0,30}(?:mail|correo|correu|courriel|messag|mensaj|nachricht)",
        r"\bnicht (?:weitergeleitet|gelesen)\b|\bmailbox is (?:not |no longer )?(?:monitored"
        r"|checked)",
        r"\beste (?:buzon|correo)\b"
        + _GAP
        + r"{0,40}\b(?:se revisa|no se (?:lee|atiende|revisa)|operativ|activo|en uso)",
        r"\b(?:address|mailbox|account)\b"
        + _GAP
        + r"{0,40} (?:no longer|not) (?:in use|active|monitored|valid)",
    ),
    "closed": (
        r"\b(?:offices?|store|shop|oficinas?|tienda|bureaux?|magasin|betrieb|buro|geschaft|uffici?o"
        r"|uffici|negozio|escritorio|loja|botiga|oficines|kantoor|empresa|company)\b"
        + _GAP
        + r"{0,60}\b(?:closed?|cerrad|ferme|geschlossen|chius|fechad|encerrad|tanca|gesloten)",
        r"\bcerrad[oa]s? (?:por|durante)\b|\btanca(?:t|da|ts|des) per\b|\bes festivo\b"
        r"|\bmo\.?-fr\b|\bgeschlossen\b|\breopen|\breabri",
        r"\b(?:nuestro|our|nos|unsere?|nostri?|nosso|el nostre) (?:\w{1,12} )?(?:horario|horaires"
        r"|offnungszeiten|geschaftszeiten|orari|horari|hours)\b",
        r"\bmonday (?:to|-|through|until) friday\b|\bde lunes a (?:viernes|jueves)\b|\bdu lundi au"
        r"|\bmontag bis freitag\b|\blunedi al venerdi\b|\bsegunda a sexta\b|\bde dilluns a div",
        r"\b(?:high|large) volume of\b|\b(?:alto|elevado|gran) volumen de\b",
    ),
    "taken in": (
        rf"\b{_YOURS} (?:\w{{2,12}} )?{_REQUEST}\b{_GAP}{{0,60}}\b{_TAKEN_IN}",
        rf"\b(?:an?|una?|um|the|la|el) (?:\w{{2,12}} )?(?:ticket|incidencia"
        rf"|chamado)\b{_GAP}{{0,30}}"
        rf"(?:has been|was|ha sido|foi) {_TAKEN_IN}",
        rf"\b(?:we(?:'ve| have)?(?: just)? (?:received|got|opened|logged|created)|hemos (?:recibido"
        rf"|abierto|registrado|creado)(?: correctamente)?|recibimos|recebemos(?: [ao])?|nous avons"
        rf" bien recu|wir haben|abbiamo (?:ricevuto|preso in carico)|hem (?:rebut|registrat)|wij"
        rf" hebben) (?:el|un|una|an?|{_YOURS[3:-1]}) (?:\w{{2,12}} )?{_REQUEST}\b",
        r"\bnous est bien parvenu|\b(?:acusamos|acuso) recibo de (?:su|tu)\b|\baccus(?:ons"
        r"|e) reception"
        r" de votre\b|\bbestatigen den eingang ihre|\bconfermiamo la ricezione\b"
        r"|\backnowledge receipt of your\b|\bconfirmamos la recepcion de (?:su|tu)\b",
        rf"\bse (?:le )?ha (?:creado|abierto|registrado|asignado|generado){_GAP}{{0,30}}{_REQUEST}",
    ),
}
_SAID = {kind: re.compile("|".join(patterns)) for kind, patterns in _KINDS.items()}
_THANKS = re.compile(
    r"(?:thank|gracias|agradec|merci|danke|vielen dank|grazi|ringrazi|obrigad|gracies|bedankt)"
    + _GAP
    + r"{0,30}\b(?:e-?mail|mail|messag|mensaje|correo|correu|contact|contat|anfrage|demande|scritt"
    r"|escrib|writing|in touch|nachricht|messaggio|mensagem|missatge|courriel|bericht|consulta"
    r"|comunic)"
)
# How an organisation speaks of its answer; a customer who says it waits for nothing from us.
_WE_ANSWER = re.compile(
    r"\b(?:responderemos|contestaremos|atenderemos|pondremos en contacto|respondrem|contestarem"
    r"|posarem en contacte|risponderemo|ricontatteremo|repondrons|reviendrons"
    r"|entraremos em contact?o"
    r"|melden uns|wir bearbeiten|we(?:'ll| will) (?:get back|reply|respond|answer|be in touch)"
    r"|our (?:\w{2,12} )?team|nuestro equipo|notre equipe|unser team|il nostro team|nosso time"
    r"|nostre equip|working day|dias habiles|horas (?:habiles|laborables)|jours ouvres|werktag"
    r"|giorni lavorativi|dias uteis)"
)
_GOES_ON = re.compile(
    r"\b(?:but|pero|aber|mais|sed|perque|porque|because|danach|so (?:i|we|please|you|answer)"
    r"|asi que|donc|happy to|gerne"
    r"|me interesa|confirm\w{0,3}|de acuerdo|sounds good|perfecto?)\b"
)
# What a machine says of its own affairs; who only refers to others may well be a person.
_OF_ITSELF = frozenset({"away", "unread", "closed", "taken in"})
# And of these a person may say both, and then go on to what he wants.
_OF_AN_ABSENCE = frozenset({"away", "unread"})
_OPENING = 800
_GREETING = 90


def formulas(words: str) -> tuple[str, ...]:
    """The kinds of formula that the opening of a mail has."""
    opening = words[:_OPENING]
    return tuple(kind for kind, pattern in _SAID.items() if pattern.search(opening))


def acknowledges(words: str) -> bool:
    """It says that a mail came in, and that an answer will follow."""
    return {"taken in", "answer to come"} <= set(formulas(words))


def speaks_in_formulas(words: str) -> bool:
    """Two of them, or one below the thanks for a mail; a person goes on to say more."""
    found = set(formulas(words))
    thanks = _THANKS.search(words[:_OPENING])
    if thanks is not None and _WE_ANSWER.search(words[:_OPENING]) and "answer to come" in found:
        return thanks.start() < _GREETING and not _GOES_ON.search(words)
    if not _OF_ITSELF & found:
        return False
    if found <= _OF_AN_ABSENCE and _GOES_ON.search(words):
        return False
    if len(found) > 1:
        return True
    return thanks is not None and (found != {"away"} or thanks.start() < _GREETING)
