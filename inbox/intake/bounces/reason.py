"""Why a mail failed: whether the address is dead, and what class of failure it is."""

import re

from inbox.intake.bounces.failures import Failure

# Full, suspended, refused, forbidden, too big, too many: the address may well be alive.
_ALIVE = re.compile(
    r"(?:mail ?box|quota|inbox|account|user|maildir|disk|storage)[^\n]{0,60}(?:full|exceed"
    r"|over|limit reached|size)"
    r"|over ?quota|quota (?:exceed|violation|limit|is full)|exceed(?:s|ed"
    r"|ing)[^\n]{0,40}(?:size|quota|limit|storage)|not enough (?:space|storage)"
    r"|insufficient (?:system )?(?:storage|space|disk)"
    r"|\bfull mail ?box|mailbox (?:for user )?is full|llen[ao]\b|buz[oó]n[^\n]{0,30}(?:llen"
    r"|exced)|(?:postfach|mailbox)[^\n]{0,30}voll|pleine"
    r"|too (?:big|large|long)|message size|size limit|file size"
    r"|disabled|suspend|inactiv|deactivat|discontinued|temporarily|locked|expired account"
    r"|not active|on hold"
    r"|\bspam|\bspf\b|dmarc|dkim|black ?list|block(?:ed|list| list)|blocklist|reputation"
    r"|\brbl\b|dnsbl|spamhaus|barracuda|unsolicited|virus|malware|phish"
    r"|policy|polic(?:y|ies) (?:violation|reasons)|not authori[sz]ed|unauthori[sz]ed"
    r"|permission|administratively|prohibit|filtered|content[^\n]{0,30}reject"
    r"|message[^\n]{0,20}reject"
    r"|relay(?:ing)?[^\n]{0,30}(?:denied|not|prohibit|deny)|unable to relay|access denied"
    r"|not (?:allowed|permitted|accepted from)"
    r"|too many|rate ?limit|throttl|try again|retry|greylist|time(?:d)? ?out|connection"
    r"|refused|network|loop|too many hops"
    r"|reverse dns|\bptr\b|rdns|sender (?:address|verif|domain)|mail from|authenticat|tls"
    r"|certificate|rfc ?(?:2822|5322|822)|duplicate",
    re.IGNORECASE,
)
_FULL = re.compile(
    r"(?:mail ?box|quota|inbox|user|account|maildir)[^\n]{0,60}(?:\bfull\b|over ?quota|exceed)"
    r"|over ?quota|quota (?:exceed|violation)|exceeded[^\n]{0,30}(?:quota|storage)"
    r"|temporarily|(?:account|user|mailbox|e-?mail address)[^\n]{0,60}(?:disabled|suspended"
    r"|inactive|deactivated|on hold)|llen[ao]\b|is not active"
    r"|recipient address rejected: on hold|sender[^\n]{0,20}reject|blocked using|spamhaus"
    r"|unable to relay|relaying denied|relay access denied",
    re.IGNORECASE,
)
# Nobody has this address, the host has none, or the person has moved.
_DEAD = re.compile(
    r"user(?:name)?[^\n]{0,80}(?:unknown|not (?:found|known|exist|listed)|does ?n[o']t exist"
    r"|doesn't have)|unknown[ -](?:user|recipient|e-?mail address|mailbox|local[- ]part"
    r"|account|address)"
    r"|no such (?:user|mailbox|recipient|address|person|account|domain|host)|(?:mailbox"
    r"|address|recipient|account|e-?mail)[^\n]{0,100}(?:does ?n[o']t exist|not exist|not found"
    r"|could ?n[o']t be found|was ?n[o']t found|unknown|is invalid|no longer valid"
    r"|no longer exists)"
    r"|invalid (?:recipient|mailbox|address|user|final delivery userid)"
    r"|bad (?:destination )?(?:recipient|mailbox|address)|no mailbox|mailbox (?:unavailable"
    r"|not available|invalid)"
    r"|(?:not|n't) (?:a )?(?:valid|known) (?:user|recipient|mailbox|address)|nobody here"
    r"|no longer (?:with|accept|work|available|employed)|non-?existent (?:user|mailbox|account)"
    r"|recipient address rejected: access denied|not listed in"
    r"|recipient[^\n]{0,40}not (?:recognized|exist|found)|not our customer|no account by"
    r"|recipnotfound|recipientnotfound|unrouteable address"
    r"|host unknown|unknown host|host (?:or domain )?(?:name )?(?:lookup failed|not found)"
    r"|no such domain|domain[^\n]{0,80}(?:not found|does ?n[o']t exist|unknown"
    r"|could ?n[o']t be found)|name (?:or )?service error[^\n]{0,80}not found|nullmx|null mx"
    r"|does not accept mail"
    r"|has moved|moved to|new address|changed (?:his|her|their) address"
    r"|address (?:has been )?(?:replaced|changed)"
    r"|no se (?:ha )?encontr(?:ó|o|ado)\b|no existe|no figura en"
    r"|(?:direcci[oó]n|usuario|destinatario|cuenta)[^\n]{0,60}(?:desconocid"
    r"|no encontrad|incorrect|inexistente)|unbekannt|nicht gefunden|n'existe pas|inconnu"
    r"|introuvable|n[aã]o existe|non esiste|sconosciuto",
    re.IGNORECASE,
)
# After the text of the mail, and in the refusals of Google Groups, "unknown" is a filter's word.
_A_FILTER = re.compile(
    r"end of data|data command\)|>>> (?:data|\.)\s{1,9}<<< 5|groups\.google\.com/support",
    re.IGNORECASE,
)
# The codes of RFC 3463 that say by themselves that the address leads nowhere.
_DEAD_CODES = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4", "5.4.310"})
_TEMPORARY = re.compile(
    r"has been delayed|delayed (?:mail|delivery)|will (?:be )?(?:retr|continue|keep trying)"
    r"|still (?:being )?(?:retried|trying)|warning (?:message )?only|not yet been delivered"
    r"|temporary (?:failure|problem|error)|not (?:yet )?given up|no need to resend"
    r"|do not need to resend|retrasad|verz[oö]ger|retard[eé]|atrasad",
    re.IGNORECASE,
)


def address_is_dead(failure: Failure) -> bool:
    """The address leads to nobody: narrower than a failure for good."""
    if failure.delayed or failure.passing or (failure.status or "5")[0] == "4":
        return False
    text = failure.diagnostic[:4000] or failure.context[:4000]
    if _FULL.search(text) or (failure.status != "5.1.1" and _A_FILTER.search(failure.context)):
        return False
    if (failure.status or "").startswith("5.7.") and "access denied" in text.lower():
        return False
    if _DEAD.search(text):
        return True
    return failure.status in _DEAD_CODES and not _ALIVE.search(text)


def sounds_temporary(subject: str, notice: str) -> bool:
    """The words say that the server goes on trying."""
    return bool(_TEMPORARY.search(subject[:300]) or _TEMPORARY.search(notice[:5000]))
