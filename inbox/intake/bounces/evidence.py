"""The pieces of a bounce: what it says to people, what to machines, and the mail it returns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from cases.mail import Mail
from inbox.mime.charsets import decode
from inbox.mime.transfer import undo

_MOST_TEXT = 100_000
_MOST_PARTS = 200

_STATUS_TYPES = frozenset({"message/delivery-status", "message/global-delivery-status"})
_HEADER_TYPES = frozenset(
    {"text/rfc822-headers", "message/global-headers", "message/rfc822-headers"}
)
_MAIL_TYPES = frozenset({"message/rfc822", "message/global"})

# Where a report that is one flat text goes on with the mail that it returns.
_ORIGINAL_FOLLOWS = re.compile(
    r"^[ \t>*|#=-]{0,80}(?:"
    r"(?:the |your )?(?:original|unsent|returned|failed|undelivered|enclosed) (?:message|mail)"
    r"(?: (?:text|headers?|contents?))?(?: (?:follows|below|is|begins|attached)[^\n]{0,60}"
    r"|[ \t]{0,9}[:.]?[ \t]{0,9}-{3,}| ?:|[ \t]{0,9}-{0,80}[ \t]{0,9}$)"
    r"|this is a copy of (?:the|your) (?:message|mail)|below this line is|returned mail follows"
    r"|(?:included|enclosed|here|following|below|attached) is (?:a|the) (?:copy|header|beginning)"
    r"|a copy of (?:the|your) (?:original )?message"
    r"|(?:message|mail) (?:headers?|text|contents?)(?: and body)? (?:follows?|below|is below)"
    r"|(?:start|beginning) of (?:the )?(?:returned|original|forwarded) message|message header:"
    r"|(?:mensaje|correo) original|message d'origine|originalnachricht|mensagem original"
    r"|original-(?:header|nachricht)|urspr.ngliche (?:nachricht|mail)|copia del mensaje"
    r"|(?:the )?headers? of (?:the|your) (?:original )?(?:message|mail)"
    r"|received: |return-path: )",
    re.IGNORECASE | re.MULTILINE,
)
_FILES = (".eml", ".txt", ".msg", ".hdr")
_MESSAGE_ID = re.compile(r"^message-id[ \t]{0,9}:", re.IGNORECASE | re.MULTILINE)
_STRAY_REPORT = re.compile(r"^(?:reporting-mta|final-recipient):", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a suspected bounce consists of."""

    notice: str = ""
    """The words for people, without the mail that is returned."""
    reports: tuple[str, ...] = ()
    """The machine-readable parts (RFC 3464), as text."""
    original: str = ""
    """The mail that is returned, or its header, as text."""


def gather(mail: Mail, message: Message | None) -> Evidence:
    """Take the mail apart; where there is no message, its text has to serve."""
    if message is None:
        return _split(mail.text[:_MOST_TEXT], (), "")
    notices: list[str] = []
    reports: list[str] = []
    original: list[str] = []
    for part in _parts(message):
        kind = part.get_content_type()
        if kind in _STATUS_TYPES:
            reports.append(_report(part))
        elif kind in _MAIL_TYPES or kind in _HEADER_TYPES:
            original.append(_enclosed(part))
        elif part is not message and _is_a_file_of_it(part):
            original.append(decoded(part))
        elif part is not message and part["message-id"]:
            # Some put the header of the returned mail in the place of the part's own.
            original.append(_text_of(part))
        elif _is_for_people(part, kind, bool(notices)):
            notices.append(decoded(part))
    notice = "\n\n".join(notices)[:_MOST_TEXT]
    if not reports and (found := _STRAY_REPORT.search(notice)):
        # A wrong boundary leaves one flat text, in which the fields still stand.
        reports.append(notice[found.start() :])
    return _split(notice, tuple(reports), "\n".join(original))


def _is_a_file_of_it(part: Message) -> bool:
    """The returned mail as a file of any type, told by its name or by how it begins."""
    if part.get_content_maintype() == "multipart" or not part.get_filename():
        return False
    name = (part.get_filename() or "").lower()
    if not (part.get_content_type() == "application/octet-stream" or name.endswith(_FILES)):
        return False
    return _MESSAGE_ID.search(decoded(part)) is not None


def _is_for_people(part: Message, kind: str, has_words: bool) -> bool:
    """A text, but HTML only for want of better; a broken container is a flat text as well."""
    if kind.startswith("text/"):
        return not (kind == "text/html" and has_words)
    return not part.is_multipart() and kind.startswith(("multipart/", "message/"))


def decoded(part: Message) -> str:
    """The text of a leaf, in whatever charset it is."""
    content = _payload(part, as_bytes=True)
    if not isinstance(content, bytes):
        return ""
    charset = part.get_param("charset")
    text, _ = decode(content[:_MOST_TEXT], charset if isinstance(charset, str) else None)
    return _plain(text, part)


def _payload(part: Message, *, as_bytes: bool = False) -> object:
    """The payload. On a charset with a null in its name the library raises."""
    try:
        return part.get_payload(decode=True) if as_bytes else part.get_payload()
    except ValueError:
        return b"" if as_bytes else ""


def _plain(text: str, part: Message) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.get_content_type() != "text/html":
        return text
    text = re.sub(r"<(?:br|/p|/div|/tr|/li|/h\d)\b[^<>]{0,200}>", "\n", text, flags=re.IGNORECASE)
    text = re.sub(r"<(?!\S{1,200}@)[^<>]{0,2000}>", "", text)
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return text


def _parts(message: Message) -> Iterator[Message]:
    """The parts, without going into an enclosed mail."""
    waiting, seen = [message], 0
    while waiting and seen < _MOST_PARTS:
        part, seen = waiting.pop(), seen + 1
        payload = _payload(part)
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting.extend(each for each in reversed(payload) if isinstance(each, Message))
        else:
            yield part


def _report(part: Message) -> str:
    """The fields of a report; the parser makes a message of each of its blocks."""
    blocks = _payload(part)
    if not isinstance(blocks, list):
        return decoded(part)
    found = [block for block in blocks[:1000] if isinstance(block, Message)]
    encoding = str(part["content-transfer-encoding"] or "").strip().lower()
    if encoding in ("base64", "quoted-printable") and found and not found[0].keys():
        return _recoded(part, found[0])
    return "\n\n".join(_text_of(block) for block in found)


def _text_of(block: Message) -> str:
    head = "\n".join(f"{name}: {value}" for name, value in block.items())
    body = _payload(block)
    # A blank line too many makes the fields of a recipient look like a body.
    return f"{head}\n\n{body}" if isinstance(body, str) and body.strip() else head


def _enclosed(part: Message) -> str:
    payload = _payload(part)
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        if not payload[0].keys():
            return _recoded(part, payload[0])
        return "\n".join(f"{name}: {value}" for name, value in payload[0].items())[:_MOST_TEXT]
    return decoded(part)


def _recoded(part: Message, inside: Message) -> str:
    """Some encode the enclosed mail, which they must not (RFC 2046, section 5.2.1)."""
    encoding = str(part["content-transfer-encoding"] or "").encode("ascii", "ignore")
    body = _payload(inside)
    content = body.encode("utf-8", "surrogateescape") if isinstance(body, str) else b""
    return undo(content, encoding)[:_MOST_TEXT].decode("utf-8", "replace")


def _split(text: str, reports: tuple[str, ...], original: str) -> Evidence:
    found = _ORIGINAL_FOLLOWS.search(text)
    if found is None:
        return Evidence(text, reports, original)
    rest = text[found.start() :]
    return Evidence(text[: found.start()], reports, f"{original}\n{rest}" if original else rest)
