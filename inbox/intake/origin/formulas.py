"""What answering machines say in any language: two such formulas together make one."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

# A dot behind a digit ends no sentence.
_GAP = r"(?:[^\n.]|(?<=\d)\.|(?<=\bn)\.)"
_YOURS = (
    r"(?:your|su|tu|vuestr[oa]|sua|seu|tua|teu|votre|ihre?|la sua|la vostra|la seva|el seu|uw"
    r"|el vostre|la teva|el teu|la tua|il suo|la tu|os seus|as suas)"
)
_PIECES = {
    "{gap}": _GAP,
    "{reached}": r"(?:[\w.+-]{1,60}@[\w-]{1,60}\.|\+?\d[\d .()/-]{6,20})",
    "{yours}": _YOURS,
    "{yours or the}": f"(?:el|un|una|an?|{_YOURS[3:-1]})",
    "{request}": (
        r"(?:request|ticket|enquiry|inquiry|message|case|e-?mail|mail|query|feedback|solicitud"
        r"|consulta|incidencia|peticion|caso|mensaje|correo|reclamacion|solicitacao|chamado"
        r"|mensagem|contact?o|pedido|demande|requete|courriel|anfrage|nachricht|meldung|anliegen"
        r"|richiesta|segnalazione|missatge|correu|sol.?licitud|peticio|bericht|vraag|verzoek)"
    ),
    "{theirs}": (
        r"(?:member of (?:our|the) \w{2,12}|agents?|advis[eo]rs?|technician|specialist"
        r"|representative|colleagues?|team|consultant|asesora?|ejecutiv[oa]|agente|tecnic[oa]"
        r"|companer[oa]|especialista|representante|equipo|conseill\w{1,4}|collaborat\w{2,4}"
        r"|equipe|mitarbeiter\w{0,2}|kolleg\w{1,4}|operatore|collega|consulente"
        r"|colaborador\w{0,2}|equipa|equip|medewerker|abteilung)"
    ),
    "{taken in}": (
        r"(?:received|created|opened|logged|registered|assigned|recorded|submitted|being reviewed"
        r"|raised|recibid|registrad|cread|abiert|abert|asignad|revisad|tramitad|recebid|registad"
        r"|criad|recu\b|enregistre|cree\b|pris[e]? en compte|transmis|eingegangen|erhalten"
        r"|registriert|erstellt|erfasst|aufgenommen|gestionad|ricevut|registrat|pres[ao] in carico"
        r"|apert[ao]|rebu[dt]|ontvangen)"
    ),
}


def _compiled() -> dict[str, re.Pattern[str]]:
    text = (Path(__file__).parent / "formulas.toml").read_text(encoding="utf-8")
    for name, piece in _PIECES.items():
        text = text.replace(name, piece)
    # A word's edge is looked for once, not for each of a hundred phrases.
    return {
        kind: re.compile(rf"\b(?:{'|'.join(said)})") for kind, said in tomllib.loads(text).items()
    }


_ALL = _compiled()
_SAID = {kind: pattern for kind, pattern in _ALL.items() if kind != "courtesy"}
_THANKS = re.compile(
    r"(?:thank|gracias|agradec|merci|danke|vielen dank|grazi|ringrazi|obrigad|gracies|bedankt)"
    + _GAP
    + r"{0,30}\b(?:e-?mail|mail|messag|mensaje|correo|correu|contact|contat|anfrage|demande|scritt"
    r"|escrib|writing|in touch|nachricht|messaggio|mensagem|missatge|courriel|bericht|consulta"
    r"|comunic|emailing|choosing|vraag|averci"
    r"|your (?:\w{2,12} )?(?:enquiry|inquiry|feedback|interest|request|question))"
)
# How an organisation speaks of its answer; a customer who says it waits for nothing from us.
_WE_ANSWER = re.compile(
    r"\b(?:responderemos|contestaremos|atenderemos|pondremos en contacto|respondrem|contestarem"
    r"|posarem en contacte|risponderemo|ricontatteremo|repondrons|reviendrons"
    r"|entraremos em contact?o|te escribiremos|contactamos|contactaremos|wij reageren"
    r"|melden uns|wir bearbeiten|we(?:'ll| will) (?:get back|reply|respond|answer|be in touch)"
    r"|come back to you|hear (?:back )?from us|member of (?:our|the)"
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
_OF_ITSELF = frozenset({"away", "absent", "unread", "closed", "taken in", "number", "no answer"})
# And of these a person may say both, and then go on to what he wants.
_OF_AN_ABSENCE = frozenset({"away", "unread"})
_OPENING = 800
_GREETING = 90
_SENTENCE = re.compile(r"(?<!\d)[.!](?:\s|$)|\n|(?<=\d)\.\s")
_FEWEST_WORDS = 4


def formulas(words: str) -> frozenset[str]:
    """The kinds of formula that the opening of a mail has, each in words of its own."""
    opening = words[:_OPENING]
    found: dict[str, tuple[int, int]] = {}
    for kind, pattern in _SAID.items():
        spans = (match.span() for match in pattern.finditer(opening))
        span = next(
            (span for span in spans if kind not in _OF_ITSELF or _is_new(span, found)), None
        )
        if span is not None:
            found[kind] = span
    return frozenset("away" if kind == "absent" else kind for kind in found)


def titled_away(subject: str) -> bool:
    """Whether somebody says in a subject that he is away."""
    return bool(_SAID["away"].search(subject))


def _is_new(span: tuple[int, int], found: Mapping[str, tuple[int, int]]) -> bool:
    """One phrase is one formula, though it may be read as two."""
    start, end = span
    told = (found[kind] for kind in _OF_ITSELF & found.keys())
    return not any(start < last and first < end for first, last in told)


def acknowledges(words: str) -> bool:
    """It says that a mail came in, and that an answer will follow."""
    return {"taken in", "answer to come"} <= formulas(words)


def speaks_in_formulas(words: str) -> bool:
    """Whether a machine's formulas are there, and hardly anything else."""
    return _has_enough(words) and _says_little_else(words)


def _has_enough(words: str) -> bool:
    """Two of them, or one below the thanks for a mail; a person goes on to say more."""
    found = formulas(words)
    thanks = _THANKS.search(words[:_OPENING])
    if thanks is not None and _WE_ANSWER.search(words[:_OPENING]) and "answer to come" in found:
        return thanks.start() < _GREETING and not _GOES_ON.search(words)
    if "robot" in found:
        return not _GOES_ON.search(words)
    if not _OF_ITSELF & found:
        return False
    if found <= _OF_AN_ABSENCE and _GOES_ON.search(words):
        return False
    if len(found) > 1:
        return True
    if thanks is None or found == {"no answer"}:
        return False
    return found != {"away"} or thanks.start() < _GREETING


def _says_little_else(words: str) -> bool:
    """Whoever tells a story has most of his words outside of such sentences."""
    said = [each for each in _SENTENCE.split(words) if len(each.split()) >= _FEWEST_WORDS]
    told = [each for each in said if not _is_formula(each)]
    return 2 * sum(map(len, told)) <= sum(map(len, said))


def _is_formula(sentence: str) -> bool:
    return bool(_THANKS.search(sentence)) or any(each.search(sentence) for each in _ALL.values())
