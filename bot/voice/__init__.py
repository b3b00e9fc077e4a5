"""Who has the word in a case: people until they give it back, or one bot for a while."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.case import Case
from cases.db import Base
from cases.rows.among import among
from cases.rows.upserting import insert_into

TURN = timedelta(minutes=10)
"""How long the others wait after a bot spoke, so that the customer hears one voice."""


class Voice(Base):
    """The word in one case; without a row nobody has it."""

    __tablename__ = "voice"

    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    handed_over_at: Mapped[datetime | None]
    handed_over_by: Mapped[str] = mapped_column(default="")
    handed_back_at: Mapped[datetime | None]
    bot: Mapped[str] = mapped_column(default="")
    until: Mapped[datetime | None]

    def is_with_people(self, answered_at: datetime | None) -> bool:
        """Whether bots must keep out, given when a person last answered."""
        taken = [at for at in (self.handed_over_at, answered_at) if at is not None]
        back = self.handed_back_at
        return bool(taken) and (back is None or max(taken) > back)

    def is_with_another(self, bot: str, now: datetime) -> bool:
        """Whether another bot has its turn."""
        return self.until is not None and self.until > now and self.bot != bot


def of(session: Session, case_ids: Collection[int]) -> dict[int, Voice]:
    """The word in those cases."""
    rows = session.scalars(select(Voice).where(among(Voice.case_id, case_ids)))
    return {row.case_id: row for row in rows}


def row_of(session: Session, case: Case) -> Voice:
    """The row of that case, which must be locked; made now if there is none."""
    row = session.get(Voice, case.id)
    if row is None:
        row = Voice(case_id=case.id, bot="", handed_over_by="")
        session.add(row)
    return row


def speak(session: Session, spoke: Mapping[int, str], at: datetime) -> None:
    """Bots spoke in those cases, which must be locked: for a while the others wait."""
    if not spoke:
        return
    rows = [{"case_id": number, "bot": bot, "until": at + TURN} for number, bot in spoke.items()]
    said = insert_into(session, Voice).values(rows)
    new = {"bot": said.excluded.bot, "until": said.excluded.until}
    session.execute(said.on_conflict_do_update(index_elements=["case_id"], set_=new))


def hand_over(session: Session, case: Case, *, by: str, at: datetime) -> None:
    """From now on people speak in this case."""
    row = row_of(session, case)
    row.handed_over_at, row.handed_over_by = at, by
    row.bot, row.until = "", None


def hand_back(session: Session, case: Case, *, at: datetime) -> None:
    """Bots may speak again in this case."""
    row_of(session, case).handed_back_at = at
