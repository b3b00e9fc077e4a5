"""What admins changed in the tree: rows that are only added, and the tree that follows."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cases.db import Base
from cases.taxonomy.growing import Kind, grown
from classifiers.taxonomy import Taxonomy, shipped


class TaxonomyChange(Base):
    """One thing that an admin did to one leaf."""

    __tablename__ = "taxonomy_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    what: Mapped[Kind]
    code: Mapped[str]
    said: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """`now` and `was` of a leaf that was added or edited; `into` of one that was merged."""


def history(session: Session) -> list[TaxonomyChange]:
    """All changes, in the order in which they were made."""
    return list(session.scalars(select(TaxonomyChange).order_by(TaxonomyChange.id)))


def tree(session: Session) -> Taxonomy:
    """The tree as it is now, whatever this process speaks of."""
    return grown(shipped(), history(session))
