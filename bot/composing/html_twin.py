"""A plain text's twin in HTML, for mail programs that show nothing else well. Pure."""

import hashlib
import html
import re

from bot.composing import writing

_LINK = re.compile(r"https?://[^\s<>\"']{1,500}")
_TRAILING = ".,;:!?)»”"
_ABOUT = (
    '<meta name="viewport" content="width=device-width">'
    '<meta name="color-scheme" content="light dark">'
)
# A style of its own, since mail programs drop others; no colours, so that a dark one stays dark.
_STYLE = (
    "font:16px/1.5 -apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif;"
    "max-width:40em;overflow-wrap:anywhere"
)


def two_forms(text: str, language: str = "") -> str:
    """The fields and the body of a mail whose text goes out plain and as HTML."""
    # No quoted-printable line holds "=_", and nobody can write the digest of their own text in it.
    boundary = f"=_{hashlib.sha256(text.encode()).hexdigest()[:32]}"
    twin = writing.body(as_html(text, language)).replace("text/plain", "text/html", 1)
    parts = "".join(f"--{boundary}\r\n{part}\r\n" for part in (writing.body(text), twin))
    about = f'Content-Type: multipart/alternative; boundary="{boundary}"\r\nMIME-Version: 1.0\r\n'
    return f"{about}\r\n{parts}--{boundary}--\r\n"


def as_html(text: str, language: str = "") -> str:
    """Paragraphs, line breaks and links; nothing of the text becomes markup."""
    paragraphs = re.split(r"\n[ \t]*\n\s*", text.strip("\n"))
    body = "\n".join(f"<p>{_lines(one)}</p>" for one in paragraphs)
    spoken = f' lang="{html.escape(language)}"' if language else ""
    head = f'<!DOCTYPE html>\n<html{spoken}><head><meta charset="utf-8">{_ABOUT}</head>'
    return f'{head}\n<body style="{_STYLE}">{body}</body></html>\n'


def _lines(paragraph: str) -> str:
    return "<br>\n".join(_linked(line) for line in paragraph.split("\n"))


def _linked(line: str) -> str:
    parts, end = [], 0
    for found in _LINK.finditer(line):
        address = found[0].rstrip(_TRAILING)
        said = html.escape(address)
        parts += [html.escape(line[end : found.start()]), f'<a href="{said}">{said}</a>']
        end = found.start() + len(address)
    return "".join((*parts, html.escape(line[end:])))
