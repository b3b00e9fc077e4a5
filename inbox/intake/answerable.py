"""Whether a machine may answer a mail at all (RFC 3834), each "no" with its reason."""

import re
from collections.abc import Callable

from cases.mail import Mail, Origin, Trust, without_tag
from inbox.intake.known import Known
from inbox.intake.lists import foreign_list, our_own_list

_MOST_RECEIVED = 25

_NOBODY = re.compile(
    r"^(?:[\w.+-]{0,60}[._+-])?(?:no[._-]?-?(?:reply|replies|responder|responda|respuesta"
    r"|contest(?:ar|e|eu|es)|respon(?:gueu|eu|dre)|answer|response)|n[aã]o[._-]?respond(?:a|er)"
    r"|do[._-]?not[._-]?(?:reply|respond)|dont[._-]?reply|never[._-]?reply"
    r"|ne[._-]?pas[._-]?repondre|nicht[._-]?antworten|keine?[._-]?antwort"
    r"|non[._-]?rispondere|noreplay|niet[._-]?beantwoorden|ikke[._-]?svar|auto[._-]?(?:reply"
    r"|responder|respond|confirm|mailer|matic|notify))"
    r"(?:[._+-][\w.+-]{0,60}|\d{0,6})?$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"^(?:mailer-?daemon|postmaster|hostmaster|abuse|nobody|daemon|root|www-data|cron|listserv"
    r"|majordomo|mailman|sympa|devnull|null|spam"
    r"|bounces?|bounced|undisclosed-recipients|notifications?"
    r"|notifica[cç](?:iones|ions|[oõ]es|[aã]o)|unsubscribe|dmarc[._-]?reports?|robot|bot|automatico"
    r"|newsletters?|boletin|mailing|alerts?|alertas|system|sistema|scanner|copier|printer|mfp"
    r"|scan-?to-?mail|escaner|impresora|microsoftexchange\w{20,40}"
    r"|owner-.{1,64}|.{1,64}-(?:request|owner|relay|bounces?|outgoing|errors))(?:[+=].{0,200})?$",
    re.IGNORECASE,
)
_SUPPRESSED = frozenset({"all", "autoreply", "oof"})
_MASSES = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})


def may_answer(mail: Mail, known: Known, origin: Origin, rule: str) -> tuple[bool, str]:
    """Yes or no, and why."""
    if origin is not Origin.CUSTOMER:
        return False, _WHO.get(origin, f"written by a machine ({rule})")
    for forbids in _RULES:
        if reason := forbids(mail, known):
            return False, reason
    return True, "a person wrote"


def nobody_reads(address: str) -> bool:
    """The address says itself that no answer is read there."""
    return bool(_NOBODY.match(address.partition("@")[0][:200]))


def role_address(address: str) -> bool:
    """Behind the address stands a machine or an office, not somebody who waits for an answer."""
    return bool(_ROLE.match(address.partition("@")[0][:200]))


_WHO = {
    Origin.OWN: "our own mail",
    Origin.AGENT: "an agent wrote",
}


def _no_address(mail: Mail, _: Known) -> str | None:
    return None if "@" in mail.sender.address else "there is no address to answer to"


def _null_return_path(mail: Mail, _: Known) -> str | None:
    return "its return path is empty" if mail.return_path == "" else None


def _own_address(mail: Mail, known: Known) -> str | None:
    if mail.sender.address in known.own:
        return "it comes from an address of ours"
    return None


def _claimed_agent(mail: Mail, known: Known) -> str | None:
    if mail.sender.address in known.agents:
        return "it claims to come from an agent"
    return None


def _failed_authentication(mail: Mail, _: Known) -> str | None:
    return "the sender could not be authenticated" if mail.trust is Trust.FAIL else None


def _unread_address(mail: Mail, _: Known) -> str | None:
    targets = [
        mail.sender.address,
        mail.return_path or "",
        *(each.address for each in mail.reply_to),
    ]
    unread = next((each for each in targets if nobody_reads(each)), None)
    return f"nobody reads {unread}" if unread else None


def _role(mail: Mail, _: Known) -> str | None:
    for address in (mail.sender.address, mail.return_path or ""):
        if role_address(address):
            return f"{address} is not a person's address"
    return None


def _automatic(mail: Mail, _: Known) -> str | None:
    value = mail.header("auto-submitted").strip().lower()
    if value and not value.startswith("no"):
        return f"written by a machine (Auto-Submitted: {value[:60]})"
    return None


def _suppressed(mail: Mail, _: Known) -> str | None:
    wishes = re.split(r"[\s,;]+", mail.header("x-auto-response-suppress")[:200].lower())
    if _SUPPRESSED.intersection(wishes):
        return "the sender wants no automatic answer (X-Auto-Response-Suppress)"
    return None


def _masses(mail: Mail, known: Known) -> str | None:
    words = mail.header("precedence")[:60].strip().lower()
    if words in _MASSES and not (words == "list" and our_own_list(mail, known)):
        return f"it was sent to many (Precedence: {words})"
    if sign := foreign_list(mail, known):
        return f"it was sent to many ({sign})"
    return "it was sent to many (Feedback-ID)" if mail.header("feedback-id") else None


def _loop(mail: Mail, known: Known) -> str | None:
    if mail.header("x-tregua-loop"):
        return "it carries our own loop mark"
    marks = [
        value[:300].lower() for name, value in mail.headers if name in ("x-loop", "x-loop-detect")
    ]
    if any(own in mark for own in known.own for mark in marks):
        return "it went through us before (X-Loop)"
    hops = sum(name == "received" for name, _ in mail.headers)
    return f"it went through {hops} servers" if hops > _MOST_RECEIVED else None


def _not_to_us(mail: Mail, known: Known) -> str | None:
    """RFC 3834, section 2: a vacation answer needs our address among the addressees."""
    if not known.own:
        return None
    named = {without_tag(each.address) for each in (*mail.to, *mail.cc)}
    return None if named & known.own else "none of our addresses is in To or Cc"


# The first that objects gives the reason that people read, so the plainest come first.
_RULES: tuple[Callable[[Mail, Known], str | None], ...] = (
    _no_address,
    _null_return_path,
    _own_address,
    _claimed_agent,
    _failed_authentication,
    _automatic,
    _unread_address,
    _role,
    _suppressed,
    _masses,
    _loop,
    _not_to_us,
)
