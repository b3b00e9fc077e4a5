"""What agents have half written: kept on the server with its files until it is sent or discarded.

Each save names the version it began from. Whoever saves over a newer one is told, so that two
windows never wipe each other's words; and a save that comes late cannot bring a sent text back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, defer, mapped_column, relationship

from cases.db import Base

LONGEST = 100_000
NOTE = "note"
MOST_FILES, LARGEST_FILES = 20, 20_000_000


class Overtaken(Exception):
    """The text was saved in another window since this one began from it."""


class TooMuch(Exception):
    """More files, or larger ones, than one mail can carry."""


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the box: addresses as they were typed, and the newest message seen."""

    text: str
    mode: str = "reply"
    to: str = ""
    cc: str = ""
    bcc: str = ""
    seen: int = 0
    macro_id: int | None = None
    aside: str = ""
    """A note that waits while an answer is written, or an answer while a note is."""
    aside_mode: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing worth keeping."""
        return not (self.text.strip() or self.aside.strip() or self.to or self.cc or self.bcc)

    @property
    def rest(self) -> "Written":
        """What is left when the text is gone: what waited beside it, with the people of a mail."""
        if not self.aside.strip():
            return Written("")
        if self.mode != NOTE:
            return Written(self.aside, NOTE)
        return Written(self.aside, self.aside_mode or "reply", self.to, self.cc, self.bcc)


class Unsent(Base):
    """The half-written text of one agent in one case; settled texts leave their version behind."""

    __tablename__ = "unsent"
    __table_args__ = (UniqueConstraint("case_id", "agent_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"), index=True)
    version: Mapped[int] = mapped_column(default=0)
    mode: Mapped[str] = mapped_column(default="reply")
    text: Mapped[str] = mapped_column(default="")
    to: Mapped[str] = mapped_column(default="")
    cc: Mapped[str] = mapped_column(default="")
    bcc: Mapped[str] = mapped_column(default="")
    seen: Mapped[int] = mapped_column(default=0)
    macro_id: Mapped[int | None]
    aside: Mapped[str] = mapped_column(default="", server_default="")
    aside_mode: Mapped[str] = mapped_column(default="", server_default="")
    saved_at: Mapped[datetime]

    files: Mapped[list["UnsentFile"]] = relationship(
        back_populates="unsent", order_by="UnsentFile.id", cascade="all, delete-orphan"
    )

    @property
    def written(self) -> Written:
        """What stands in the box."""
        people = self.to, self.cc, self.bcc
        beside = self.aside, self.aside_mode
        return Written(self.text, self.mode, *people, self.seen, self.macro_id, *beside)


class UnsentFile(Base):
    """A file that is to go with the text."""

    __tablename__ = "unsent_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    unsent_id: Mapped[int] = mapped_column(ForeignKey("unsent.id"), index=True)
    name: Mapped[str]
    type: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    unsent: Mapped[Unsent] = relationship(back_populates="files")


def find(session: Session, case_id: int, agent_id: int) -> Unsent | None:
    """What that agent has half written in the case, settled or not."""
    mine = (Unsent.case_id == case_id) & (Unsent.agent_id == agent_id)
    return session.scalars(select(Unsent).where(mine)).one_or_none()


def files_of(session: Session, unsent: Unsent | None) -> Sequence[UnsentFile]:
    """Its files, without what is in them."""
    if unsent is None:
        return ()
    query = select(UnsentFile).where(UnsentFile.unsent_id == unsent.id).order_by(UnsentFile.id)
    return session.scalars(query.options(defer(UnsentFile.content))).all()


def keep(
    session: Session,
    case_id: int,
    agent_id: int,
    written: Written,
    *,
    at: datetime,
    version: int | None = None,
) -> Unsent:
    """Save the text; the case must be locked. Raises Overtaken if `version` is not the newest."""
    row = find(session, case_id, agent_id)
    if version is not None and version != (row.version if row is not None else 0):
        raise Overtaken(f"the text in case {case_id} is not at version {version}")
    if row is None:
        row = Unsent(case_id=case_id, agent_id=agent_id, version=0)
        session.add(row)
    row.text, row.mode = written.text[:LONGEST], written.mode
    row.to, row.cc, row.bcc = written.to[:5000], written.cc[:5000], written.bcc[:5000]
    row.seen, row.macro_id = written.seen, written.macro_id
    row.aside, row.aside_mode = written.aside[:LONGEST], written.aside_mode[:20]
    row.version, row.saved_at = row.version + 1, at
    session.flush()
    return row


def settle(
    session: Session, case_id: int, agent_id: int, written: Written, *, at: datetime
) -> None:
    """It was sent or discarded: what waited beside it is left; the version stops late savers."""
    row, rest = find(session, case_id, agent_id), written.rest
    if row is not None and (rest.is_empty or rest.mode == NOTE):
        row.files.clear()
    if row is not None or not rest.is_empty:
        keep(session, case_id, agent_id, rest, at=at)


def attach(session: Session, row: Unsent, name: str, kind: str, content: bytes) -> UnsentFile:
    """Let a file go with the text. Raises TooMuch."""
    mine = UnsentFile.unsent_id == row.id
    count, size = session.execute(
        select(func.count(), func.coalesce(func.sum(UnsentFile.size), 0)).where(mine)
    ).one()
    if count >= MOST_FILES or size + len(content) > LARGEST_FILES:
        raise TooMuch(f"{count} files with {size} bytes are attached already")
    file = UnsentFile(
        unsent_id=row.id, name=name[:255], type=kind[:100], size=len(content), content=content
    )
    session.add(file)
    session.flush()
    return file
