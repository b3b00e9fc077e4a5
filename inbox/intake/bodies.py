"""The body of a mail as an agent reads it, and the files that came with it."""

import hashlib
import re
from dataclasses import dataclass, field

from cases.mail import Attachment
from inbox.intake.flowed import unflow
from inbox.intake.html_text import html_to_text
from inbox.mime.charsets import decode
from inbox.mime.decoding import ENCLOSED, charset_of, decoded, is_undone
from inbox.mime.parts import Part, header_of
from inbox.mime.sorting import Sorted, sort_parts
from inbox.mime.tnef import is_winmail, open_winmail
from inbox.mime.transfer import Enclosed, enclosed_files
from inbox.mime.words import decode_words

LONGEST = 2_000_000
_NEWLINES = re.compile(r"\r+\n?")
_ENRICHED_MARK = re.compile(r"<param>[^<]{0,200}</param>|</?[A-Za-z-]{1,60}>")
_WORD = re.compile(r"\w+")
_EXTENSIONS = {
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "audio/mpeg": ".mp3",
    "image/gif": ".gif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "message/delivery-status": ".txt",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/rfc822-headers": ".txt",
}


@dataclass(slots=True)
class Bodies:
    """What a mail says and carries."""

    text: str = ""
    html: str = ""
    text_from_html: str = ""
    attachments: list[Attachment] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)


def read_bodies(root: Part) -> Bodies:
    """Text, HTML and attachments of a mail whose parts have been split."""
    found = sort_parts(root)
    reader = _Reader()
    reader.read_attachments(found)
    htmls = [reader.words(part) for part in found.html if part.type == "text/html"]
    bodies = reader.bodies
    bodies.html = reader.capped("\n".join(htmls), "HTML")
    shown = [reader.shown(part) for part in found.html if part.type == "text/html"]
    bodies.text_from_html = "\n".join(shown)
    bodies.text = reader.capped(_together(reader, found.text), "text")
    _without_a_body(reader, found)
    reader.keep_unreadable([*found.text, *found.html])
    return bodies


class _Reader:
    """Reads each part once, and gathers what was odd."""

    def __init__(self) -> None:
        self.bodies = Bodies()
        self.hidden_text = ""
        self._words: dict[int, str] = {}
        self._shown: dict[int, str] = {}

    def words(self, part: Part) -> str:
        """The part's own text, HTML as it stands."""
        if part.position not in self._words:
            content = decoded(part)
            if part.type != "text/html":
                content, files = enclosed_files(content)
                self.add_files(part, files)
            text, odd = decode(content, charset_of(part, content))
            if odd:
                self.bodies.defects.append(f"part {part.position}: {odd}")
            self._words[part.position] = _laid_out(text, part)
        return self._words[part.position]

    def shown(self, part: Part) -> str:
        """The part as text, whatever it is."""
        if part.type != "text/html":
            return self.words(part)
        if part.position not in self._shown:
            self._shown[part.position] = html_to_text(self.words(part))
        return self._shown[part.position]

    def capped(self, text: str, what: str) -> str:
        if len(text) > LONGEST:
            self.bodies.defects.append(f"the {what} is longer than {LONGEST} characters: cut")
        return text[:LONGEST]

    def read_attachments(self, found: Sorted) -> None:
        for part in found.attachments:
            content = decoded(part)
            if is_winmail(part.type, part.filename) and self._open_winmail(part, content):
                continue
            self.bodies.attachments.append(_attachment(part, content))

    def keep_unreadable(self, parts: list[Part]) -> None:
        """A text among others whose encoding is broken may be a file: it can be fetched as one."""
        for part in {part.position: part for part in parts}.values():
            if part.position and not is_undone(part):
                self.bodies.defects.append(f"part {part.position}: it is not the base64 it claims")
                self.bodies.attachments.append(_attachment(part, decoded(part)))

    def add_files(self, part: Part, files: list[Enclosed]) -> None:
        for n, (name, content) in enumerate(files):
            number = (part.position + 1) * ENCLOSED + n
            self.bodies.attachments.append(_file(name, content, number))

    def _open_winmail(self, part: Part, content: bytes) -> bool:
        """Whether there was something in it; an unreadable one stays an attachment."""
        winmail = open_winmail(content)
        if winmail is None:
            self.bodies.defects.append(f"part {part.position}: the winmail.dat cannot be read")
            return False
        self.add_files(part, list(winmail.files))
        self.hidden_text = winmail.text or html_to_text(winmail.html)
        return bool(winmail.files)


def _together(reader: _Reader, parts: list[Part]) -> str:
    """Body parts one below the other; HTML that repeats the text before it is left out."""
    pieces: list[str] = []
    for part in parts:
        text = reader.shown(part)
        if part.type == "text/html" and pieces and _repeats(text, pieces[-1]):
            continue
        if text.strip():
            pieces.append(text)
    return "\n".join([piece.rstrip("\n") for piece in pieces[:-1]] + pieces[-1:])


def _repeats(text: str, before: str) -> bool:
    new, old = set(_WORD.findall(text)), set(_WORD.findall(before))
    return bool(new) and len(new & old) >= 0.9 * len(new)


def _without_a_body(reader: _Reader, found: Sorted) -> None:
    """Where the text says nothing: the HTML, Outlook's hidden text, or any other kind of text."""
    bodies = reader.bodies
    if bodies.text.strip():
        return
    bodies.text = bodies.text_from_html or reader.hidden_text
    for part in found.attachments:
        if bodies.text.strip():
            return
        if part.disposition == "attachment":
            continue
        if part.type in ("text/enriched", "text/richtext"):
            bodies.text = _ENRICHED_MARK.sub("", reader.words(part))
            bodies.attachments = [a for a in bodies.attachments if a.part != part.position]
        elif part.type == "text/plain":
            # A named text that nobody called an attachment is better than no text at all.
            bodies.text = reader.words(part)


def _laid_out(text: str, part: Part) -> str:
    text = _NEWLINES.sub(_newline, text).replace("\x00", "")
    if part.type == "text/plain" and part.parameters.get("format", "").lower() == "flowed":
        return unflow(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    return text


def _newline(found: re.Match[str]) -> str:
    """However many carriage returns stand before a line feed; each counts where there is none."""
    return "\n" if found[0][-1] == "\n" else "\n" * len(found[0])


def _attachment(part: Part, content: bytes) -> Attachment:
    return Attachment(
        name=part.filename or _own_name(part, content),
        type=part.type,
        size=len(content),
        md5=_md5(content),
        part=part.position,
        content_id=part.header("content-id").strip(b"<> \t").decode("utf-8", "replace"),
        inline=part.disposition == "inline" or bool(part.header("content-id")),
    )


def _own_name(part: Part, content: bytes) -> str:
    """A name that is the same each time, for a part that came without."""
    extension = _EXTENSIONS.get(part.type, "")
    if part.type == "message/rfc822":
        subject = dict(reversed(header_of(content))).get("subject", b"")
        return (decode_words(subject)[:100].strip() or f"message-{part.position}") + extension
    return f"part-{part.position}{extension}"


def _file(name: str, content: bytes, number: int) -> Attachment:
    name = name.strip()[:255] or f"file-{number}"
    return Attachment(name, "application/octet-stream", len(content), _md5(content), number)


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
