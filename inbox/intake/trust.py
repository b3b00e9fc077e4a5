"""What a trusted server of ours said about the sender (RFC 8601)."""

from dataclasses import dataclass
from functools import cache

from publicsuffixlist import PublicSuffixList

from cases.mail import Mail, Trust
from inbox.intake.results import Result, read_results

# Our server's field stands at most below these many hops inside the house.
_MOST_HOPS_ABOVE = 3


@dataclass(frozen=True, slots=True)
class _Said:
    """The results that count, and the domain that they have to be about."""

    results: tuple[Result, ...]
    domain: str

    def of(self, method: str) -> tuple[Result, ...]:
        return tuple(each for each in self.results if each.method == method)


def verdict(mail: Mail, authserv_ids: frozenset[str]) -> Trust:
    """The verdict of the topmost trusted hop; what strangers claim is never read."""
    said = _Said(_trusted(mail, authserv_ids), mail.sender.address.rpartition("@")[2])
    judged = _by_dmarc(said) or _by_alignment(said)
    if judged is Trust.PASS and not has_one_author(mail):
        return Trust.NONE
    return judged


def has_one_author(mail: Mail) -> bool:
    """Whether From is there once and names one mailbox: else nobody knows who was verified."""
    values = [value for name, value in mail.headers if name == "from"]
    named = mail.sender.address
    if len(values) != 1 or not named.rpartition("@")[2]:
        return False
    return all(each.lower() == named for each in _addresses(values[0]))


def _trusted(mail: Mail, authserv_ids: frozenset[str]) -> tuple[Result, ...]:
    """The results of the topmost field, and of those beside it that no stranger can have added.

    A sender's own fields stand below the Received of our server. Above all Received fields, the
    further fields of the same server count as well; below one, only the first field does.
    """
    wanted = frozenset(each.lower() for each in authserv_ids)
    found: tuple[Result, ...] = ()
    hops, seen = 0, False
    for name, value in mail.headers:
        if name == "received":
            hops += 1
            if seen or hops > _MOST_HOPS_ABOVE:
                break
        elif name == "authentication-results":
            server, results = read_results(value)
            if server not in wanted:
                break
            found, seen = found + results, True
            if hops:
                break
    return found


def _by_dmarc(said: _Said) -> Trust | None:
    """DMARC decides where it was asked; two answers of which one is a failure are a failure."""
    answers = said.of("dmarc")
    if any(each.result == "fail" for each in answers):
        return Trust.FAIL
    if not answers or any(each.result != "pass" for each in answers):
        return None
    named = {each.properties.get("header.from", said.domain) for each in answers}
    return Trust.PASS if all(_ascii(each) == _ascii(said.domain) for each in named) else Trust.NONE


def _by_alignment(said: _Said) -> Trust:
    """Without DMARC, a signature or an envelope of the author's own domain serves."""
    if not said.domain:
        return Trust.NONE
    signed = (each for each in said.of("dkim") if each.result == "pass")
    if any(_aligned(_signer(each), said.domain) for each in signed):
        return Trust.PASS
    sent = [each for each in said.of("spf") if _aligned(_envelope(each), said.domain)]
    if any(each.result == "fail" for each in sent):
        return Trust.FAIL
    return Trust.PASS if any(each.result == "pass" for each in sent) else Trust.NONE


def _signer(result: Result) -> str:
    named = result.properties.get("header.d") or result.properties.get("header.i", "")
    return named.rpartition("@")[2]


def _envelope(result: Result) -> str:
    return result.properties.get("smtp.mailfrom", "").rpartition("@")[2]


def _aligned(domain: str, author: str) -> bool:
    """Relaxed alignment: both belong to the same organisation (RFC 7489, section 3.1)."""
    domain, author = _ascii(domain), _ascii(author)
    return bool(domain) and (domain == author or _organisation(domain) == _organisation(author))


def _organisation(domain: str) -> str:
    return _suffixes().privatesuffix(domain) or domain


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _ascii(domain: str) -> str:
    """The domain as it goes over the wire, so that both spellings of an IDN are one."""
    domain = domain.lower().strip(".")
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def _addresses(value: str) -> list[str]:
    """What has an @ in a From, outside quoted strings and comments."""
    plain: list[str] = []
    depth, quoted, escaped = 0, False, False
    for sign in value[:10_000]:
        if escaped:
            escaped = False
        elif sign == "\\":
            escaped = True
        elif sign == '"' and not depth:
            quoted = not quoted
        elif not quoted and sign in "()":
            depth = max(0, depth + (1 if sign == "(" else -1))
        elif not quoted and not depth:
            plain.append(" " if sign in "<>,;:" else sign)
    return [word for word in "".join(plain).split() if "@" in word]
