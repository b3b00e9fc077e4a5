"""What somebody chose to see: the span, and which cases."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement
from sqlalchemy.sql.elements import True_
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

from cases import language
from cases.agent import Agent
from cases.case import Case
from cases.hours import midnight
from cases.reporting.scope import Scope
from cases.settings import settings
from inbox.web.visible import visible_to

FIRST = date(2000, 1, 1)
SPANS = (7, 28, 90)
USUAL = 28


@dataclass(frozen=True, slots=True)
class Chosen:
    """The choices of a report, as they stand in its address."""

    days: int = USUAL
    until: date | None = None
    """The last day; None for today."""
    mailbox: int = 0
    type: str = ""
    language: str = ""

    def query(self, **other: Any) -> str:
        """The choices as the end of an address, with some of them changed."""
        usual = Chosen()
        said = {one.name: getattr(self, one.name) for one in fields(self)}
        said |= other
        kept = [f"{name}={value}" for name, value in said.items() if value != getattr(usual, name)]
        return iri_to_uri("?" + "&".join(kept)) if kept else ""

    def scope(self, somebody: Agent, now: datetime) -> Scope:
        """The span in whole local days up to now or then, of the cases that somebody may see."""
        zone = ZoneInfo(settings().zone)
        last = self.until or now.astimezone(zone).date()
        since = midnight(last - timedelta(days=self.days - 1), zone)
        until = min(now, midnight(last + timedelta(days=1), zone))
        only: list[ColumnElement[bool]] = [visible_to(somebody)]
        if self.mailbox:
            only.append(Case.mailbox_id == self.mailbox)
        if self.type:
            only.append(Case.type == self.type)
        if self.language:
            only.append(Case.language == self.language)
        return Scope(since, until, zone, tuple(only))

    def sums_of(self, somebody: Agent) -> int | None:
        """The mailbox whose sums say it, 0 for those of all; None if the rows must be counted."""
        sees_all = isinstance(visible_to(somebody), True_)
        return self.mailbox if sees_all and not self.type and not self.language else None


def chosen(
    said: MultiDict[str, str],
    mailboxes: Mapping[int, str],
    types: Mapping[str, str],
    today: date,
) -> Chosen:
    """The choices of an address; what is not to be chosen counts as not chosen."""
    days, mailbox = said.get("days", USUAL, int), said.get("mailbox", 0, int)
    spoken, leaf = said.get("language", ""), said.get("type", "")
    last = said.get("until", None, date.fromisoformat)
    return Chosen(
        days if days in SPANS else USUAL,
        last if last and FIRST <= last < today else None,
        mailbox if mailbox in mailboxes else 0,
        leaf if leaf in types else "",
        spoken if spoken in language.LANGUAGES else "",
    )
