"""The admin's rules in the database: every change is a new version, and the newest is in use."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot import rules, wording
from bot.kinds import Mode
from bot.rules import BadRule, Rule, case_fields
from bot.wording import templates
from cases import audit
from cases.db import Base, hold
from cases.language import LANGUAGES

log = logging.getLogger(__name__)
LOCK = "rules"
"""Versions are numbered by one at a time."""


class RuleRow(Base):
    """One version of one rule."""

    __tablename__ = "bot_rule"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    """Where it stands in the table; rules of one place keep the order they were made in."""
    mode: Mapped[Mode] = mapped_column(default=Mode.SHADOW)
    body: Mapped[dict[str, Any]]
    by: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]

    @property
    def unreadable(self) -> str:
        """Why this version of the program cannot read it; "" if it can.

        A newer version may have written it. Mail goes on without it, and it stays as it is.
        """
        try:
            self.as_rule()
        except BadRule as wrong:
            return str(wrong)
        return ""

    def as_rule(self) -> Rule:
        """Raises BadRule."""
        said = {**self.body, "name": self.name, "mode": self.mode.value, "version": self.version}
        return rules.of(said, f"rule {self.name}")


def live(session: Session) -> tuple[Rule, ...]:
    """The rules in use, in their order; those that are off are left out."""
    found = []
    for row in newest(session):
        try:
            if row.mode is not Mode.OFF:
                found.append(row.as_rule())
        except BadRule as wrong:
            log.error("the rule %r does nothing: %s", row.name, wrong)
    return tuple(found)


def unreadable(session: Session) -> list[RuleRow]:
    """Those that would be in use, did this version of the program understand them."""
    return [row for row in newest(session) if row.mode is not Mode.OFF and row.unreadable]


def newest(session: Session) -> Sequence[RuleRow]:
    """The newest version of every rule, in their order."""
    latest = select(func.max(RuleRow.id)).group_by(RuleRow.name)
    order = (RuleRow.position, RuleRow.id)
    return session.scalars(select(RuleRow).where(RuleRow.id.in_(latest)).order_by(*order)).all()


def exists(session: Session, name: str) -> bool:
    """Whether there is a rule of that name, whatever it may do."""
    found = select(RuleRow.id).where(RuleRow.name == name).limit(1)
    return session.scalars(found).first() is not None


def turn(session: Session, row: RuleRow, mode: Mode, *, by: str, at: datetime) -> RuleRow:
    """Let the rule do more or less than before. To stop one, nothing has to be right with it.

    Raises BadRule.
    """
    if mode is row.mode:
        return row
    if mode is Mode.OFF:
        return _keep(session, _next(row.name, mode, row.body, row.position), by, at)
    return save(session, replace(row.as_rule(), mode=mode), by=by, at=at, position=row.position)


def save(session: Session, rule: Rule, *, by: str, at: datetime, position: int = 0) -> RuleRow:
    """Keep a new version of that rule; raises BadRule if its template or type cannot be used."""
    if unusable := case_fields.unusable_type(rule.set):
        raise BadRule(f"rule {rule.name}: no complaint type {unusable!r} is in use")
    _check_template(session, rule)
    return _keep(session, _next(rule.name, rule.mode, rule.as_row(), position), by, at)


def _next(name: str, mode: Mode, body: dict[str, Any], position: int) -> RuleRow:
    return RuleRow(name=name, mode=mode, body=body, position=position)


def _keep(session: Session, row: RuleRow, by: str, at: datetime) -> RuleRow:
    hold(session, LOCK)
    last = session.scalar(select(func.max(RuleRow.version)).where(RuleRow.name == row.name)) or 0
    row.version, row.by, row.at = last + 1, by, at
    session.add(row)
    session.flush()
    said = {"version": row.version, "mode": row.mode.value}
    audit.note(session, by=by, what="rule.saved", about=row.name, **said)
    return row


def _check_template(session: Session, rule: Rule) -> None:
    if not rule.reply:
        return
    for language in LANGUAGES:
        try:
            asked = wording.places(templates.texts(session, rule.reply, language))
        except wording.NoTemplate as wrong:
            raise BadRule(f"rule {rule.name}: no template {rule.reply!r} ({language})") from wrong
        if unknown := asked - templates.VALUES:
            named = ", ".join(sorted(unknown))
            raise BadRule(f"rule {rule.name}: nobody can fill in {named} ({language})")
