"""What was sent after the session had ended: kept in the form of the sign-in, and sent once more.

Only what a form of ours sent is kept, signed, and never a password. It lies in the page alone; who
has signed in sees it and decides. Files are named and chosen again: they would be too much for a
page, and on the server nobody is known whose they are.
"""

import hmac
import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Request

from cases import signing
from cases.language import gettext as _
from cases.language import ngettext
from inbox.web import csrf, file_names

PURPOSE = "sent-again"
LONGEST = 1_000_000
"""Bytes: more than the longest answer and the longest note beside it, in any script."""
MOST_FILES = 20
SECRETS = ("password", "secret", csrf.FIELD, "csrf_token")


class TooLong(Exception):
    """A form of ours has more text than a page can carry along."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A form: where it went, where it stands, its fields in order, and the names of its files."""

    path: str
    back: str
    """The page with the form."""
    fields: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, str], ...] = ()
    """The field and the name of each."""


def ended() -> str:
    """What is said where the text stays in the page."""
    return _("Your session has ended. Sign in to go on; your text is kept.")


def kept(asked: Request, secret: str) -> tuple[str, str]:
    """The note of a form and what is said of it: two empty words where no form of ours was sent."""
    try:
        note = keep(asked, secret)
    except TooLong:
        return "", _(
            "Your session has ended, and what you sent is too long to be kept: nothing was done. "
            "Go back with your browser: it may still be there, to be copied before you sign in."
        )
    finally:
        # Large files were waiting on the disk.
        asked.close()
    sent = read(note)
    return (note, f"{ended()} {not_kept(sent)}".strip()) if sent is not None else ("", "")


def keep(asked: Request, secret: str) -> str:
    """A signed note of the form, or "" where it is not ours. Raises TooLong."""
    if not _is_ours(asked, secret) or asked.path == "/sign-out":
        return ""
    fields = [pair for pair in asked.form.items(multi=True) if not _is_secret(pair[0])]
    page = urlsplit(asked.referrer or "")
    back = page.path if page.netloc == asked.host else "/"
    path = asked.full_path.rstrip("?")
    text = json.dumps([path, back, fields, _named(asked)], ensure_ascii=False)
    if len(text.encode()) > LONGEST:
        raise TooLong(f"a form for {asked.path} has {len(text)} characters")
    return f"{signing.sign(PURPOSE, text)}.{text}"


def _is_ours(asked: Request, secret: str) -> bool:
    """Sent by a page of ours: of that session, or as the browser says where it knows none any more.

    Whoever signed out in another tab has no session, and no other site can name ours as its own.
    """
    said = asked.form.get(csrf.FIELD, "").encode()
    known = bool(secret) and hmac.compare_digest(said, csrf.token_for(secret).encode())
    return (known or "Origin" in asked.headers) and csrf.is_same_site(asked)


def _named(asked: Request) -> list[tuple[str, str]]:
    # A browser sends an empty part for each field of files in which none was chosen.
    chosen = [(field, one) for field, one in asked.files.items(multi=True) if one.filename]
    return [(field, file_names.shown(one.filename or "")) for field, one in chosen[:MOST_FILES]]


def _is_secret(name: str) -> bool:
    return any(word in name for word in SECRETS)


def read(note: str) -> Sent | None:
    """The form of the note, if we made it."""
    mac, _dot, text = note.partition(".")
    if not text or len(text) > LONGEST or not signing.verify(PURPOSE, text, mac):
        return None
    path, back, *pairs = json.loads(text)
    return Sent(path, back, *(tuple((name, value) for name, value in some) for some in pairs))


def not_kept(sent: Sent) -> str:
    """Which files have to be chosen once more, if any."""
    if not sent.files:
        return ""
    names = ", ".join(name for _field, name in sent.files)
    return ngettext(
        "Not kept, to be chosen again: the file {names}.",
        "Not kept, to be chosen again: the files {names}.",
        len(sent.files),
        names=names,
    )
