"""What somebody chose to see: the span, and which cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

from cases import language
from cases.agent import Agent
from cases.case import Case
from cases.reporting.scope import Scope
from cases.settings import settings
from inbox.web.visible import visible_to

SPANS = (7, 28, 90)
USUAL = 28


@dataclass(frozen=True, slots=True)
class Chosen:
    """The choices of a report, as they stand in its address."""

    days: int = USUAL
    mailbox: int = 0
    type: str = ""
    language: str = ""

    def query(self, **other: Any) -> str:
        """The choices as the end of an address, with some of them changed."""
        usual = Chosen()
        said = {name: getattr(self, name) for name in ("days", "mailbox", "type", "language")}
        said |= other
        kept = [f"{name}={value}" for name, value in said.items() if value != getattr(usual, name)]
        return iri_to_uri("?" + "&".join(kept)) if kept else ""

    def scope(self, somebody: Agent, now: datetime) -> Scope:
        """The span in whole local days up to now, of the cases that somebody may see."""
        zone = ZoneInfo(settings().zone)
        today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        only: list[ColumnElement[bool]] = [visible_to(somebody)]
        if self.mailbox:
            only.append(Case.mailbox_id == self.mailbox)
        if self.type:
            only.append(Case.type == self.type)
        if self.language:
            only.append(Case.language == self.language)
        return Scope(today - timedelta(days=self.days - 1), now, zone, tuple(only))


def chosen(
    said: MultiDict[str, str], mailboxes: Mapping[int, str], types: Mapping[str, str]
) -> Chosen:
    """The choices of an address; what is not to be chosen counts as not chosen."""
    days, mailbox = said.get("days", USUAL, int), said.get("mailbox", 0, int)
    spoken, leaf = said.get("language", ""), said.get("type", "")
    return Chosen(
        days if days in SPANS else USUAL,
        mailbox if mailbox in mailboxes else 0,
        leaf if leaf in types else "",
        spoken if spoken in language.LANGUAGES else "",
    )
