"""Mails that an admin rewrote: versioned rows in place of the shipped texts."""

import re
from datetime import datetime

from sqlalchemy import Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot import wording
from bot.wording import Texts
from cases import audit
from cases.db import Base
from cases.language import LANGUAGES

VALUES = frozenset(
    {
        *("number", "due", "hours", "promise", "signature", "articles", "links", "when"),
        *("facts", "question", "closing", "satisfaction", "topics", "link"),
    }
)
"""All that a template may ask for; not each reply can give all of it."""
NEEDED = {"satisfaction": "satisfaction", "confirm_topics": "link"}
"""The mails that lead to a page, and the value without which they lead nowhere."""


class UnknownPlaces(Exception):
    """A template asks for values that no reply can give; the text names them."""


class NotPlain(Exception):
    """A template has braces around something that is no value; the text shows the line."""


_BRACES = re.compile(r"\{\{|\}\}|\{%|%\}")


class MailTemplate(Base):
    """One version of one text in one language; the newest is in use."""

    __tablename__ = "mail_template"
    __table_args__ = (Index("ix_mail_template_name_language", "name", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    language: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    by: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


def names(session: Session) -> list[str]:
    """All mails there are texts for: the shipped ones and an admin's own."""
    shipped = {path.name for path in wording.folder().iterdir() if path.is_dir()}
    return sorted(shipped | set(session.scalars(select(MailTemplate.name).distinct())))


def texts(session: Session, name: str, language: str) -> Texts:
    """The text in use: the admin's newest, or the shipped one. Raises wording.NoTemplate."""
    spoken = language if language in LANGUAGES else "en"
    # A batch writes the same mail many times, in one transaction.
    known: dict[tuple[str, str], Texts] = session.info.setdefault("texts", {})
    if (name, spoken) not in known:
        known[name, spoken] = _newest(session, name, spoken)
    return known[name, spoken]


def _newest(session: Session, name: str, spoken: str) -> Texts:
    row = session.scalars(
        select(MailTemplate)
        .where(MailTemplate.name == name, MailTemplate.language == spoken)
        .order_by(MailTemplate.id.desc())
        .limit(1)
    ).first()
    if row is None or not row.body:
        return wording.shipped(name, spoken)
    return Texts(row.subject, row.body, f"row-{row.id}")


def save(session: Session, row: MailTemplate) -> MailTemplate:
    """Keep a new version; raises UnknownPlaces, NotPlain."""
    check_plain(Texts(row.subject, row.body))
    unknown = wording.places(Texts(row.subject, row.body)) - VALUES
    if unknown:
        raise UnknownPlaces(", ".join(sorted(unknown)))
    session.add(row)
    audit.note(session, by=row.by, what="template.saved", about=f"{row.name} ({row.language})")
    session.flush()
    session.info.pop("texts", None)
    return row


def reset(session: Session, name: str, *, by: str, at: datetime) -> None:
    """Use the shipped texts again, also those of later releases. Raises wording.NoTemplate."""
    for language in LANGUAGES:
        wording.shipped(name, language)
        row = MailTemplate(name=name, language=language, subject="", body="", by=by, at=at)
        session.add(row)
    session.flush()
    session.info.pop("texts", None)


def is_changed(session: Session, name: str) -> bool:
    """Whether an admin's own words are in use."""
    return any(texts(session, name, one).version != "shipped" for one in LANGUAGES)


def check_plain(text: Texts) -> None:
    """Braces that are no value would go out as they are: refuse them. Raises NotPlain."""
    for line in f"{text.subject}\n{text.body}".splitlines():
        if _BRACES.search(wording.without_places(line)):
            raise NotPlain(line.strip()[:100])


def preview(text: Texts, values: dict[str, str]) -> tuple[str, str]:
    """How it would read; a value that is missing stays as it is written."""
    shown = {name: values.get(name, "{{" + name + "}}") for name in wording.places(text)}
    return wording.filled(text, shown)
