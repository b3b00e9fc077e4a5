"""What was sent after the session had ended: kept in the form of the sign-in, and sent once more.

Only what a form of ours sent is kept, signed, and never a password. It lies in the page alone; who
has signed in sees it and decides.
"""

import hmac
import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Request

from cases import signing
from inbox.web import csrf

PURPOSE = "sent-again"
LONGEST = 200_000
SECRETS = ("password", "secret", csrf.FIELD, "csrf_token")


@dataclass(frozen=True, slots=True)
class Sent:
    """A form: where it went, where it stands, and its fields in order."""

    path: str
    back: str
    """The page with the form."""
    fields: tuple[tuple[str, str], ...]


def keep(asked: Request, secret: str) -> str:
    """A signed note of the form, or "" where it is not ours or cannot be kept."""
    said = asked.form.get(csrf.FIELD, "").encode()
    ours = hmac.compare_digest(said, csrf.token_for(secret).encode())
    leaves = asked.path == "/sign-out"
    if not (secret and ours and csrf.is_same_site(asked)) or asked.files or leaves:
        return ""
    fields = [pair for pair in asked.form.items(multi=True) if not _is_secret(pair[0])]
    page = urlsplit(asked.referrer or "")
    back = page.path if page.netloc == asked.host else "/"
    text = json.dumps([asked.full_path.rstrip("?"), back, fields], ensure_ascii=False)
    return f"{signing.sign(PURPOSE, text)}.{text}" if len(text) <= LONGEST else ""


def _is_secret(name: str) -> bool:
    return any(word in name for word in SECRETS)


def read(note: str) -> Sent | None:
    """The form of the note, if we made it."""
    mac, _dot, text = note.partition(".")
    if not text or len(text) > LONGEST or not signing.verify(PURPOSE, text, mac):
        return None
    path, back, fields = json.loads(text)
    return Sent(path, back, tuple((name, value) for name, value in fields))
