"""What is said beside a link or a sender whose host is another than it seems."""

import re
from dataclasses import dataclass, field
from html import unescape

from markupsafe import Markup

from cases import language
from cases.language import gettext as _
from inbox.web.chips import Chip
from inbox.web.mail import hosts
from inbox.web.mail.hosts import Host, Letters

LONGEST_TEXT = 200
"""Characters of a link's text that are looked at."""
MOST_LOOKED_AT = 500
"""Links of a mail whose text is compared; all further ones say where they lead."""
# Cleaned HTML is well formed: no < or > stands inside a tag, and quotes in values are coded.
_LINK_TAG = re.compile(r"<a(?: [^<>]*)?>|</a>")
_HREF = re.compile(r' href="([^"]*)"')
_APART = re.compile(r"</?(?:br|p|div|li|ul|ol|h[1-6r]|t[a-z]{1,5})(?: [^<>]*)?>")
_TAG = re.compile(r"<[^<>]*>")


@dataclass(slots=True)
class _Link:
    """A link that is being read, and the HTML inside."""

    address: str
    inside: list[str] = field(default_factory=list)

    def text(self) -> str:
        apart = _APART.sub(" ", "".join(self.inside))
        return " ".join(unescape(_TAG.sub("", apart)).split())


def in_html(html: str) -> str:
    """Cleaned HTML of a mail, with a mark behind each link that leads elsewhere than it seems."""
    pieces: list[str] = []
    opened: list[_Link] = []
    position, looked_at = 0, 0
    for found in _LINK_TAG.finditer(html):
        between = html[position : found.start()]
        position = found.end()
        pieces += [between, found[0]]
        if opened:
            opened[-1].inside.append(between)
        if found[0] != "</a>":
            opened.append(_Link(_address(found[0])))
        elif opened:
            looked_at += 1
            pieces.append(_of_link(opened.pop(), compared=looked_at <= MOST_LOOKED_AT))
    return "".join([*pieces, html[position:]])


def _address(tag: str) -> str:
    found = _HREF.search(tag)
    return unescape(found[1]) if found else ""


def _of_link(link: _Link, *, compared: bool) -> str:
    host = hosts.real(link.address)
    if host is None or not host.name:
        return ""
    text = link.text()
    seems = _seems_other(host, text[:LONGEST_TEXT]) if compared else bool(text)
    if not seems and host.letters is Letters.PLAIN:
        return ""
    loud = seems or host.letters is Letters.DECEPTIVE
    return Markup(' <strong class="leads{0}" dir="ltr" lang="{1}">{2}</strong>').format(
        " is-odd" if loud else "", language.current(), _leads(host)
    )


def _seems_other(host: Host, text: str) -> bool:
    return host.posing or any(not hosts.same_house(one, host.name) for one in hosts.shown(text))


def _leads(host: Host) -> str:
    if host.letters is Letters.DECEPTIVE:
        return _("Deceptive letters: leads to {host}", host=host.name)
    return _("Leads to {host}", host=host.name)


def in_text(address: str) -> Markup:
    """The mark behind an address that stands in plain text: that it is written oddly."""
    host = hosts.real(address)
    if host is None or (host.letters is Letters.PLAIN and not host.posing):
        return Markup("")
    tone = "warn" if host.letters is Letters.FOREIGN else "danger"
    return Markup(' <span class="chip is-{0}" dir="ltr">{1}</span>').format(tone, _leads(host))


def of_sender(address: str) -> Chip | None:
    """A warning about a sender whose domain is written to look like another."""
    domain = address.rpartition("@")[2]
    if domain.isascii() and "xn--" not in domain.lower():
        return None
    host = hosts.named(domain)
    if host.letters is not Letters.DECEPTIVE:
        return None
    hint = _("Its letters are of several alphabets, or drawn like those of another.")
    return Chip("triangle-alert", _("Deceptive sender: {host}", host=host.name), "danger", hint)
