"""The failed recipients as the many forms of vendors name them in running text."""

import re

from inbox.intake.bounces.failures import addresses

_A = r"<?([^\s<>\"'(),:;\[\]]{1,128}@[^\s<>\"'(),:;\[\]]{1,255}?)"
_END = r"(?=[\s<>\"'(),:;\[\]]|\.(?:\s|$)|\.\.|$)"

# Ways in which a recipient stands out. All are looked for, and what they find is joined.
_NAMED: tuple[re.Pattern[str], ...] = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        # qmail, Postfix, Yahoo, MXLogic, McAfee: the address opens the line.
        rf"^[ \t*-]{{0,9}}<{_A[2:]}>[ \t]{{0,3}}(?:[:(]|\.\.\.|$)",
        # Exim, OpenSMTPD: a bare address with its reason.
        rf"^[ \t]{{0,9}}{_A[2:]}:[ \t]{{0,9}}(?:[45]\d\d\b|host |mail |smtp|unknown|user )",
        rf"^[ \t*-]{{0,9}}{_A[2:]}[ \t]{{0,3}}(?:\[(?!\d)|\.\.\.[ \t]|on (?:mon|tue|wed|thu"
        rf"|fri|sat|sun|\d))",
        # Broken reports, where the fields stand in the text.
        rf"^[ \t]{{0,9}}(?:final"
        rf"|original)-recipient[ \t]{{0,3}}:[ \t]{{0,3}}(?:rfc822[ \t]{{0,3}};)?[ \t]{{0,3}}{_A}",
        # The dialogue with the other server.
        rf"rcpt to:[ \t]{{0,3}}{_A}{_END}",
        rf"(?:^|[\s:])[45]\d\d[ -](?:[45]\.\d{{1,3}}\.\d{{1,3}}[ ]{{0,3}})?<{_A[2:]}>",
        rf"(?:unknown (?:user|recipient)|no such user|user unknown)[ :(<]{{1,4}}{_A}{_END}",
        # A label before it.
        rf"^[ \t*-]{{0,9}}(?:intended |failed |final )?(?:recipients?|destinatarios?|empf.nger"
        rf"|destinataires?|to address)"
        rf"(?: address)?[ \t]{{0,3}}:[ \t]{{0,9}}{_A}{_END}",
        rf"(?:userid|unknown user|exceeds allowed size|unknown local-part|invalid address"
        rf"|addressed to email address ?:\s{{0,3}}--)"
        rf"[ \t]{{0,3}}:?[ \t]{{0,3}}{_A}{_END}",
        # A sentence around it.
        rf"(?:message|mail|delivery|deliver(?:ed)?|deliver it|messages?)[ \t]{{1,3}}(?:to"
        rf"|for)[ \t]{{1,3}}{_A}{_END}",
        rf"(?:delivering|deliver|send|sending) your (?:mail|message"
        rf"|email)s? to[ \t]{{1,3}}{_A}{_END}",
        rf"returned permanent errors: {_A}{_END}",
        rf"(?:quota violation for|mailbox for|user[ \t]{{1,3}}\S{{1,60}}[ \t]{{1,3}}\(){_A}{_END}",
        rf"dda:smtp={_A}{_END}",
        rf"(?:wasn't delivered to|could ?n[o']t be delivered to|was not delivered to"
        rf"|no se ha entregado a|problem delivering your message to)"
        rf"[ \t]{{1,3}}{_A}{_END}",
    )
)
_INTRODUCTION = re.compile(
    r"(?:following|these|estos|siguientes?|folgende\w{0,2}|suivants?|seguent\w"
    r"|seguintes?)[^\n]{0,80}"
    r"(?:address|recipient|destin|empf|direcc|adress|indirizz|endere|group|person|list)"
    r"|(?:recipient|address|destinatari|adressat|empf)[^\n]{0,60}(?:fail|error|problem|reject"
    r"|reached|not|could)"
    r"|(?:fail|undeliver|not delivered|error|could not|unable|problem)[^\n]{0,60}(?:recipient"
    r"|address|to:)"
    r"|was not delivered to|did not reach|failed addresses|failure reasons|message not delivered"
    r"|addresses had|delivery errors|以下の|次のメール|宛先",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"^[ \t>*•-]{{0,20}}(?:<mailto:)?{_A}>?[ \t.,;:]{{0,9}}(?:\(|<mailto:|\[|$|on )"
)
_AFTER = 25
"""So many lines below its introduction is a list of addresses still believed."""


def recipients_in(notice: str) -> tuple[str, ...]:
    """The recipients that the notice names as failed."""
    text = notice[:50_000]
    found: dict[str, None] = {}
    for pattern in _NAMED:
        for match in pattern.finditer(text):
            found.update(dict.fromkeys(addresses(match.group(1))))
    found.update(dict.fromkeys(_introduced(text)))
    return tuple(found)


def _introduced(text: str) -> list[str]:
    found: list[str] = []
    left = 0
    for line in text.splitlines()[:2000]:
        alone = _ALONE.match(line) if left else None
        if alone:
            found.extend(addresses(alone.group(1)))
            left = _AFTER
        elif _INTRODUCTION.search(line[:300]):
            left = _AFTER
        else:
            left = max(0, left - 1)
    return found
