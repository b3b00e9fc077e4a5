"""The form of a mailbox: what was typed, what is wrong with it, and how it changes the row."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.composing import signature
from cases import clock, language, macro
from cases.language import gettext as _
from cases.mailbox import Mailbox, Mode

SECURITY = ("tls", "starttls", "none")
EVER = datetime(1970, 1, 1, tzinfo=UTC)
WORDS = (
    *("address", "name", "language", "team", "imap_host", "imap_user", "folder", "start"),
    *("sent_folder", "smtp_host", "smtp_user"),
)
TEXTS = ("signature_es", "signature_en")
NUMBERS = ("imap_port", "smtp_port", "reopen_days")
CHOICES = {
    "imap_security": SECURITY,
    "smtp_security": SECURITY,
    "mode": tuple(Mode),
    "language": language.LANGUAGES,
}
SWITCHES = ("read_only", "copy_sent")
LIMITS = {"imap_port": 65535, "smtp_port": 65535, "reopen_days": 3650}
EMPTY = {
    "imap_port": "993",
    "imap_security": "tls",
    "folder": "INBOX",
    "smtp_port": "587",
    "smtp_security": "starttls",
    "reopen_days": "14",
    "mode": "shadow",
    "start": "now",
}


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """What somebody wrote, but for the passwords, which are never shown again."""
    names = (*WORDS, *NUMBERS, *CHOICES, *SWITCHES)
    texts = {name: form.get(name, "").replace("\r\n", "\n").strip() for name in TEXTS}
    return {name: form.get(name, "").strip()[:320] for name in names} | texts


def of(box: Mailbox) -> dict[str, str]:
    """The mailbox as the form shows it."""
    shown = {name: str(getattr(box, name)) for name in (*WORDS, *NUMBERS) if name != "start"}
    shown |= {name: str(getattr(box, name)) for name in (*CHOICES, *TEXTS)}
    return shown | {name: "yes" if getattr(box, name) else "" for name in SWITCHES}


def wrong(session: Session, said: Mapping[str, str], box: Mailbox | None) -> dict[str, str]:
    """What is wrong with which field."""
    found = {} if box else _wrong_address(session, said["address"].lower())
    if not said["imap_host"]:
        found["imap_host"] = _("Where is the mail read? For Gmail: imap.gmail.com")
    for name in NUMBERS:
        if not (said[name].isascii() and said[name].isdigit() and int(said[name]) <= LIMITS[name]):
            found[name] = _("Write a number up to {number}.", number=LIMITS[name])
    for name, allowed in CHOICES.items():
        if said[name] not in allowed:
            found[name] = _("Choose one of the list.")
    found |= _wrong_signature(said)
    if not box and start_of(said["start"]) is None:
        found["start"] = _("Write now, all, or a date such as 2026-11-01.")
    return found


def unproven(box: Mailbox, said: Mapping[str, str], secrets: Mapping[str, str]) -> dict[str, str]:
    """A kept password never goes to another server: who changes the place must know it.

    Whoever stole an admin's session would have it sent to a server of theirs otherwise.
    """
    found = {}
    if _moves(box, said, "imap") and box.sealed_password and not secrets.get("password"):
        found["password"] = _("Write it again: it is about to be sent to another server.")
    known = secrets.get("smtp_password") or (
        not box.sealed_smtp_password and secrets.get("password")
    )
    kept = box.sealed_smtp_password or box.sealed_password
    if said["smtp_host"] and _moves(box, said, "smtp") and kept and not known:
        found["smtp_password"] = _("Write it again: it is about to be sent to another server.")
    return found


def _moves(box: Mailbox, said: Mapping[str, str], way: str) -> bool:
    names = (f"{way}_host", f"{way}_port", f"{way}_security")
    return any(str(getattr(box, name)) != said[name] for name in names)


def _wrong_address(session: Session, address: str) -> dict[str, str]:
    local, at, domain = address.rpartition("@")
    if not (at and local and "." in domain) or " " in address:
        return {"address": _("This is no e-mail address.")}
    if session.scalars(select(Mailbox.id).where(Mailbox.address == address)).first():
        return {"address": _("This mailbox is read already.")}
    return {}


def _wrong_signature(said: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name in TEXTS:
        unknown = [one for one in macro.unfilled(said[name]) if one.lower() not in signature.KNOWN]
        if unknown:
            found[name] = _("No such place: {places}", places=", ".join(unknown)[:200])
        if len(said[name]) > signature.LONGEST:
            longest = signature.LONGEST
            found[name] = _(
                "The text is too long: {number} characters at the most.", number=longest
            )
    return found


def start_of(said: str) -> datetime | None:
    """From when on mail is brought in; None where that cannot be read."""
    if said.lower() in ("", "now", "ahora"):
        return clock.now()
    if said.lower() in ("all", "todo"):
        return EVER
    try:
        return min(datetime.fromisoformat(said).replace(tzinfo=UTC), clock.now())
    except ValueError:
        return None


def made(said: Mapping[str, str], secrets: Mapping[str, str]) -> Mailbox:
    """A new mailbox, out of a form without faults."""
    now = clock.now()
    box = Mailbox(
        address=said["address"].lower(),
        imap_host=said["imap_host"],
        imap_user=said["imap_user"] or said["address"],
        import_from=start_of(said["start"]),
        # What was there before is history; a minute of doubt belongs to the present.
        created_at=now - timedelta(seconds=1),
    )
    change(box, said, secrets)
    return box


def change(box: Mailbox, said: Mapping[str, str], secrets: Mapping[str, str]) -> None:
    """Make the mailbox what the form says; an empty password leaves the one there is."""
    if _moves(box, said, "imap") or (said["smtp_host"] and _moves(box, said, "smtp")):
        # What a provider granted holds for its own servers; it is asked for anew.
        box.sealed_grant = ""
    for name in ("name", "language", "team", "imap_host", "sent_folder", "smtp_host", "smtp_user"):
        setattr(box, name, said[name])
    for name in (*TEXTS, "imap_security", "smtp_security"):
        setattr(box, name, said[name])
    for name in NUMBERS:
        setattr(box, name, int(said[name]))
    for name in SWITCHES:
        setattr(box, name, said[name] == "yes")
    box.imap_user = said["imap_user"] or box.address
    box.folder = said["folder"] or "INBOX"
    box.mode = Mode(said["mode"])
    if secrets.get("password"):
        box.keep_password(secrets["password"])
    if secrets.get("smtp_password"):
        box.keep_smtp_password(secrets["smtp_password"])
