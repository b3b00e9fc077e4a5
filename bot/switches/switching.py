"""Switches are set and removed here, and it is kept who did it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from bot import switches, waking
from bot.kinds import Mode
from bot.switches import Place, Scope, Switch
from cases import audit
from cases.db import Base


class SwitchChange(Base):
    """Somebody set a switch: rows are added, never changed."""

    __tablename__ = "reply_switch_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    reply: Mapped[str]
    """A reply, * for all of them, or bot:NAME for an outside bot."""
    scope: Mapped[Scope] = mapped_column(default=Scope.ALL)
    value: Mapped[str] = mapped_column(default="")
    was: Mapped[str] = mapped_column(default="")
    mode: Mapped[Mode]
    by: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


def turn(session: Session, switch: Switch) -> Switch:
    """Set a switch, in place of the one of the same reply and scope; raises BadQuietHours."""
    waking.quiet_hours(switch.quiet_hours)
    same = select(Switch).where(
        Switch.reply == switch.reply, Switch.scope == switch.scope, Switch.value == switch.value
    )
    before = session.scalars(same).one_or_none()
    note(session, switch, before.mode.value if before is not None else "")
    if before is None:
        session.add(switch)
        session.flush()
        return switch
    before.mode, before.by, before.at = switch.mode, switch.by, switch.at
    before.quiet_hours = switch.quiet_hours or before.quiet_hours
    session.flush()
    return before


def note(session: Session, switch: Switch, was: str) -> None:
    """Remember who set the switch, and what it was."""
    session.add(
        SwitchChange(
            reply=switch.reply,
            scope=switch.scope,
            value=switch.value,
            was=was,
            mode=switch.mode,
            by=switch.by,
            at=switch.at,
        )
    )
    said = {"before": was, "now": switch.mode.value}
    where = " ".join(filter(None, (switch.reply, switch.scope, switch.value)))
    audit.note(session, by=switch.by, what="switch.turned", about=where, **said)


def remove(session: Session, switch: Switch, *, by: str, at: datetime) -> None:
    """Without that switch the wider ones are valid again."""
    place = Place(**({switch.scope.value: switch.value} if switch.scope is not Scope.ALL else {}))
    was = switch.mode.value
    session.delete(switch)
    session.flush()
    now = switches.load(session).mode(switch.reply, place)
    gone = Switch(
        reply=switch.reply, scope=switch.scope, value=switch.value, mode=now, by=by, at=at
    )
    note(session, gone, was)
